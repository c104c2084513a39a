/**
 * Which records failed, by type and place in the sender's input: 8 bytes each, so that a file of millions of failed records fits into
 * memory. Two places share their 52 bits with a probability of 1 to 250 in 6,000,000 records; the worst of it is that a record that
 * was accepted is judged once more.
 */
import { createHash } from "node:crypto";
import type { RecordTypeName } from "../dataset/define.ts";

export interface RecordPlace {
  readonly recordType: RecordTypeName;
  readonly expression: string;
}

const FIRST_CAPACITY = 1_024;
/** 48 bits and 4: what a double holds exactly. */
const LOW_BYTES = 6;
const HIGH_FACTOR = 2 ** 48;

function digest({ recordType, expression }: RecordPlace): number {
  const bytes = createHash("sha256").update(`${recordType}\n${expression}`).digest();
  return bytes.readUIntBE(0, LOW_BYTES) + (bytes.readUInt8(LOW_BYTES) & 0xf) * HIGH_FACTOR;
}

export class FailedRecords {
  #digests = new Float64Array(FIRST_CAPACITY);
  #count = 0;
  #sorted = true;

  get size(): number {
    return this.#count;
  }

  add(place: RecordPlace): void {
    if (this.#count === this.#digests.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#digests);
      this.#digests = larger;
    }
    this.#digests[this.#count++] = digest(place);
    this.#sorted = false;
  }

  has(place: RecordPlace): boolean {
    if (!this.#sorted) this.#digests.subarray(0, this.#count).sort();
    this.#sorted = true;
    const wanted = digest(place);
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#digests[middle] ?? Number.POSITIVE_INFINITY) < wanted) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && this.#digests[low] === wanted;
  }
}
