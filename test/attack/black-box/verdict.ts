/** What the attackers may claim of a target after all is put together, and whether a guess of it beats what chance gives. */
import { DIMENSIONS } from "../../../src/statistics/cube/dimensions.ts";
import { condition, type Person } from "./attack-door.ts";
import { cellName } from "./collect.ts";
import type { Possible } from "./consistency.ts";
import { KNOWN_OF_TARGET } from "./people.ts";

const PLACES = ["programme", "trust", "region", "nation"] as const;
const PERSONAL = KNOWN_OF_TARGET.filter((key) => key !== "programme");

/** What is withheld is small, as a rule. */
const MOST_OF_SMALL = 7;

/** What the attacker wants to learn: everything but what singles the target out. */
export const HIDDEN = DIMENSIONS.map(({ key }) => key).filter((key) => !PERSONAL.some((known) => known === key));

/** Names of the cells that the target would be in, if `attribute` were `category`. */
function* covering(target: Person, attribute: string, category: string): Generator<string> {
  const places = [[], ...PLACES.flatMap((level) => (target[level] ? [[condition(level, target[level])]] : []))];
  for (const place of places) {
    for (const keys of [[], ...PERSONAL.map((key) => [key]), ["sex", "age"], ["sex", "eventGroup"], ["age", "eventGroup"]]) {
      yield cellName([...place, ...keys.map((key) => condition(key, target[key] ?? "")), condition(attribute, category)]);
    }
  }
}

/** The categories that nothing rules out: where one is left, the attribute is known. */
export function stillPossible({ indexOf, high }: Possible, target: Person, attribute: string): readonly string[] {
  const declared = DIMENSIONS.find(({ key }) => key === attribute)?.categories ?? [];
  return declared
    .map(({ key }) => key)
    .filter((category) => ![...covering(target, attribute, category)].some((name) => high[indexOf.get(name) ?? -1] === 0));
}

/** Cells around the target that are pinned to one small count. @param least the smallest count that the door shows */
export function pinnedAround({ indexOf, low, high }: Possible, target: Person, least: number): readonly string[] {
  return HIDDEN.flatMap((attribute) =>
    (DIMENSIONS.find(({ key }) => key === attribute)?.categories ?? []).flatMap(({ key }) =>
      [...covering(target, attribute, key)].filter((name) => {
        const index = indexOf.get(name) ?? -1;
        return index >= 0 && low[index] === high[index] && (high[index] ?? least) < least;
      }),
    ),
  );
}

/** The likeliest category by the middles of what is possible: each of what is known of the target speaks for itself. */
export function guess(possible: Possible, target: Person, attribute: string): string {
  const middle = (keys: readonly string[], category: string): number => {
    const place = [condition("programme", target.programme ?? "")];
    const name = cellName([...place, ...keys.map((key) => condition(key, target[key] ?? "")), condition(attribute, category)]);
    const index = possible.indexOf.get(name);
    if (index === undefined) return 1;
    const least = possible.low[index] ?? 0;
    return (least + Math.min(possible.high[index] ?? 0, Math.max(least, MOST_OF_SMALL))) / 2 + 0.5;
  };
  const declared = DIMENSIONS.find(({ key }) => key === attribute)?.categories ?? [];
  const scored = declared.map(({ key }) => {
    const whole = middle([], key);
    return { key, score: PERSONAL.reduce((score, known) => (score * middle([known], key)) / whole, whole) };
  });
  return scored.toSorted((a, b) => b.score - a.score)[0]?.key ?? "";
}

/** Chance of at least so many hits in so many trials, each with the rate: the exact binomial. */
export function chanceOfAtLeast(hits: number, trials: number, rate: number): number {
  if (hits <= 0) return 1;
  if (rate <= 0 || rate >= 1) return rate >= 1 ? 1 : 0;
  let logChoose = 0;
  let sum = 0;
  for (let count = 0; count <= trials; count++) {
    if (count > 0) logChoose += Math.log(trials - count + 1) - Math.log(count);
    if (count >= hits) sum += Math.exp(logChoose + count * Math.log(rate) + (trials - count) * Math.log(1 - rate));
  }
  return Math.min(1, sum);
}
