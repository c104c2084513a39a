/** Takes an input apart into resources, each with the place it stands at. */
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import {
  type FhirObject,
  isFhirObject,
  readElement,
  readElements,
  readOwn,
  readText,
  toElement,
} from "../support/fhir-reader.ts";
import { type PlaceOf, placesIn } from "../support/place-of.ts";
import { readFhirXml } from "./fhir-xml.ts";

/** One resource of the input. */
export interface ResourceEntry {
  /** `resourceType`, or `Resource` for a name FHIR cannot have. */
  readonly type: string;
  readonly id: string | null;
  readonly resource: FhirObject;
  readonly expression: string;
  /** The entry's `fullUrl`: what references of a bundle name. */
  readonly fullUrl: string | null;
  /** The resource it is contained in; its id then means something inside that one only. */
  readonly container: ResourceEntry | null;
}

export interface DecodedFhir {
  readonly entries: readonly ResourceEntry[];
  readonly issues: readonly Issue[];
  /** Bundle entries without a resource. */
  readonly lines: readonly MappingReportLine[];
}

interface Decoding {
  readonly entries: ResourceEntry[];
  readonly issues: Issue[];
  readonly lines: MappingReportLine[];
}

const TYPE_NAME = /^[A-Z][A-Za-z]{1,63}$/;
/** A bundle of search results may hold bundles; nobody nests them further. */
const MAX_BUNDLE_DEPTH = 4;
const ROOT = "resources";

/**
 * @param input a resource, a Bundle, a list of either, or text with one FHIR JSON or XML document.
 * What is none of it becomes `FORMAT_UNRECOGNISED` at its place; the rest is read.
 */
export function decodeFhir(input: unknown, placeOf: PlaceOf = placesIn(ROOT)): DecodedFhir {
  const decoding: Decoding = { entries: [], issues: [], lines: [] };
  const document = typeof input === "string" ? readDocument(input) : input;
  if (Array.isArray(document)) {
    document.forEach((item, index) => {
      addResource(decoding, item, placeOf(index), null, 0);
    });
  } else {
    addResource(decoding, document, null, null, 0);
  }
  return decoding;
}

function readDocument(text: string): unknown {
  const document = text.replace(/^\uFEFF/, "").trim();
  if (document.startsWith("<")) return readFhirXml(document);
  try {
    return JSON.parse(document);
  } catch {
    return null;
  }
}

/** `expression` null: the root, which is named by its type (`Bundle`, `Patient`). */
function addResource(decoding: Decoding, value: unknown, expression: string | null, fullUrl: string | null, depth: number): void {
  const resourceType = isFhirObject(value) ? readOwn(value, "resourceType") : undefined;
  if (!isFhirObject(value) || typeof resourceType !== "string" || depth > MAX_BUNDLE_DEPTH) {
    decoding.issues.push({ severity: "ERROR", code: "FORMAT_UNRECOGNISED", field: null, expression: expression ?? ROOT });
    return;
  }
  const type = TYPE_NAME.test(resourceType) ? resourceType : "Resource";
  const place = expression ?? type;
  if (type === "Bundle") addBundle(decoding, value, place, depth);
  else
    decoding.entries.push({
      type,
      id: readText(toElement(value), "id"),
      resource: value,
      expression: place,
      fullUrl,
      container: null,
    });
}

function addBundle(decoding: Decoding, bundle: FhirObject, expression: string, depth: number): void {
  for (const entry of readElements(toElement(bundle), "entry")) {
    const place = `${expression}.${entry.path}`;
    const resource = readOwn(entry.value, "resource");
    if (resource !== undefined && resource !== null) {
      addResource(decoding, resource, `${place}.resource`, readText(entry, "fullUrl"), depth + 1);
      continue;
    }
    const isDeletion = readText(readElement(entry, "request"), "method") === "DELETE";
    const reason = isDeletion ? "DELETION_NOT_APPLIED" : "NO_RESOURCE";
    decoding.lines.push({
      expression: place,
      sourceField: "Bundle.entry",
      result: "DROPPED",
      recordType: null,
      field: null,
      reason,
    });
  }
}

/** The contained resource a `#id` reference names. */
export function findContained(container: ResourceEntry, reference: string): ResourceEntry | null {
  const id = reference.slice(1);
  const element = readElements(toElement(container.resource), "contained").find((item) => readOwn(item.value, "id") === id);
  const type = element === undefined ? null : readText(element, "resourceType");
  if (element === undefined || type === null || !TYPE_NAME.test(type)) return null;
  const expression = `${container.expression}.${element.path}`;
  return { type, id, resource: element.value, expression, fullUrl: null, container };
}
