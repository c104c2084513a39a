/** Several versions of one resource in one input (a history, pages of a search): only the latest is a statement. */
import { readElement, readOwn, readText, toElement } from "../support/fhir-reader.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import { baseOf } from "./resource-index.ts";

/** Versions that count no more, with the reason. */
export type Superseded = ReadonlyMap<ResourceEntry, "OLDER_VERSION" | "DELETED">;

const NO_VERSION = "";

/** Finds what a later version, or a deletion told in a history, has overtaken. Versions are of one server, type and id. */
export function findSuperseded(entries: readonly ResourceEntry[]): Superseded {
  const superseded = new Map<ResourceEntry, "OLDER_VERSION" | "DELETED">();
  const latest = new Map<string, ResourceEntry>();
  for (const entry of entries) {
    if (isDeleted(entry)) {
      superseded.set(entry, "DELETED");
      continue;
    }
    const key = toKey(entry);
    if (key === null) continue;
    const known = latest.get(key);
    if (known !== undefined && !areVersions(known, entry)) continue;
    const winner = known === undefined || isLater(entry, known) ? entry : known;
    latest.set(key, winner);
    if (known !== undefined) superseded.set(winner === entry ? known : entry, "OLDER_VERSION");
  }
  return superseded;
}

/** What was there before the deletion: by the time of change, else by place, since a history tells the latest first. */
function isDeleted(entry: ResourceEntry): boolean {
  const deletion = entry.bundle?.deleted.get(`${entry.type}/${entry.id}`);
  if (deletion === undefined) return false;
  const byTime = timeOf(entry) - deletion.time;
  return byTime < 0 || byTime > 0 ? byTime < 0 : entry.position > deletion.position;
}

/** A temporary name (`urn:uuid:…`) names one resource, whatever its id. */
function toKey(entry: ResourceEntry): string | null {
  if (entry.fullUrl?.startsWith("urn:") === true) return entry.fullUrl.toLowerCase();
  return entry.id === null ? null : `${baseOf(entry) ?? ""} ${entry.type}/${entry.id}`;
}

/** Two that state no version may be two resources under one id: then both stand, unless it is plainly the same one. */
const areVersions = (one: ResourceEntry, other: ResourceEntry): boolean =>
  one.type === other.type &&
  ((versionOf(one) !== NO_VERSION && versionOf(other) !== NO_VERSION) ||
    (one.bundle !== null && one.bundle === other.bundle && one.bundle.type === "history") ||
    (one.type !== "Patient" && subjectOf(one) === subjectOf(other)));

const metaOf = (entry: ResourceEntry) => readElement(toElement(entry.resource), "meta");
const versionOf = (entry: ResourceEntry): string =>
  readText(metaOf(entry), "lastUpdated") ?? readText(metaOf(entry), "versionId") ?? NO_VERSION;

const subjectOf = ({ resource }: ResourceEntry): string =>
  JSON.stringify(readOwn(resource, "subject") ?? readOwn(resource, "patient") ?? null);

/** By the time of change, else by version number, else by place: a history begins with the latest, all else ends with it. */
function isLater(entry: ResourceEntry, known: ResourceEntry): boolean {
  const byTime = timeOf(entry) - timeOf(known);
  if (byTime > 0 || byTime < 0) return byTime > 0;
  const byNumber = numberOf(entry) - numberOf(known);
  if (byNumber > 0 || byNumber < 0) return byNumber > 0;
  return entry.bundle?.type !== "history";
}

/** Not a number where the resource states none: neither later nor earlier than any other. */
const timeOf = (entry: ResourceEntry): number => Date.parse(readText(metaOf(entry), "lastUpdated") ?? "");
const numberOf = (entry: ResourceEntry): number => Number(readText(metaOf(entry), "versionId") ?? Number.NaN);
