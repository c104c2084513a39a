/**
 * Keys of rows after the merge. The database has unique keys, and would refuse the whole submission for one record that breaks one; so
 * such a record is refused here, by itself.
 */
import type { Value } from "../dataset/define.ts";
import type { MatchRule } from "../records/submission-record.ts";
import type { Entry } from "./entry.ts";
import { type MergeResult, sameValue } from "./merge-values.ts";
import type { WorkingRow } from "./working-row.ts";

const NUMBER_OF_RULE: Readonly<Partial<Record<MatchRule, string>>> = {
  NHS_NUMBER: "nhsNumber",
  HOSPITAL_NUMBER: "hospitalNumber",
};

/**
 * An entry may be matched by what an earlier one of the submission said of the row. Where that one was rejected, the stored row does
 * not have the key after all, and the entry would be merged into a record it does not mean.
 */
export function changesWhatItWasMatchedBy({ matchedBy, type }: Entry, merge: MergeResult): boolean {
  if (matchedBy === null || matchedBy === "SOURCE_RECORD_ID" || matchedBy === "REPLACES") return false;
  const number = NUMBER_OF_RULE[matchedBy];
  return merge.decisions.some(
    ({ item, decision }) =>
      decision !== "UNKNOWN_IGNORED" && (number === undefined ? type.naturalKey.includes(item) : item.name === number),
  );
}

/** The other row of the same parent that has the natural key which this row is new with, or would change to. */
export function findKeyHolder(row: WorkingRow, merge: MergeResult): WorkingRow | undefined {
  if (row.parent === null || !takesKey(row, merge)) return undefined;
  return row.parent.survivor.children(row.type.name).find((other) => other !== row && holdsKey(other, row, merge.values));
}

const takesKey = (row: WorkingRow, { decisions }: MergeResult): boolean =>
  row.stored === null ? !row.accepted : decisions.some(({ item }) => row.type.naturalKey.includes(item));

/** Stored rows change in one statement, in no order: a key that one of them gives up is free for a new row, not for another of them. */
function holdsKey(other: WorkingRow, row: WorkingRow, values: readonly (Value | null)[]): boolean {
  if (!other.accepted || other.anchorDate !== row.anchorDate) return false;
  if (hasKey(other, other.values, values)) return true;
  return row.stored !== null && other.stored !== null && hasKey(other, other.stored.values, values);
}

const hasKey = (row: WorkingRow, own: readonly (Value | null)[], wanted: readonly (Value | null)[]): boolean =>
  row.type.naturalKey.every(({ index }) => sameValue(own[index] ?? null, wanted[index] ?? null));
