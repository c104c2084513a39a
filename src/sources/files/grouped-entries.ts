/** The entries of a file in the order in which they are read: group by group, within a group in the order of the file. */
import type { EntryTable, IndexedEntry } from "./entry-table.ts";

export class GroupedEntries {
  readonly groups: number;
  readonly #table: EntryTable;
  readonly #groupOf: Uint32Array;
  /** Entries in the order of groups, and where in it each group begins. */
  readonly #order: Uint32Array;
  readonly #begins: Uint32Array;

  /** @param groupOf for each entry the number of its group, groups numbered in the order of their first entries */
  constructor(table: EntryTable, groupOf: Uint32Array, groups: number) {
    this.groups = groups;
    this.#table = table;
    this.#groupOf = groupOf;
    this.#begins = toBegins(groupOf, groups);
    this.#order = new Uint32Array(groupOf.length);
    const next = this.#begins.slice();
    for (let entry = 0; entry < groupOf.length; entry += 1) {
      const group = groupOf[entry] ?? 0;
      const position = next[group] ?? 0;
      this.#order[position] = entry;
      next[group] = position + 1;
    }
  }

  groupOf(entry: number): number {
    return this.#groupOf[entry] ?? 0;
  }

  entry(entry: number): IndexedEntry {
    return this.#table.at(entry);
  }

  /** How many entries stand before the group. */
  begin(group: number): number {
    return this.#begins[group] ?? this.#order.length;
  }

  members(group: number): Uint32Array {
    return this.#order.subarray(this.begin(group), this.begin(group + 1));
  }

  /** The group that begins after so many entries; the next one, where none begins just there. */
  groupAt(position: number): number {
    let [low, high] = [0, this.groups];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.begin(middle) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Where each group begins, and after the last one their end. */
function toBegins(groupOf: Uint32Array, groups: number): Uint32Array {
  const begins = new Uint32Array(groups + 1);
  for (const group of groupOf) begins[group + 1] = (begins[group + 1] ?? 0) + 1;
  for (let group = 0; group < groups; group += 1) begins[group + 1] = (begins[group + 1] ?? 0) + (begins[group] ?? 0);
  return begins;
}
