/**
 * Which stored patient an entry means (dataset Decision 10): both identifiers and the sender's own id are looked up; they must
 * agree; a contradiction stores nothing. Name and postcode never match.
 */
import type { Entry } from "./entry.ts";
import { expectedIdentity, identityOf, type PatientIdentity } from "./patient-identity.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

export function matchPatient(entry: Entry, set: WorkingSet): void {
  const stated = identityOf(entry.type, entry.judged.values);
  const found = candidates(entry, stated, set);
  if (found.rows.size > 1) return entry.reject("KEY_CONFLICT");
  const [row] = found.rows;
  if (row === undefined) return createPatient(entry, set);
  const contradicted = findContradiction(entry, stated, expectedIdentity(row), found.byNumber);
  if (contradicted !== null) return entry.rejectForKey(contradicted, row);
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

type Contradicted = "nhsNumber" | "dateOfBirth";

/**
 * The same person has one NHS number and one date of birth; a number may be added only where the date of birth agrees. A year or a
 * month of birth cannot confirm anybody, but it can contradict.
 */
function findContradiction(
  { draft }: Entry,
  stated: PatientIdentity,
  known: PatientIdentity,
  byNumber: boolean,
): Contradicted | null {
  if (differ(stated.nhsNumber, known.nhsNumber)) return "nhsNumber";
  if (differ(stated.dateOfBirth, known.dateOfBirth)) return "dateOfBirth";
  if (draft.partialDateOfBirth !== undefined && known.dateOfBirth?.startsWith(draft.partialDateOfBirth) === false)
    return "dateOfBirth";
  const numberIsNew = stated.nhsNumber !== null && known.nhsNumber === null && !byNumber;
  return numberIsNew && (stated.dateOfBirth === null || stated.dateOfBirth !== known.dateOfBirth) ? "nhsNumber" : null;
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;

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
