/**
 * The creation of a record as history tells it. Nothing is written of it (ADR 0008): what the first change of an item found is what it
 * was created with; what never changed still is.
 */
import type { Value } from "../dataset/define.ts";
import type { CompiledItem, CompiledRecordType } from "../dataset/dictionary.ts";
import { MERGE_DECISIONS, type ValueSource } from "../records/submission-record.ts";
import type { FieldHistory } from "../submission/history-ports.ts";
import type { SealedChanges } from "./record-history-identity.ts";
import { booleanOf, itemValueOf, numberOf, optionalBytesOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";
import type { IdentityValues } from "./stored-row.ts";

/** The version that a record is created with. */
export const CREATION = 1;

export interface CreationFacts {
  readonly type: CompiledRecordType;
  /** The only item asked for; null: all of them. */
  readonly field: string | null;
  /** Of `HistoryReads.record` and `firstChanges`. */
  readonly record: SqlRow;
  readonly firstChanges: readonly SqlRow[];
  /** Null: identifying items are not shown. */
  readonly sealed: SealedChanges | null;
  openIdentity(sealed: Uint8Array): IdentityValues;
}

export const sourceOf = (row: SqlRow): ValueSource => ({
  submissionId: textOf(row, "submission_id"),
  programmeCode: textOf(row, "programme_code"),
  receivedAt: textOf(row, "received_at"),
});

/** A value as history holds it, in JSON. @throws Error for one that no item can have */
export function parseValue(row: SqlRow, column: string): Value | null {
  const text = optionalTextOf(row, column);
  return text === null ? null : itemValueOf({ [column]: JSON.parse(text) }, column);
}

/** That an item had a value from the beginning, and which; null where that is not to be shown. */
type FirstValue = { readonly value: Value | null };

/** Undefined: it had none. */
function firstClinical({ name }: CompiledItem, current: SqlRow, change: SqlRow | undefined): FirstValue | undefined {
  // A record that is gone has no current values: whatever it had, its removal took away.
  const found = change === undefined ? (name in current ? itemValueOf(current, name) : null) : parseValue(change, "before");
  return found === null ? undefined : { value: found };
}

/**
 * Undefined: it had none; or it is not known, since it never changed and may not be opened. Three items have a digest, which says as
 * much without opening anything.
 */
function firstIdentity(
  item: CompiledItem,
  identity: IdentityValues,
  change: SqlRow | undefined,
  facts: CreationFacts,
): FirstValue | undefined {
  if (change === undefined) {
    const value = identity[item.name] ?? null;
    const { digested } = facts.record;
    const isDigested = facts.sealed === null && Array.isArray(digested) && digested.includes(item.name);
    return value !== null || isDigested ? { value } : undefined;
  }
  if (wordOf(change, "decision", MERGE_DECISIONS) === "SET") return undefined;
  const box = optionalBytesOf(change, "sealed");
  const opened = facts.sealed === null || box === null ? null : facts.sealed.read(numberOf(change, "version"), box, item.name);
  return { value: opened?.before ?? null };
}

/** One entry for each item that had a value, by name. */
export function readCreation(facts: CreationFacts): readonly FieldHistory[] {
  const { type, field, record } = facts;
  const changes = new Map(facts.firstChanges.map((row) => [textOf(row, "field"), row]));
  const current: SqlRow = JSON.parse(textOf(record, "values"));
  const box = optionalBytesOf(record, "sealed");
  const items = type.items.filter(({ name }) => field === null || name === field);
  const isOpened = box !== null && items.some(({ identifying, name }) => identifying && !changes.has(name));
  const identity = isOpened ? facts.openIdentity(box) : {};
  const [at, source, withdrawn] = [textOf(record, "at"), sourceOf(record), booleanOf(record, "withdrawn")];
  return items
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((item): readonly FieldHistory[] => {
      const change = changes.get(item.name);
      const first = item.identifying ? firstIdentity(item, identity, change, facts) : firstClinical(item, current, change);
      if (first === undefined) return [];
      const { value: after } = first;
      return [
        { version: CREATION, field: item.name, before: null, after, decision: "SET", at, source, kind: "CREATION", withdrawn },
      ];
    });
}
