/**
 * Patients of an organisation that are one person, as their sender says (HL7 v2 A40, A34; A37 takes it back) or a person chose. A merge
 * is a link (ADR 0025): no row is moved; the identifiers of the merged patient lead to the other one from then on.
 */
import type { Entry } from "./entry.ts";
import { expectedIdentity, type PatientIdentity } from "./patient-identity.ts";
import type { PatientKey } from "./ports.ts";
import type { RowStatement, WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

/** The rows that have one of the numbers, or the id: each as it is stored, wherever it leads. */
export function rowsOf(
  { nhsNumber, hospitalNumber }: PatientKey,
  recordId: string | null,
  set: WorkingSet,
): ReadonlySet<WorkingRow> {
  const found = [
    recordId === null ? undefined : set.row(recordId),
    nhsNumber === null ? undefined : set.byNhsNumber.get(nhsNumber),
    hospitalNumber === null ? undefined : set.byHospitalNumber.get(hospitalNumber),
  ];
  return new Set(found.filter((row) => row !== undefined));
}

/** Entries of this submission that had a say in where a row leads to. */
export function leadersOf(rows: Iterable<WorkingRow>, entry: Entry): readonly RowStatement[] {
  const leaders = new Set<RowStatement>();
  for (const row of rows)
    for (let step: WorkingRow | null = row; step !== null; step = step.mergedInto)
      for (const { by } of step.leadings) if (by !== entry) leaders.add(by);
  return [...leaders];
}

/** The patient a row leads to once rejected entries do not count. */
export function settledLead({ leadings, stored }: WorkingRow): WorkingRow["id"] | null {
  const last = leadings.filter(({ by }) => !by.rejected).at(-1);
  return last === undefined ? (stored?.mergedInto ?? null) : (last.into?.id ?? null);
}

/** Merges the patients that the entry names into its row. */
export function mergeOthers(entry: Entry, own: ReadonlySet<WorkingRow>, survivor: WorkingRow, set: WorkingSet): void {
  if (entry.rejected) return;
  for (const other of entry.correction?.merges ?? []) {
    const named = rowsOf(other, other.recordId, set);
    const [merged, second] = [...named].filter((row) => row.survivor !== survivor);
    if (second !== undefined) return entry.reject("KEY_CONFLICT");
    if (merged === undefined) explainNoMerge(entry, named, own, survivor);
    // What is one with a third patient already is not one with this one, too, before that was taken back.
    else if (merged.mergedInto !== null) return entry.rejectForKey(null, merged.survivor);
    else merge(entry, merged, survivor);
  }
}

function explainNoMerge(entry: Entry, named: ReadonlySet<WorkingRow>, own: ReadonlySet<WorkingRow>, survivor: WorkingRow): void {
  const isMergedAlready = [...named].some((row) => row !== survivor);
  if (isMergedAlready) return;
  // The entry's own identifiers lead here only since its patient was merged into this one: now it says the contrary.
  if (named.has(survivor) && !own.has(survivor)) return entry.reject("REPLACES_CIRCULAR");
  entry.inform("MERGE_NOTHING_FOUND");
}

function merge(entry: Entry, merged: WorkingRow, survivor: WorkingRow): void {
  entry.ledBy = [...entry.ledBy, ...leadersOf([merged], entry)];
  merged.leadTo(survivor, entry);
  entry.inform("PATIENTS_MERGED");
  warnOfBirths(entry, expectedIdentity(merged), expectedIdentity(survivor));
}

/** Merging is for patients whose identities contradict each other; people are told where they do. */
export function warnOfBirths(entry: Entry, { dateOfBirth }: PatientIdentity, other: PatientIdentity): void {
  if (dateOfBirth === null || other.dateOfBirth === null || dateOfBirth === other.dateOfBirth) return;
  entry.addIssue({ severity: "WARNING", code: "MERGE_DATES_OF_BIRTH_DIFFER", field: "dateOfBirth" });
}

/** Takes apart the entry's patient and those it names, whichever of the two was merged into the other. */
export function unmergeOthers(entry: Entry, own: ReadonlySet<WorkingRow>, set: WorkingSet): void {
  for (const other of entry.correction?.unmerges ?? []) {
    const named = [...rowsOf(other, other.recordId, set)].filter((row) => !own.has(row));
    const pairs = [...own].flatMap((row) => named.map((one): readonly [WorkingRow, WorkingRow] => [row, one]));
    const found = [...pairs, ...pairs.map(([row, one]): readonly [WorkingRow, WorkingRow] => [one, row])];
    const [merged] = found.filter(([row, into]) => row.mergedInto === into).map(([row]) => row);
    if (merged !== undefined) {
      entry.ledBy = [...entry.ledBy, ...leadersOf([merged], entry)];
      merged.leadTo(null, entry);
      entry.inform("PATIENTS_UNMERGED");
    } else if (own.size > 0 && named.length > 0) return entry.reject("UNMERGE_NOT_MERGED");
    else entry.inform("MERGE_NOTHING_FOUND");
  }
}
