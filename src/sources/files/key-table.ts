/**
 * Keys of entries while a file is being indexed: a hash table in typed arrays, 12 bytes a slot, where a Map of strings takes ten times
 * that. Only digests of keys are kept: two keys that share one are taken for the same, which puts two patients into one group to be read
 * together and changes nothing of what is read.
 */
import { randomInt } from "node:crypto";

const FIRST_SLOTS = 1 << 12;
const FNV_PRIME = 0x01000193;
const SECOND_PRIME = 0x5bd1e995;
/** Of this process, so that nobody can write a file whose keys all fall into one slot. */
const [FIRST_SEED, SECOND_SEED] = [randomInt(2 ** 32), randomInt(2 ** 32)];

export interface KeyDigest {
  readonly low: number;
  readonly high: number;
}

/** 64 bits of two multiplicative hashes over the text's UTF-16 units. Not for secrets. */
export function digestKey(key: string): KeyDigest {
  let low = FIRST_SEED;
  let high = SECOND_SEED;
  for (let at = 0; at < key.length; at += 1) {
    const unit = key.charCodeAt(at);
    low = Math.imul(low ^ unit, FNV_PRIME);
    high = Math.imul(high ^ unit, SECOND_PRIME);
    high ^= high >>> 15;
  }
  low ^= low >>> 16;
  return { low: Math.imul(low, SECOND_PRIME) >>> 0, high: high >>> 0 };
}

export class KeyTable {
  #low = new Uint32Array(FIRST_SLOTS);
  #high = new Uint32Array(FIRST_SLOTS);
  /** The entry of the key, plus one; 0: the slot is free. */
  #entries = new Uint32Array(FIRST_SLOTS);
  #count = 0;

  find({ low, high }: KeyDigest): number | null {
    const entry = this.#entries[this.#slotOf(low, high)] ?? 0;
    return entry === 0 ? null : entry - 1;
  }

  /** The entry that has the key already; null, with `entry` put there, where none has. */
  claim({ low, high }: KeyDigest, entry: number): number | null {
    if (this.#count * 2 > this.#low.length) this.#grow();
    const slot = this.#slotOf(low, high);
    const known = this.#entries[slot] ?? 0;
    if (known !== 0) return known - 1;
    this.#put(slot, low, high, entry + 1);
    this.#count += 1;
    return null;
  }

  #slotOf(low: number, high: number): number {
    const mask = this.#low.length - 1;
    let slot = low & mask;
    while (this.#entries[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #put(slot: number, low: number, high: number, entry: number): void {
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#entries[slot] = entry;
  }

  #grow(): void {
    const [lows, highs, entries] = [this.#low, this.#high, this.#entries];
    this.#low = new Uint32Array(lows.length * 2);
    this.#high = new Uint32Array(lows.length * 2);
    this.#entries = new Uint32Array(lows.length * 2);
    for (const [slot, entry] of entries.entries()) {
      if (entry === 0) continue;
      const [low = 0, high = 0] = [lows[slot], highs[slot]];
      this.#put(this.#slotOf(low, high), low, high, entry);
    }
  }
}
