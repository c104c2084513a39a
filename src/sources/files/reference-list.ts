/** Pairs of an entry and the digest of a name it has or uses, in the order they were added: 12 bytes each. */
import { enlarge, FIRST_CAPACITY } from "./entry-table.ts";
import type { KeyDigest } from "./key-table.ts";

export class ReferenceList {
  #entries = new Uint32Array(FIRST_CAPACITY);
  #low = new Uint32Array(FIRST_CAPACITY);
  #high = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(entry: number, { low, high }: KeyDigest): void {
    if (this.#count === this.#entries.length) this.#grow();
    this.#entries[this.#count] = entry;
    this.#low[this.#count] = low;
    this.#high[this.#count] = high;
    this.#count += 1;
  }

  entry(position: number): number {
    return this.#entries[position] ?? 0;
  }

  digest(position: number): KeyDigest {
    return { low: this.#low[position] ?? 0, high: this.#high[position] ?? 0 };
  }

  #grow(): void {
    const capacity = this.#entries.length * 2;
    this.#entries = enlarge(this.#entries, new Uint32Array(capacity));
    this.#low = enlarge(this.#low, new Uint32Array(capacity));
    this.#high = enlarge(this.#high, new Uint32Array(capacity));
  }
}
