/** The stored row that a record means by `replaces`: the one that has the key which the record corrects. */
import type { Value } from "../dataset/define.ts";
import type { Entry } from "./entry.ts";
import { sameValue } from "./merge-values.ts";
import type { WorkingRow } from "./working-row.ts";

/** A value of the key that is replaced: what `replaces` leaves out is as the record states it. */
export function replacedValue({ correction, judged }: Entry, index: number): Value | null {
  const key = correction?.replaces?.key;
  return (key?.has(index) ? key.get(index) : judged.values[index]) ?? null;
}

/** By what is stored, not by what an earlier record of the submission says of a row. A rehabilitation is known by its anchor alone. */
export function findReplaced(entry: Entry, siblings: readonly WorkingRow[], programmeCode: string): WorkingRow | undefined {
  const replaces = entry.correction?.replaces ?? null;
  if (replaces === null) return undefined;
  const stored = siblings.filter((row) => row.stored !== null);
  if (entry.type.name === "REHABILITATION") {
    const dates = [...replaces.key.values()];
    return stored.find((row) => row.programmeCode === programmeCode && row.anchorDate !== null && dates.includes(row.anchorDate));
  }
  return stored.find((row) =>
    entry.type.naturalKey.every(({ index }) => sameValue(row.stored?.values[index] ?? null, replacedValue(entry, index))),
  );
}
