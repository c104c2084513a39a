/**
 * Which stored patient an entry means (dataset Decision 10): both identifiers and the sender's own id are looked up; they must
 * agree; a contradiction stores nothing. Name and postcode never match.
 */
import type { Entry } from "./entry.ts";
import { identityOf, type PatientIdentity } from "./patient-identity.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

export function matchPatient(entry: Entry, set: WorkingSet): void {
  const stated = identityOf(entry.type, entry.judged.values);
  const found = candidates(entry, stated, set);
  if (found.rows.size > 1) return entry.reject("KEY_CONFLICT");
  const [row] = found.rows;
  if (row === undefined) return createPatient(entry, set);
  if (contradicts(stated, identityOf(row.type, row.values), found.byNumber)) return entry.reject("KEY_CONFLICT");
  entry.matchedBy = row.stored === null ? null : found.rule;
  take(entry, row, set);
}

interface Candidates {
  readonly rows: ReadonlySet<WorkingRow>;
  readonly rule: Entry["matchedBy"];
  /** The NHS number itself was known. */
  readonly byNumber: boolean;
}

function candidates(entry: Entry, stated: PatientIdentity, set: WorkingSet): Candidates {
  const id = set.recordIdOf(entry);
  const bySourceId = id === undefined ? undefined : set.row(id);
  const byNhs = stated.nhsNumber === null ? undefined : set.byNhsNumber.get(stated.nhsNumber);
  const byHospital = stated.hospitalNumber === null ? undefined : set.byHospitalNumber.get(stated.hospitalNumber);
  const rows = new Set([bySourceId, byNhs, byHospital].filter((row) => row !== undefined));
  const rule = bySourceId ? "SOURCE_RECORD_ID" : byNhs ? "NHS_NUMBER" : byHospital ? "HOSPITAL_NUMBER" : null;
  return { rows, rule, byNumber: byNhs !== undefined };
}

/** The same person has one NHS number and one date of birth; a number may be added only where the date of birth agrees. */
function contradicts(stated: PatientIdentity, known: PatientIdentity, byNumber: boolean): boolean {
  if (stated.nhsNumber !== null && known.nhsNumber !== null && stated.nhsNumber !== known.nhsNumber) return true;
  if (stated.dateOfBirth !== null && known.dateOfBirth !== null && stated.dateOfBirth !== known.dateOfBirth) return true;
  const numberIsNew = stated.nhsNumber !== null && known.nhsNumber === null && !byNumber;
  return numberIsNew && (stated.dateOfBirth === null || stated.dateOfBirth !== known.dateOfBirth);
}

function createPatient(entry: Entry, set: WorkingSet): void {
  if (entry.draft.reference) return entry.reject("PARENT_MISSING");
  take(entry, set.create(entry, null, set.context.programmeCode), set);
}

function take(entry: Entry, row: WorkingRow, set: WorkingSet): void {
  entry.row = row;
  row.entries.push(entry);
  set.bindSourceId(entry, row);
  // Later entries of the same submission find the patient by what this one adds.
  set.indexPatient(row, entry.judged.values);
}
