/**
 * Which entries of a file belong together. Entries are added in the order of the file and joined by the keys they share; once sealed,
 * the index gives them group by group, groups in the order of their first entries.
 */
import { EntryTable, enlarge, FIRST_CAPACITY, type IndexedEntry } from "./entry-table.ts";
import { GroupedEntries } from "./grouped-entries.ts";
import { type KeyDigest, KeyTable } from "./key-table.ts";

/** What is read together is held together, so it has a limit. */
export interface GroupLimit {
  readonly entries: number;
  readonly bytes: number;
}

/** Union-find in typed arrays: 12 bytes an entry beside its table. */
export class EntryIndex {
  readonly table = new EntryTable();
  readonly #limit: GroupLimit;
  readonly #keys = new KeyTable();
  /** The entry each one points to; an entry that points to itself stands for its group. */
  #parents = new Uint32Array(FIRST_CAPACITY);
  /** Of entries that stand for a group: how many entries it has, and bytes. */
  #sizes = new Uint32Array(FIRST_CAPACITY);
  #bytes = new Uint32Array(FIRST_CAPACITY);
  /** The first entry that was kept out of a group because the group is as large as one may be. */
  firstKeptOut: number | null = null;

  constructor(limit: GroupLimit) {
    this.#limit = limit;
  }

  add(entry: IndexedEntry): number {
    const index = this.table.add(entry);
    if (index === this.#parents.length) this.#grow();
    this.#parents[index] = index;
    this.#sizes[index] = 1;
    this.#bytes[index] = entry.length;
    return index;
  }

  /** The entry belongs with all that have the key. */
  join(entry: number, key: KeyDigest): void {
    const other = this.#keys.claim(key, entry);
    if (other !== null) this.#unite(other, entry);
  }

  /** An entry that has the key. */
  find(key: KeyDigest): number | null {
    return this.#keys.find(key);
  }

  /** No entry and no key comes after it. */
  seal(): GroupedEntries {
    const groupOf = new Uint32Array(this.table.count);
    let groups = 0;
    // A group is stood for by its first entry, which therefore has its number before the others ask for it.
    for (let entry = 0; entry < groupOf.length; entry += 1) {
      const root = this.#rootOf(entry);
      groupOf[entry] = root === entry ? groups++ : (groupOf[root] ?? 0);
    }
    return new GroupedEntries(this.table, groupOf, groups);
  }

  #rootOf(entry: number): number {
    let root = entry;
    for (let parent = this.#parents[root] ?? root; parent !== root; parent = this.#parents[root] ?? root) {
      // Halves the way for whoever comes next.
      this.#parents[root] = this.#parents[parent] ?? parent;
      root = parent;
    }
    return root;
  }

  /** The earlier entry stands for both, so groups come in the order of their first entries. */
  #unite(one: number, other: number): void {
    const [a, b] = [this.#rootOf(one), this.#rootOf(other)];
    if (a === b) return;
    const entries = (this.#sizes[a] ?? 0) + (this.#sizes[b] ?? 0);
    const bytes = (this.#bytes[a] ?? 0) + (this.#bytes[b] ?? 0);
    if (entries > this.#limit.entries || bytes > this.#limit.bytes) {
      this.firstKeptOut ??= other;
      return;
    }
    const [root, child] = a < b ? [a, b] : [b, a];
    this.#parents[child] = root;
    this.#sizes[root] = entries;
    this.#bytes[root] = bytes;
  }

  #grow(): void {
    const capacity = this.#parents.length * 2;
    this.#parents = enlarge(this.#parents, new Uint32Array(capacity));
    this.#sizes = enlarge(this.#sizes, new Uint32Array(capacity));
    this.#bytes = enlarge(this.#bytes, new Uint32Array(capacity));
  }
}
