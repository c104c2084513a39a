/** Patients with an NHS number, under the keys by which answers of the opt-out check are kept. */
import type { PseudonymKey } from "../keys/key-ring.ts";
import type { Transaction } from "./database/unit.ts";
import { NUMBERED_PATIENTS } from "./sql/opt-out-statements.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

export const PATIENTS_AT_ONCE = 5_000;

export interface NumberedPatient {
  readonly id: string;
  readonly key: string;
}

/** Some at a time, in the order of their ids. Under `nacr_consent`. */
export async function* numberedPatients(
  tx: Transaction,
  ods: string,
  key: PseudonymKey,
): AsyncGenerator<readonly NumberedPatient[]> {
  for (let last: string | null = null; ; ) {
    const rows: readonly SqlRow[] = await tx.$queryRaw<SqlRow[]>(NUMBERED_PATIENTS([ods, last, PATIENTS_AT_ONCE]));
    if (rows.length > 0) yield rows.map((row) => ({ id: textOf(row, "patient_id"), key: key.mac(textOf(row, "digest")) }));
    last = rows.at(-1) === undefined ? null : textOf(rows.at(-1) ?? {}, "patient_id");
    if (rows.length < PATIENTS_AT_ONCE) return;
  }
}
