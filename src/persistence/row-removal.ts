/**
 * Rows that a submission withdraws: each leaves a line of history and a tombstone with what it takes to bring it back (ADR 0024). Whole
 * tables at a time; only the history of identities passes through the process, which alone can seal it.
 */
import { DAY_MS, laterBy } from "../lib/later-by.ts";
import { LIMITS } from "../lib/limits.ts";
import type { RowToRemove } from "../submission/ports.ts";
import type { Transaction } from "./database/unit.ts";
import { type IdentityKeys, toHistoryColumns } from "./identity-undo.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import type { RemovalStatements } from "./sql/removal-statements.ts";
import type { WriteScalars } from "./sql/table-shape.ts";
import type { ReadRow } from "./stored-row.ts";
import { sealTombstone } from "./tombstone-seal.ts";

/** What a removal needs and outlives it. */
export interface RemovalContext extends IdentityKeys {
  /** Parents before children. */
  readonly removals: readonly RemovalStatements[];
  /** A row as the unit of work read it. */
  readonly rowBefore: (id: string) => ReadRow;
}

/** @param rows parents before children, and complete: none is left below one of them */
export async function removeRows(
  tx: Transaction,
  rows: readonly RowToRemove[],
  scalars: WriteScalars,
  context: RemovalContext,
): Promise<void> {
  const byType = Map.groupBy(rows, ({ recordType }) => recordType);
  const groups = context.removals.flatMap((statements) => {
    const own = byType.get(statements.recordType) ?? [];
    return own.length === 0 ? [] : [{ statements, rows: own, ids: toColumnLiteral(own, ({ id }) => id) }];
  });
  const { ods, submissionId, writtenAt } = scalars;
  const until = laterBy(writtenAt, LIMITS.restoreDays * DAY_MS);
  for (const { statements, rows: own, ids } of groups) {
    const columns = statements.recordType === "PATIENT" ? identityColumns(own, context) : [ids];
    await tx.$executeRaw(statements.history([ods, submissionId, writtenAt, ...columns]));
    await tx.$executeRaw(statements.bury([ods, submissionId, writtenAt, ids, until, ...reasonColumns(own, context)]));
  }
  for (const { statements, rows: own, ids } of groups.reverse()) {
    for (const remove of statements.removeBeside) await tx.$executeRaw(remove([ods, ids]));
    const count = await tx.$executeRaw(statements.remove([ods, ids]));
    if (count !== own.length) throw new Error(`${own.length - count} of ${own.length} rows to be removed were not there`);
  }
}

function identityColumns(rows: readonly RowToRemove[], context: RemovalContext): readonly string[] {
  const removals = rows.map(({ id }) => {
    const { version, values } = context.rowBefore(id);
    return { id, version: version + 1, before: context.identities.valuesOf(values), after: null };
  });
  return toHistoryColumns(removals, context);
}

/** Ids and sealed reasons of those that were withdrawn with one. */
function reasonColumns(rows: readonly RowToRemove[], { ods, keys, rowBefore }: RemovalContext): readonly string[] {
  const sealed = rows.flatMap(({ id, reason }) =>
    reason === null ? [] : [{ id, box: sealTombstone(keys, { ods, recordId: id, version: rowBefore(id).version + 1 }, reason) }],
  );
  return [toArrayLiteral(sealed.map(({ id }) => id)), toArrayLiteral(sealed.map(({ box }) => box))];
}
