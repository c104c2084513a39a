/**
 * Says that the national rows of patients are to be made again, because something changed that no trigger sees: an objection, the answer
 * of an opt-out check. Rows, links and withdrawals need no call: triggers mark them (migration `national`).
 */
import type { OwnPatient } from "../consent/ports.ts";
import type { Transaction } from "./database/unit.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import { MARK_PATIENTS } from "./sql/national-due-statements.ts";

/**
 * One statement in the caller's transaction: the feed looks at the patients after it commits, and at everybody they are one person with.
 * In role `nacr_app` for patients of the acting organisation; in `nacr_access`, `nacr_worker`, `nacr_linker` and
 * `nacr_consent` for any.
 */
export async function markDue(tx: Transaction, patients: readonly OwnPatient[]): Promise<void> {
  if (patients.length === 0) return;
  await tx.$executeRaw(
    MARK_PATIENTS([toColumnLiteral(patients, ({ ods }) => ods), toColumnLiteral(patients, ({ patientId }) => patientId)]),
  );
}
