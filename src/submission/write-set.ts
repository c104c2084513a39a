/** What the accepted entries mean for the tables. */
import type { Value } from "../dataset/define.ts";
import type { FieldChange } from "../records/submission-record.ts";
import type { Entry } from "./entry.ts";
import { collectIdentityLinks, ledPatients } from "./identity-links.ts";
import { type KnownStatements, touchedPatients } from "./known-statements.ts";
import { sameValue } from "./merge-values.ts";
import type { ObjectionToRecord, Objector } from "./objection-ports.ts";
import type { Objections } from "./objections.ts";
import type { IdentityLinks, NewSourceId, RowToRemove, RowToWrite, StatementToKeep } from "./ports.ts";
import { reasonOf } from "./withdraw-entries.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

export interface RowsToWrite {
  readonly created: readonly RowToWrite[];
  readonly updated: readonly RowToWrite[];
  readonly removed: readonly RowToRemove[];
  readonly sourceIds: readonly NewSourceId[];
  readonly identityLinks?: IdentityLinks | undefined;
  /** See `WriteSet`. */
  readonly touched: readonly string[];
  readonly statements: readonly StatementToKeep[];
  readonly objections: readonly ObjectionToRecord[];
  readonly objectors: readonly Objector[];
}

export const NOTHING_TO_WRITE: RowsToWrite = {
  created: [],
  updated: [],
  removed: [],
  sourceIds: [],
  touched: [],
  statements: [],
  objections: [],
  objectors: [],
};

export function collectRows(
  entries: readonly Entry[],
  set: WorkingSet,
  statements: KnownStatements,
  objections: Objections,
): RowsToWrite {
  const changed = set.all.filter((row) => row.accepted && row.changed && !row.gone);
  const removed = set.all.filter((row) => row.stored !== null && row.gone);
  return {
    created: changed.filter((row) => row.stored === null).map((row) => toRow(row, [])),
    updated: changed.filter((row) => row.stored !== null).map((row) => toRow(row, changesSince(row, row.stored?.values ?? []))),
    removed: removed.map((row) => ({ recordType: row.type.name, id: row.id, reason: reasonOf(row, entries) })),
    sourceIds: collectSourceIds(entries, set),
    identityLinks: collectIdentityLinks(entries, set),
    touched: [...new Set([...touchedPatients([...changed, ...removed]), ...ledPatients(set)])],
    statements: statements.collect(),
    objections: objections.collect(set.context.newId),
    objectors: objections.collectKnown(),
  };
}

function toRow(row: WorkingRow, changes: readonly FieldChange[]): RowToWrite {
  return {
    recordType: row.type.name,
    id: row.id,
    parentId: row.parent?.id ?? null,
    version: (row.stored?.version ?? 0) + 1,
    programmeCode: row.programmeCode,
    values: row.values,
    anchorDate: row.anchorDate,
    sourceTime: row.sourceTime,
    changes,
  };
}

/** History is kept per version: several entries of one row make one change. */
function changesSince(row: WorkingRow, stored: readonly (Value | null)[]): readonly FieldChange[] {
  return row.type.items.flatMap((item) => {
    const before = stored[item.index] ?? null;
    const after = row.values[item.index] ?? null;
    if (sameValue(before, after)) return [];
    const decision = after === null ? "CLEARED" : before === null ? "SET" : "REPLACED";
    return [{ field: item.name, before, after, decision, previousSource: null } satisfies FieldChange];
  });
}

function collectSourceIds(entries: readonly Entry[], set: WorkingSet): readonly NewSourceId[] {
  const seen = new Map<string, NewSourceId>();
  for (const entry of entries) {
    const { sourceRecordId } = entry.draft;
    if (
      sourceRecordId === null ||
      entry.row === null ||
      entry.rejected ||
      entry.silent ||
      entry.withdraws ||
      !set.isNewSourceId(entry)
    )
      continue;
    const id = { recordType: entry.type.name, product: set.context.product, sourceRecordId, recordId: entry.row.id };
    seen.set(`${id.recordType}\n${sourceRecordId}`, id);
  }
  return [...seen.values()];
}
