/** What remains of records that were withdrawn, under the actor's row-level security; the reasons are opened here. */
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { ReadRecordWithdrawals, RecordWithdrawal } from "../submission/withdraw-record-ports.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import { RECORD_WITHDRAWALS } from "./sql/record-place-queries.ts";
import { numberOf, optionalBytesOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";
import { openTombstone } from "./tombstone-seal.ts";
import type { StoreDependencies } from "./unit-runner.ts";

export function createReadRecordWithdrawals({
  database,
  keys,
}: Pick<StoreDependencies, "database" | "keys">): ReadRecordWithdrawals {
  return async (actor, records) => {
    if (records.length === 0) return [];
    const organisation = await keys.organisation(actor.ods);
    const { ods, programmes } = actor;
    const rows = await database.withRole({ role: "nacr_app", ods, programmes }, (tx) =>
      tx.$queryRaw<SqlRow[]>(
        RECORD_WITHDRAWALS([
          ods,
          toColumnLiteral(records, ({ submissionId }) => submissionId),
          toColumnLiteral(records, ({ recordId }) => recordId),
        ]),
      ),
    );
    return rows.map((row) => readWithdrawal(row, actor, organisation));
  };
}

function readWithdrawal(row: SqlRow, { ods }: OrganisationActor, keys: OrganisationKeys): RecordWithdrawal {
  const recordId = textOf(row, "record_id");
  const sealed = optionalBytesOf(row, "sealed");
  return {
    submissionId: textOf(row, "submission_id"),
    recordId,
    withdrawnAt: textOf(row, "withdrawn_at"),
    restorableUntil: textOf(row, "restorable_until"),
    restoredAt: optionalTextOf(row, "restored_at"),
    reason: sealed === null ? null : openTombstone(keys, { ods, recordId, version: numberOf(row, "version") }, sealed),
  };
}
