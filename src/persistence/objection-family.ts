/** Of whom an objection is: everything of the organisation that is the patient's, and whom the patient is linked with elsewhere. */
import type { NamedPatient, SubjectDigest } from "../consent/objection-ports.ts";
import { asConsent, concernedPatients } from "./concerned-patients.ts";
import type { Transaction } from "./database/unit.ts";
import { type NumberMacs, patientDigest } from "./objection-subjects.ts";
import { BURIED_FAMILY, FAMILY_OF } from "./sql/objection-statements.ts";
import { optionalTextOf, type SqlRow, textOf, textsOf } from "./sql-row.ts";

/** What of the organisation's rows is the patient's: the row whose record it is first, those that are withdrawn last. */
export interface Family {
  readonly patientIds: readonly string[];
  readonly digests: readonly SubjectDigest[];
}

export async function readFamily(tx: Transaction, ods: string, patient: NamedPatient, macs: NumberMacs): Promise<Family> {
  const named = {
    id: "patientRecordId" in patient ? patient.patientRecordId : null,
    nhs: "nhsNumber" in patient ? macs.nhsMac(patient.nhsNumber) : null,
    hospital: "hospitalNumber" in patient ? macs.hospitalMac(patient.hospitalNumber) : null,
  };
  const names = [ods, named.id, named.nhs, named.hospital];
  const rows = await tx.$queryRaw<SqlRow[]>(FAMILY_OF(names));
  const buried = await tx.$queryRaw<SqlRow[]>(BURIED_FAMILY(names));
  const patientIds = [...new Set([...rows, ...buried].map((row) => textOf(row, "patient_id")))];
  const former = rows.flatMap((row) => textsOf(row, "former"));
  const nhs = [named.nhs, ...former, ...[...rows, ...buried].map((row) => optionalTextOf(row, "nhs"))];
  const hospital = [named.hospital, ...[...rows, ...buried].map((row) => optionalTextOf(row, "hospital"))];
  const known = (kind: SubjectDigest["kind"], digests: readonly (string | null)[]): readonly SubjectDigest[] =>
    [...new Set(digests)].flatMap((digest) => (digest === null ? [] : [{ kind, digest }]));
  return { patientIds, digests: [...known("NHS", nhs), ...known("HOSPITAL", hospital), ...patientIds.map(patientDigest)] };
}

/**
 * Patients of other organisations who are linked with these. Under scope ALL they are named one by one: the rows go that the links hang on,
 * and the objection is about the person.
 */
export async function linkedElsewhere(
  tx: Transaction,
  ods: string,
  patientIds: readonly string[],
): Promise<readonly SubjectDigest[]> {
  if (patientIds.length === 0) return [];
  const persons = await asConsent(tx, () => concernedPatients(tx, ods, patientIds.map(patientDigest)));
  return persons.flatMap((patient) => (patient.ods === ods ? [] : [patientDigest(patient.patientId)]));
}
