/** Who was merged into whom (ADR 0025), for reading. */
import type { ReadMergedPatients } from "../submission/merged-patients-ports.ts";
import type { Database } from "./database/database.ts";
import { isUuid } from "./page-cursor.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { MERGED_PATIENTS, MERGED_PATIENTS_AS_OF } from "./sql/merge-statements.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

export const createReadMergedPatients =
  ({ database }: { readonly database: Database }): ReadMergedPatients =>
  async ({ ods, programmes }, patientIds, asOf) => {
    const ids = toArrayLiteral(patientIds.filter(isUuid));
    const bound = asOf === null ? MERGED_PATIENTS([ods, ids]) : MERGED_PATIENTS_AS_OF([ods, ids, asOf]);
    const rows = await database.withRole({ role: "nacr_app", ods, programmes }, (tx) => tx.$queryRaw<SqlRow[]>(bound));
    const merged = new Map<string, readonly string[]>();
    for (const row of rows) merged.set(textOf(row, "root"), [...(merged.get(textOf(row, "root")) ?? []), textOf(row, "id")]);
    return merged;
  };
