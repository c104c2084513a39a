/** FHIR XML to FHIR JSON, by the definitions the `fhir` package ships. */
import { Fhir } from "fhir/fhir.js";
import { readTags, type XmlTag } from "./xml-tags.ts";
import { findUnreadElements, type UnreadElement } from "./xml-unread.ts";

/** Document types declare entities, and no FHIR document needs one: refused before any parser sees it. */
const DOCUMENT_TYPE = /<!\s*(?:DOCTYPE|ENTITY)/i;
/** The converter recurses per level; real resources stay below 30. */
const MAX_DEPTH = 200;

let converter: Fhir | undefined;

/** Building the converter takes 60 ms and 40 MB, so it waits for the first XML document. */
function getConverter(): Fhir {
  converter ??= new Fhir();
  return converter;
}

export interface FhirXml {
  readonly resource: unknown;
  /** Elements FHIR R4 does not have: they are not in `resource`. */
  readonly unread: readonly UnreadElement[];
}

/**
 * The resource of an XML document as JSON (decimals as text); null where it is no readable FHIR: malformed, unknown resource type,
 * a document type declaration, an impossible primitive, or nesting no resource has.
 */
export function readFhirXml(text: string): FhirXml | null {
  if (DOCUMENT_TYPE.test(text)) return null;
  const xml = removePrefix(text);
  const tags = readTags(xml);
  if (tags === null || !isWellNested(tags)) return null;
  try {
    const resource: unknown = getConverter().xmlToObj(xml) ?? null;
    return resource === null ? null : { resource, unread: findUnreadElements(tags, resource) };
  } catch {
    // The converter reports every defect of a document by throwing; its text repeats values, so it is not passed on.
    return null;
  }
}

const FHIR_NAMESPACE = "http://hl7.org/fhir";
const PREFIXED = /xmlns:([A-Za-z][A-Za-z0-9]{0,15})=["']http:\/\/hl7\.org\/fhir["']/;

/** The converter knows elements without prefix only; a document may name FHIR's namespace by one instead. */
function removePrefix(xml: string): string {
  const prefix = xml.includes(`xmlns="${FHIR_NAMESPACE}"`) ? undefined : PREFIXED.exec(xml)?.[1];
  if (prefix === undefined) return xml;
  return xml.replaceAll(`<${prefix}:`, "<").replaceAll(`</${prefix}:`, "</").replace(PREFIXED, `xmlns="${FHIR_NAMESPACE}"`);
}

/**
 * Whether every element is closed, and none lies too deep. The converter reads a document that breaks off as if it had ended there:
 * half a bundle would be taken for the whole.
 */
function isWellNested(tags: readonly XmlTag[]): boolean {
  let depth = 0;
  for (const { kind } of tags) {
    depth += kind === "OPEN" ? 1 : kind === "CLOSE" ? -1 : 0;
    if (depth < 0 || depth > MAX_DEPTH) return false;
  }
  return depth === 0;
}
