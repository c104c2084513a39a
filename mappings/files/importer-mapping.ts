/**
 * Importer files: a row for each record, in the dataset's own words, so nothing is translated. A row names each of its ancestors by its
 * identity: it hangs below the ancestor's own row where that is sent too, else below the stored record of that identity.
 */
import type { Dictionary } from "../../src/dataset/dictionary.ts";
import type { DraftRecord, MappedSource } from "../../src/records/draft-record.ts";
import { type PlaceOf, placesIn } from "../support/place-of.ts";
import { PatientDrafts } from "./importer-patient.ts";
import { ImporterRow, type PlacedRow } from "./importer-row.ts";
import { draftUnreadable, UnreadableEntry } from "./unreadable-entry.ts";

/** @param rows of class `ImporterRow` or `UnreadableEntry`; anything else is no row of a file and is left out */
export function mapImporterRows(
  rows: readonly unknown[],
  dictionary: Dictionary,
  placeOf: PlaceOf = placesIn("rows"),
): MappedSource {
  const drafts: DraftRecord[] = [];
  let group: PlacedRow[] = [];
  const close = (): void => {
    if (group.length > 0) drafts.push(...mapPatientRows(group, dictionary));
    group = [];
  };
  for (const [index, row] of rows.entries()) {
    if (row instanceof UnreadableEntry) {
      close();
      drafts.push(draftUnreadable(row, placeOf(index)));
    } else if (row instanceof ImporterRow) {
      if (group[0] !== undefined && group[0].row.group !== row.group) close();
      group.push({ row, place: placeOf(index) });
    }
  }
  close();
  return { drafts, issues: [], mappingReport: [], mappingVersion: `importer/${dictionary.version}` };
}

/** Rows of parents before rows of their children, whatever order the files were read in. */
function mapPatientRows(rows: readonly PlacedRow[], dictionary: Dictionary): readonly DraftRecord[] {
  const patient = new PatientDrafts(rows, dictionary);
  for (const type of dictionary.recordTypes) {
    for (const row of rows) if (row.row.recordType === type.name) patient.add(row, type);
  }
  return patient.drafts;
}
