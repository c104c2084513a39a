/** Reads a Bundle of any type (FHIR R4 3.1): which entries are statements, and what becomes of the others. */
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import {
  type FhirElement,
  type FhirObject,
  isFhirObject,
  readElement,
  readElements,
  readOwn,
  readText,
  toElement,
} from "../support/fhir-reader.ts";
import { type BundleFrame, type Deletion, type ResourceEntry, TYPE_NAME } from "./resource-entry.ts";

/** A decoding under way. */
export interface Decoding {
  readonly entries: ResourceEntry[];
  readonly issues: Issue[];
  readonly lines: MappingReportLine[];
}

/** Where a value of the input stands. `expression` null: the root, which is named by its type (`Bundle`, `Patient`). */
export interface Standing {
  readonly expression: string | null;
  readonly fullUrl: string | null;
  readonly depth: number;
  readonly bundle: BundleFrame | null;
  readonly position: number;
}

/** A bundle of search results may hold bundles; nobody nests them further. */
const MAX_BUNDLE_DEPTH = 4;
/** The name of an input that is no resource. */
export const ROOT = "resources";

/** Types whose first entry speaks about all others. */
const HEADED: ReadonlySet<string> = new Set(["document", "message"]);
/** Methods whose entry is no resource as it now stands, with what becomes of it. */
const NOT_A_STATEMENT: Readonly<Record<string, string>> = {
  DELETE: "DELETION_NOT_APPLIED",
  PATCH: "PATCH_NOT_APPLIED",
  GET: "NO_RESOURCE",
  HEAD: "NO_RESOURCE",
};
const ENTRY_FIELDS = ["link", "fullUrl", "search", "request", "response"];
const FIELD_NAME = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;
const REFERENCE = /([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/;

/** Reads one value of the input: a resource, or a Bundle with all it holds. */
export function addResource(decoding: Decoding, value: unknown, standing: Standing): void {
  const { expression, depth, fullUrl, bundle, position } = standing;
  const resourceType = isFhirObject(value) ? readOwn(value, "resourceType") : undefined;
  if (!isFhirObject(value) || typeof resourceType !== "string" || depth > MAX_BUNDLE_DEPTH) {
    decoding.issues.push({ severity: "ERROR", code: "FORMAT_UNRECOGNISED", field: null, expression: expression ?? ROOT });
    return;
  }
  const type = TYPE_NAME.test(resourceType) ? resourceType : "Resource";
  const place = expression ?? type;
  if (type === "Bundle") readBundle(decoding, value, place, depth);
  else {
    const id = readText(toElement(value), "id");
    const entry: ResourceEntry = { type, id, resource: value, expression: place, fullUrl, container: null, bundle, position };
    decoding.entries.push(entry);
  }
}

/** `depth`: how many bundles it lies in. */
function readBundle(decoding: Decoding, bundle: FhirObject, expression: string, depth: number): void {
  const type = readText(toElement(bundle), "type");
  const frame: BundleFrame = { type, header: null, deleted: new Map() };
  const entries = readElements(toElement(bundle), "entry");
  reportEnvelope(decoding, bundle, expression);
  entries.forEach((entry, position) => {
    const before = decoding.entries.length;
    readEntry(decoding, entry, { expression, frame, position, depth });
    if (position > 0 || !HEADED.has(type ?? "")) return;
    frame.header = decoding.entries[before] ?? null;
  });
  for (const name of ENTRY_FIELDS) {
    if (entries.some((entry) => Object.hasOwn(entry.value, name)))
      reportLeftOut(decoding, expression, `entry.${name}`, "ENVELOPE");
  }
}

interface EntryStanding {
  readonly expression: string;
  readonly frame: BundleFrame;
  readonly position: number;
  readonly depth: number;
}

function readEntry(decoding: Decoding, entry: FhirElement, { expression, frame, position, depth }: EntryStanding): void {
  const resource = readOwn(entry.value, "resource");
  const request = readElement(entry, "request");
  const method = readText(request, "method") ?? "";
  const refusal = Object.hasOwn(NOT_A_STATEMENT, method) ? NOT_A_STATEMENT[method] : undefined;
  const fullUrl = readText(entry, "fullUrl");
  const isEmpty = resource === undefined || resource === null;
  if (method === "DELETE") {
    const time = Date.parse(readText(readElement(entry, "response"), "lastModified") ?? "");
    noteDeletion(frame, readText(request, "url") ?? fullUrl ?? "", { position, time });
  }
  // A GET of a batch's answer carries what was found.
  if (isEmpty || method === "DELETE" || method === "PATCH") {
    reportLeftOut(decoding, expression, entry.path, refusal ?? "NO_RESOURCE");
    return;
  }
  const place = `${expression}.${entry.path}.resource`;
  addResource(decoding, resource, { expression: place, fullUrl, depth: depth + 1, bundle: frame, position });
}

/** The latest counts: by its time, else the first, since a history tells the latest first. */
function noteDeletion(frame: BundleFrame, url: string, deletion: Deletion): void {
  const name = REFERENCE.exec(url)?.[1];
  if (frame.type !== "history" || name === undefined) return;
  const known = frame.deleted.get(name);
  if (known === undefined || deletion.time > known.time) frame.deleted.set(name, deletion);
}

/**
 * The bundle's own fields say how it was sent. One line for a field, whichever entries have it: `Bundle.entry.fullUrl` is FHIRPath
 * for that field of all entries.
 */
function reportEnvelope(decoding: Decoding, bundle: FhirObject, expression: string): void {
  const names = Object.keys(bundle).filter((name) => name !== "resourceType" && name !== "fhir_comments" && name !== "entry");
  for (const name of new Set(names.map((text) => (FIELD_NAME.test(text) ? text : "?")))) {
    reportLeftOut(decoding, expression, name, "ENVELOPE");
  }
  const list = readOwn(bundle, "entry");
  const items: readonly unknown[] = Array.isArray(list) ? list : [list ?? {}];
  items.forEach((item, at) => {
    if (!isFhirObject(item)) reportLeftOut(decoding, expression, `entry[${at}]`, "NO_RESOURCE");
  });
}

function reportLeftOut(decoding: Decoding, expression: string, path: string, reason: string): void {
  decoding.lines.push({
    expression: `${expression}.${path}`,
    sourceField: `Bundle.${path.replace(/\[\d+\]/g, "")}`,
    result: "DROPPED",
    recordType: null,
    field: null,
    reason,
  });
}
