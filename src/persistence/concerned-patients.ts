/** Patients, of whichever organisation, whom an objection is about: only the national side is told who they are. */
import type { SubjectDigest } from "../consent/objection-ports.ts";
import type { OwnPatient } from "../consent/ports.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Transaction } from "./database/unit.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import { CONCERNED_PATIENTS } from "./sql/objection-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

/** `$1` role. The one before comes back. */
const CHANGE_ROLE: ConstantSql = constantSql(
  `select before.role, set_config('role', $1, true) from (select current_setting('role') as role offset 0) before`,
);

/**
 * Work inside the caller's transaction that takes another view: under `nacr_consent`, which sees digests of every organisation. The
 * caller's role is his again afterwards; where the work throws, the transaction is lost anyway.
 */
export async function asConsent<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  const [before] = await tx.$queryRaw<SqlRow[]>(CHANGE_ROLE(["nacr_consent"]));
  if (before === undefined) throw new Error("Changing the role returned no row");
  const result = await work();
  await tx.$queryRaw(CHANGE_ROLE([textOf(before, "role")]));
  return result;
}

/** Under `nacr_consent`. Those with one of the digests, and everybody they are one person with. */
export async function concernedPatients(
  tx: Transaction,
  ods: string,
  subjects: readonly SubjectDigest[],
): Promise<readonly OwnPatient[]> {
  const kinds = toColumnLiteral(subjects, ({ kind }) => kind);
  const digests = toColumnLiteral(subjects, ({ digest }) => digest);
  const rows = await tx.$queryRaw<SqlRow[]>(CONCERNED_PATIENTS([kinds, digests, ods]));
  return rows.map((row) => ({ ods: textOf(row, "ods"), patientId: textOf(row, "patient_id") }));
}
