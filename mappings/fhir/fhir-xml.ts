/** FHIR XML to FHIR JSON, by the definitions the `fhir` package ships. */
import { Fhir } from "fhir/fhir.js";

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

/**
 * The resource of an XML document as JSON (decimals as text); null where it is no readable FHIR: malformed, unknown resource type,
 * a document type declaration, an impossible primitive, or nesting no resource has.
 */
export function readFhirXml(xml: string): unknown {
  if (DOCUMENT_TYPE.test(xml) || !isWellNested(xml)) return null;
  try {
    return getConverter().xmlToObj(xml) ?? null;
  } catch {
    // The converter reports every defect of a document by throwing; its text repeats values, so it is not passed on.
    return null;
  }
}

/**
 * Whether every element is closed, and none lies too deep. The converter reads a document that breaks off as if it had ended there:
 * half a bundle would be taken for the whole.
 */
function isWellNested(xml: string): boolean {
  let depth = 0;
  for (let at = xml.indexOf("<"); at >= 0; ) {
    const end = findMarkupEnd(xml, at);
    if (end < 0) return false;
    const first = xml[at + 1];
    if (first === "/") depth -= 1;
    else if (first !== "!" && first !== "?" && xml[end - 1] !== "/") depth += 1;
    if (depth < 0 || depth > MAX_DEPTH) return false;
    at = xml.indexOf("<", end);
  }
  return depth === 0;
}

/** Where the markup that begins at `at` ends; -1 where it does not. Comments and quoted values may hold any bracket. */
function findMarkupEnd(xml: string, at: number): number {
  if (xml.startsWith("<!--", at)) return xml.indexOf("-->", at + 4);
  if (xml.startsWith("<![CDATA[", at)) return xml.indexOf("]]>", at);
  for (let i = at + 1; i < xml.length; i += 1) {
    const character = xml[i];
    if (character === ">") return i;
    if (character !== '"' && character !== "'") continue;
    i = xml.indexOf(character, i + 1);
    if (i < 0) return -1;
  }
  return -1;
}
