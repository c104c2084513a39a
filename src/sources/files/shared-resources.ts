/** Which groups of a FHIR file refer to which shared resources (a practice, a medication), and which of them answers for each. */
import type { EntryIndex } from "./entry-index.ts";
import type { GroupedEntries } from "./grouped-entries.ts";
import type { ReferenceList } from "./reference-list.ts";

/** Shared resources that are read for one patient; a patient has one practice and a few dozen medications. */
export const MOST_SHARED = 200;
const NONE = 0xffffffff;

export class SharedResources {
  /** The first group that refers to more than `MOST_SHARED`. */
  firstOverfull: number | null = null;
  readonly #gathered: GroupedEntries;
  readonly #references: ReferenceList;
  /** For each reference the group it leads to. */
  readonly #targets: Uint32Array;
  readonly #isShared: Uint8Array;
  /** For each group of shared resources the first group that refers to it. */
  readonly #owners: Uint32Array;

  constructor(index: EntryIndex, gathered: GroupedEntries, references: ReferenceList, shared: ReadonlySet<number>) {
    this.#gathered = gathered;
    this.#references = references;
    this.#targets = new Uint32Array(references.count);
    for (let position = 0; position < references.count; position += 1) {
      const entry = index.find(references.digest(position));
      this.#targets[position] = entry === null ? NONE : gathered.groupOf(entry);
    }
    this.#isShared = new Uint8Array(gathered.groups);
    for (const entry of shared) this.#isShared[gathered.groupOf(entry)] = 1;
    this.#owners = new Uint32Array(gathered.groups).fill(NONE);
    for (let group = 0; group < gathered.groups; group += 1) if (!this.#isShared[group]) this.#own(group);
    for (let group = 0; group < gathered.groups; group += 1) if (this.#owners[group] === NONE) this.#own(group);
  }

  /** Whether the group is read with another, which refers to it, and not by itself. */
  isElsewhere(group: number): boolean {
    return this.#isShared[group] === 1 && this.#owners[group] !== NONE;
  }

  /** Of the shared groups read with this one: whether what became of them is told with an earlier one. */
  isRepeated(shared: number, group: number): boolean {
    return this.#owners[shared] !== group;
  }

  /** Groups of shared resources that this one refers to, and those that these refer to. */
  sharedBy(group: number): readonly number[] {
    const found = new Set<number>();
    const reading = [group];
    for (const from of reading) {
      for (const entry of this.#gathered.members(from)) {
        for (const target of this.#targetsOf(entry)) {
          if (target === group || found.has(target)) continue;
          if (found.size === MOST_SHARED) {
            this.firstOverfull ??= group;
            return [...found];
          }
          found.add(target);
          reading.push(target);
        }
      }
    }
    return [...found];
  }

  #own(group: number): void {
    for (const shared of this.sharedBy(group)) if (this.#owners[shared] === NONE) this.#owners[shared] = group;
  }

  /** References stand in the order of their entries. */
  *#targetsOf(entry: number): Generator<number> {
    let [low, high] = [0, this.#references.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#references.entry(middle) < entry) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#references.count && this.#references.entry(low) === entry; low += 1) {
      const target = this.#targets[low] ?? NONE;
      if (target !== NONE) yield target;
    }
  }
}
