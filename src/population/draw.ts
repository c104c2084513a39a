/** Distributions over seeded numbers: what a synthetic population is drawn from. */
import type { SeededRandom } from "../lib/seeded-random.ts";

/** Relative weights by code; codes that are not named are never drawn. */
export type Weights<Code extends string> = Readonly<Partial<Record<Code, number>>>;

/** Draws one code by its weight. */
export type Choice<Code extends string> = (random: SeededRandom) => Code;

export const chance = (random: SeededRandom, probability: number): boolean => random.next() < probability;

/** By Box and Muller, one number of two. */
export function drawNormal(random: SeededRandom, mean: number, deviation: number): number {
  // 1 less a number below 1 is never 0, whose logarithm there is none of.
  return mean + deviation * Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** @param spread standard deviation of the logarithm */
export const drawLogNormal = (random: SeededRandom, median: number, spread: number): number =>
  median * Math.exp(drawNormal(random, 0, spread));

export const clip = (value: number, [least, most]: readonly [number, number]): number => Math.min(Math.max(value, least), most);

/** A normal value in steps of `step` within bounds. */
export function drawWithin(
  random: SeededRandom,
  [mean, deviation]: readonly [number, number],
  bounds: readonly [number, number],
  step = 1,
): number {
  const steps = Math.round(drawNormal(random, mean, deviation) / step);
  // Tenths are no binary numbers: divided by ten they are the nearest to what is written.
  return clip(step < 1 ? steps / Math.round(1 / step) : steps * step, bounds);
}

/** The codes of a set of weights, in their order. The compiler does not see that the keys are codes. */
export const codesOf = <Code extends string>(weights: Weights<Code>): readonly Code[] => Object.keys(weights) as Code[];

/**
 * @param without codes that are not drawn, whatever they weigh
 * @throws RangeError where nothing is left to draw
 */
export function compileChoice<Code extends string>(
  weights: Weights<Code>,
  without: ReadonlySet<string> = new Set(),
): Choice<Code> {
  const codes = codesOf(weights).filter((code) => !without.has(code) && (weights[code] ?? 0) > 0);
  const upTo: number[] = [];
  for (const code of codes) upTo.push((upTo.at(-1) ?? 0) + (weights[code] ?? 0));
  const total = upTo.at(-1);
  const last = codes.at(-1);
  if (total === undefined || last === undefined) throw new RangeError("nothing is left to draw from");
  return (random) => codes[firstAbove(upTo, random.next() * total)] ?? last;
}

/** Keeps each code with the probability; one remains in any case. */
export function thinOut<Code extends string>(
  random: SeededRandom,
  weights: Weights<Code>,
  dropped: number,
  without: ReadonlySet<string>,
): Weights<Code> {
  const codes = codesOf(weights).filter((code) => !without.has(code));
  const kept = new Set(codes.filter(() => !chance(random, dropped)));
  if (kept.size === 0) kept.add(random.pick(codes));
  const thinned: Partial<Record<Code, number>> = {};
  for (const code of kept) thinned[code] = weights[code];
  return thinned;
}

/** The index of the first sum above a number: what lies between two sums weighs their difference. */
export function firstAbove(sums: readonly number[], value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
