/**
 * Consistency solving: all that was collected must fit one population, so each figure bounds all that it is added up from. Written from what an
 * analyst can read (categories, roll-ups, the public register of places) and independent of the attacker that the publication uses.
 */
import { DIMENSIONS } from "../../../src/statistics/cube/dimensions.ts";
import { condition, countsBehind } from "./attack-door.ts";
import { type Collected, cellName } from "./collect.ts";

/** Counts that are still possible, both included. */
export interface Possible {
  readonly indexOf: ReadonlyMap<string, number>;
  readonly low: Int32Array;
  readonly high: Int32Array;
}
export interface PublicKnowledge {
  /** Places directly below: of `nation=ENGLAND` its regions, of `region=Y56` its trusts. All that belong to the upper one. */
  readonly below: ReadonlyMap<string, readonly string[]>;
  /** Dimensions of which nobody's category is unknown. */
  readonly complete: ReadonlySet<string>;
}
/** What a figure means, and what its absence: a gambler may take it that all that is withheld is small. */
export interface Meaning {
  readonly countsBehind: (figure: number) => readonly [low: number, high: number];
  readonly countsWithheld: readonly [low: number, high: number];
}
/** The whole is its parts, and more where `isAll` is false. */
export interface Sum {
  readonly whole: number;
  readonly parts: readonly number[];
  readonly isAll: boolean;
}

const NO_BOUND = 1_000_000_000;
const MOST_PASSES = 60;
/** A median is published of at least so many (docs/statistics.md). */
const LEAST_OF_MEDIAN = 20;

export const SOUND: Meaning = { countsBehind, countsWithheld: [0, NO_BOUND] };
export const GAMBLING: Meaning = { countsBehind, countsWithheld: [0, 7] };

/** Found once for whatever is then taken to be behind the figures. */
export function findSums(collected: Collected, knowledge: PublicKnowledge): readonly Sum[] {
  const indexOf = indexCells(collected);
  const sums: Sum[] = [];
  for (const [name, whole] of indexOf) {
    const categories = name === "" ? [] : name.split("&").map(toCondition);
    for (const [parts, isAll] of partitions(categories, knowledge)) {
      const found: number[] = [];
      for (const part of parts) {
        const index = indexOf.get(part);
        if (index === undefined) break;
        found.push(index);
      }
      if (found.length > 0 && found.length === parts.length) sums.push({ whole, parts: found, isAll });
    }
  }
  return sums;
}

const indexCells = ({ figures }: Collected): ReadonlyMap<string, number> =>
  new Map([...figures.keys()].map((name, index) => [name, index]));

export function solve(collected: Collected, sums: readonly Sum[], meaning: Meaning): Possible {
  const indexOf = indexCells(collected);
  const low = new Int32Array(indexOf.size);
  const high = new Int32Array(indexOf.size);
  for (const [name, index] of indexOf) {
    const figure = collected.figures.get(name) ?? null;
    const [least, most] = figure === null ? meaning.countsWithheld : meaning.countsBehind(figure);
    low[index] = collected.withMedian.has(name) ? Math.max(least, LEAST_OF_MEDIAN) : least;
    high[index] = most;
  }
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    let isTighter = false;
    for (const sum of sums) if (tighten(low, high, sum)) isTighter = true;
    if (!isTighter) break;
  }
  return { indexOf, low, high };
}

const toCondition = (text: string) => {
  const [dimension = "", category = ""] = text.split("=");
  return condition(dimension, category);
};
type Categories = readonly ReturnType<typeof toCondition>[];

/** Every way in which a cell is made of others, by name. */
function* partitions(categories: Categories, { below, complete }: PublicKnowledge): Generator<[readonly string[], boolean]> {
  const place = categories.find(({ dimension }) => PLACES.has(dimension));
  for (const { key, categories: declared, rollUps } of DIMENSIONS) {
    const own = categories.find(({ dimension }) => dimension === key);
    const name = namer(categories, key);
    // Who has no programme has no stage: outside the places a sum over stages lacks them.
    if (own === undefined)
      yield [declared.map((one) => name(one.key)), key === "stage" ? place !== undefined : complete.has(key)];
    const rollUp = rollUps.find((one) => one.key === own?.category);
    if (rollUp !== undefined) yield [rollUp.of.map(name), true];
    if (rollUp?.key === "REFERRED") yield [["REFERRED_ONLY", "STARTED"].map(name), true];
  }
  const rest = categories.filter((one) => one !== place);
  const under = place === undefined ? below.get("") : below.get(`${place.dimension}=${place.category}`);
  if (under !== undefined) yield [under.map((one) => cellName([toCondition(one), ...rest])), place !== undefined];
}

const PLACES: ReadonlySet<string> = new Set(["nation", "region", "trust", "programme"]);

/** Names of cells that differ in one dimension only: the rest of the name is put together once. */
function namer(categories: Categories, key: string): (category: string) => string {
  const [mark, others] = ["\u0000", categories.filter(({ dimension }) => dimension !== key)];
  const [before = "", after = ""] = cellName([...others, condition(key, mark)]).split(mark);
  return (category) => `${before}${category}${after}`;
}

/** Bounds never cross: whoever gambles on something untrue goes on with what is left. */
function tighten(low: Int32Array, high: Int32Array, { whole, parts, isAll }: Sum): boolean {
  const at = (side: Int32Array, index: number): number => side[index] ?? 0;
  let least = 0;
  let most = 0;
  for (const part of parts) {
    least += at(low, part);
    most += at(high, part);
  }
  let isTighter = false;
  const raise = (index: number, to: number): void => {
    if (to <= at(low, index) || to > at(high, index)) return;
    low[index] = to;
    isTighter = true;
  };
  const lower = (index: number, to: number): void => {
    if (to >= at(high, index) || to < at(low, index)) return;
    high[index] = to;
    isTighter = true;
  };
  raise(whole, least);
  if (isAll) lower(whole, most);
  for (const part of parts) {
    lower(part, at(high, whole) - (least - at(low, part)));
    if (isAll) raise(part, at(low, whole) - (most - at(high, part)));
  }
  return isTighter;
}
