/** FHIR resources of a file: patient by patient, since what one patient's resources say must not depend on who stands beside them. */
import type { DraftRecord, MappedSource } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { draftUnreadable, UnreadableEntry } from "../files/unreadable-entry.ts";
import { type MappingTables, SHIPPED_TABLES } from "../support/mapping-tables.ts";
import { type PlaceOf, placesIn } from "../support/place-of.ts";
import { mapFhir } from "./fhir-mapping.ts";
import type { FhirProfile } from "./fhir-profiles.ts";

/** A resource (or Bundle) of a file. Made by the reader of files only: nothing a sender writes can pass for one. */
export class FileResource {
  readonly resource: unknown;
  /** Resources of one number are read together: those of a patient, and what these refer to. They stand side by side. */
  readonly group: number;
  /** Stands here too because this patient's resources refer to it; what became of it is told where it stands first. */
  readonly repeated: boolean;

  constructor(resource: unknown, group: number, repeated: boolean) {
    this.resource = resource;
    this.group = group;
    this.repeated = repeated;
  }
}

export type FileEntry = FileResource | UnreadableEntry;

export const isFileResources = (payload: unknown): payload is readonly FileEntry[] =>
  Array.isArray(payload) &&
  payload.length > 0 &&
  payload.every((entry) => entry instanceof FileResource || entry instanceof UnreadableEntry);

export const resourcesOf = (entries: readonly FileEntry[]): readonly unknown[] =>
  entries.flatMap((entry) => (entry instanceof FileResource ? [entry.resource] : []));

/** As `mapFhir` of each group by itself, one after the other. */
export function mapFhirFile(
  entries: readonly FileEntry[],
  profile: FhirProfile,
  placeOf: PlaceOf = placesIn("resources"),
  tables: MappingTables = SHIPPED_TABLES,
): MappedSource {
  const drafts: DraftRecord[] = [];
  const issues: Issue[] = [];
  const mappingReport: MappingReportLine[] = [];
  for (let start = 0; start < entries.length; ) {
    const end = endOfGroup(entries, start);
    const first = entries[start];
    if (first instanceof UnreadableEntry) drafts.push(draftUnreadable(first, placeOf(start)));
    else {
      const group = entries.slice(start, end);
      const mapped = mapFhir(resourcesOf(group), profile, shiftPlaces(placeOf, start), tables);
      const repeated = placesOfRepeated(group, shiftPlaces(placeOf, start));
      for (const draft of mapped.drafts) drafts.push(draft);
      issues.push(...mapped.issues);
      for (const line of mapped.mappingReport) if (!repeated.has(line.expression)) mappingReport.push(line);
    }
    start = end;
  }
  return { drafts, issues, mappingReport, mappingVersion: `${profile.name}/${profile.version}` };
}

function endOfGroup(entries: readonly FileEntry[], start: number): number {
  const first = entries[start];
  let end = start + 1;
  if (first instanceof UnreadableEntry) return end;
  for (let entry = entries[end]; entry instanceof FileResource && entry.group === first?.group; entry = entries[end]) end += 1;
  return end;
}

const shiftPlaces =
  (placeOf: PlaceOf, start: number): PlaceOf =>
  (index) =>
    placeOf(start + index);

function placesOfRepeated(group: readonly FileEntry[], placeOf: PlaceOf): ReadonlySet<string> {
  return new Set(group.flatMap((entry, index) => (entry instanceof FileResource && entry.repeated ? [placeOf(index)] : [])));
}
