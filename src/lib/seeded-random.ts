/** Repeatable pseudo-random numbers for synthetic data. Never for secrets. */

export interface SeededRandom {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** @throws RangeError for an empty list. */
  pick<T>(options: readonly T[]): T;
}

/** The generator Mulberry32: 32 bits of state, good enough for test data, the same sequence on every machine. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(options: readonly T[]): T => {
    const option = options[integer(0, options.length - 1)];
    if (option === undefined) throw new RangeError("nothing to pick from");
    return option;
  };
  return { next, integer, pick };
}
