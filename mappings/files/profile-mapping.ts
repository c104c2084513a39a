/**
 * Tables of a local or bought system under a column profile: each row becomes the records its profile says it holds. The values are
 * translated, so they are judged as those of FHIR and HL7 v2 are (dataset Decision 22 b).
 */
import type { MappedSource } from "../../src/records/draft-record.ts";
import { type PlaceOf, placesIn } from "../support/place-of.ts";
import type { SiteCodes } from "../support/site-codes.ts";
import type { CompiledProfile } from "./profile-compile.ts";
import { PatientRows } from "./profile-patient.ts";
import { type PlacedProfileRow, ProfileRow } from "./profile-table.ts";
import { draftUnreadable, UnreadableEntry } from "./unreadable-entry.ts";

/**
 * @param rows of class `ProfileRow` or `UnreadableEntry`; anything else is no row of a file and is left out. Rows of one group, which are
 * of one patient, stand side by side; those of tables the profile names first are mapped first.
 */
export function mapProfileRows(
  rows: readonly unknown[],
  profile: CompiledProfile,
  siteCodes: SiteCodes | undefined,
  placeOf: PlaceOf = placesIn("rows"),
): MappedSource {
  const source = { drafts: [], issues: [], mappingReport: [] } as Mutable;
  let group: PlacedProfileRow[] = [];
  const close = (): void => {
    if (group.length > 0) mapPatient(group, profile, siteCodes, source);
    group = [];
  };
  for (const [index, row] of rows.entries()) {
    if (row instanceof UnreadableEntry) {
      close();
      source.drafts.push(draftUnreadable(row, placeOf(index)));
    } else if (row instanceof ProfileRow) {
      if (group[0] !== undefined && group[0].row.group !== row.group) close();
      group.push({ row, place: placeOf(index) });
    }
  }
  close();
  return { ...source, mappingVersion: `${profile.source.name}/${profile.source.version}` };
}

type Mutable = { -readonly [Member in "drafts" | "issues" | "mappingReport"]: MappedSource[Member][number][] };

function mapPatient(
  group: readonly PlacedProfileRow[],
  profile: CompiledProfile,
  siteCodes: SiteCodes | undefined,
  source: Mutable,
): void {
  const patient = new PatientRows(profile, siteCodes);
  for (const placed of group.toSorted((a, b) => a.row.bound.table.index - b.row.bound.table.index)) patient.add(placed);
  source.drafts.push(...patient.drafts);
  source.issues.push(...patient.issues);
  source.mappingReport.push(...patient.lines);
}
