/**
 * The merge rule (dataset Decision 14). Absent says nothing; Unknown fills an empty item and never replaces a known value; a known value
 * replaces a known value; emptying an item needs an explicit clear. On rows that programmes share, an older source does not replace
 * what another programme wrote from a newer one.
 */

import type { Value } from "../dataset/define.ts";
import type { CompiledItem, CompiledRecordType } from "../dataset/dictionary.ts";
import type { MergeDecision } from "../records/submission-record.ts";

export interface ItemDecision {
  readonly item: CompiledItem;
  readonly before: Value | null;
  readonly after: Value | null;
  readonly decision: MergeDecision;
}

export interface MergeResult {
  readonly values: readonly (Value | null)[];
  /** Items that were decided on; items that stay as they were are not listed. */
  readonly decisions: readonly ItemDecision[];
  /** Items whose newer value of another programme was kept. */
  readonly olderIgnored: readonly CompiledItem[];
  /** The row differs from before. */
  readonly changed: boolean;
}

export interface Statement {
  readonly values: readonly (Value | null)[];
  readonly cleared: ReadonlySet<number>;
}

/** `keepKnown`: the row is shared and was written by another programme from a newer source. */
export function mergeValues(
  type: CompiledRecordType,
  current: readonly (Value | null)[],
  stated: Statement,
  keepKnown: boolean,
): MergeResult {
  const values = [...current];
  const decisions: ItemDecision[] = [];
  const olderIgnored: CompiledItem[] = [];
  for (const item of type.items) {
    const before = current[item.index] ?? null;
    const after = stated.cleared.has(item.index) ? null : (stated.values[item.index] ?? null);
    const decision = decide(item, before, after, stated.cleared.has(item.index));
    if (decision === null) continue;
    if (keepKnown && takesAway.has(decision) && !isUnknown(item, before)) {
      olderIgnored.push(item);
      continue;
    }
    decisions.push({ item, before, after: decision === "UNKNOWN_IGNORED" ? before : after, decision });
    if (decision !== "UNKNOWN_IGNORED") values[item.index] = after;
  }
  return { values, decisions, olderIgnored, changed: decisions.some((d) => d.decision !== "UNKNOWN_IGNORED") };
}

const takesAway: ReadonlySet<MergeDecision> = new Set(["REPLACED", "CLEARED"]);

/** Null: the item stays as it is. */
function decide(item: CompiledItem, before: Value | null, after: Value | null, cleared: boolean): MergeDecision | null {
  if (cleared) return before === null ? null : "CLEARED";
  if (after === null || sameValue(before, after)) return null;
  if (before === null) return "SET";
  if (isUnknown(item, after) && !isUnknown(item, before)) return "UNKNOWN_IGNORED";
  return "REPLACED";
}

/** Null, or a key of the item's list that says "not known". */
export function isUnknown(item: CompiledItem, value: Value | null): boolean {
  return value === null || (typeof value === "string" && (item.compiledList?.unknown.has(value) ?? false));
}

/** Sets of codes are stored sorted, so members are compared in order. */
export function sameValue(a: Value | null, b: Value | null): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b)) return false;
  return a.length === b.length && a.every((member, index) => member === b[index]);
}
