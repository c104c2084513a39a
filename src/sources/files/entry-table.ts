/** Where the entries of a file stand, in typed arrays: also of millions of them. */

/** How many entries a file that must be gathered may have: their index takes 290 MB while it is made. */
export const MOST_ENTRIES = 8_000_000;
export const FIRST_CAPACITY = 1 << 10;

/** An entry as it was added. */
export interface IndexedEntry {
  /** First byte, and how many. */
  readonly start: number;
  readonly length: number;
  /** Its number in the file: of the line, row or message. */
  readonly number: number;
}

/** Entries in the order of the file: 16 bytes each. */
export class EntryTable {
  #starts = new Float64Array(FIRST_CAPACITY);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #numbers = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add({ start, length, number }: IndexedEntry): number {
    if (this.#count === this.#starts.length) this.#grow();
    this.#starts[this.#count] = start;
    this.#lengths[this.#count] = length;
    this.#numbers[this.#count] = number;
    return this.#count++;
  }

  at(entry: number): IndexedEntry {
    return { start: this.#starts[entry] ?? 0, length: this.#lengths[entry] ?? 0, number: this.#numbers[entry] ?? 0 };
  }

  #grow(): void {
    const capacity = this.#starts.length * 2;
    this.#starts = enlarge(this.#starts, new Float64Array(capacity));
    this.#lengths = enlarge(this.#lengths, new Uint32Array(capacity));
    this.#numbers = enlarge(this.#numbers, new Uint32Array(capacity));
  }
}

export function enlarge<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
