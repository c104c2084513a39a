/** Takes an input apart into resources, each with the place it stands at. */
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { isFhirObject } from "../support/fhir-reader.ts";
import { type PlaceOf, placesIn } from "../support/place-of.ts";
import { addResource, type Decoding, ROOT, type Standing } from "./bundle-input.ts";
import { readFhirXml } from "./fhir-xml.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import type { UnreadElement } from "./xml-unread.ts";

export interface DecodedFhir {
  readonly entries: readonly ResourceEntry[];
  readonly issues: readonly Issue[];
  /** What is no resource: the fields of bundles, entries without a resource, changes that are not applied. */
  readonly lines: readonly MappingReportLine[];
}

const ALONE: Standing = { expression: null, fullUrl: null, depth: 0, bundle: null, position: 0 };

/**
 * @param input a resource, a Bundle, a list of either, or text with one FHIR JSON or XML document or one JSON resource a line (NDJSON).
 * What is none of it becomes `FORMAT_UNRECOGNISED` at its place; the rest is read.
 */
export function decodeFhir(input: unknown, placeOf: PlaceOf = placesIn(ROOT)): DecodedFhir {
  const decoding: Decoding = { entries: [], issues: [], lines: [] };
  const document = typeof input === "string" ? readDocument(input, decoding) : input;
  if (document instanceof JsonLines) {
    for (const { line, value } of document.lines) addResource(decoding, value, { ...ALONE, expression: `line ${line}` });
  } else if (Array.isArray(document)) {
    document.forEach((item, index) => {
      addResource(decoding, item, { ...ALONE, expression: placeOf(index) });
    });
  } else {
    addResource(decoding, document, ALONE);
  }
  return decoding;
}

/** Text of one JSON value a line; a line that is none holds null. Lines count from 1, blank ones included. */
class JsonLines {
  readonly lines: readonly { readonly line: number; readonly value: unknown }[];

  constructor(text: string) {
    this.lines = text
      .split("\n")
      .flatMap((content, index) => (content.trim() === "" ? [] : [{ line: index + 1, value: readJson(content) ?? null }]));
  }
}

function readDocument(text: string, decoding: Decoding): unknown {
  const document = text.replace(/^\uFEFF/, "").trim();
  if (document.startsWith("<")) {
    const xml = readFhirXml(document);
    for (const element of xml?.unread ?? []) reportUnread(decoding, element);
    return xml?.resource ?? null;
  }
  const value = readJson(document);
  if (value !== undefined) return value;
  // A whole object on the first of several lines is NDJSON; any other text is a JSON document that does not parse.
  const end = document.indexOf("\n");
  return end > 0 && isFhirObject(readJson(document.slice(0, end))) ? new JsonLines(document) : null;
}

function reportUnread(decoding: Decoding, { expression, sourceField }: UnreadElement): void {
  const reason = "ELEMENT_UNKNOWN";
  decoding.lines.push({ expression, sourceField, result: "UNMAPPED", recordType: null, field: null, reason });
  decoding.issues.push({ severity: "WARNING", code: "SOURCE_UNMAPPED", field: null, expression, params: { reason } });
}

/** Undefined where the text is no JSON. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
