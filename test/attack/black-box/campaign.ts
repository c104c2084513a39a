/** The whole attack of S1: three colluding analysts, all their attackers, every target; against whatever door is given. */
import { DIMENSIONS, LEVELS } from "../../../src/statistics/cube/dimensions.ts";
import type { AttackQuestion, Person } from "./attack-door.ts";
import { around, type Collected, collect, nothingCollected } from "./collect.ts";
import { findSums, GAMBLING, type Meaning, type Possible, SOUND, solve } from "./consistency.ts";
import { completeDimensions } from "./people.ts";
import { type Catalogue, type Colluders, differTarget, trackTarget } from "./tracker.ts";
import { guess, HIDDEN, pinnedAround, stillPossible } from "./verdict.ts";

/** What the trackers ask for: the one hidden attribute that the narrowest tables have. */
export const ATTRIBUTE = "stage";
/** Smallest count that the cube shows. */
const LEAST_SHOWN = 8;

export interface CampaignOptions {
  readonly colluders: Colluders;
  readonly people: readonly Person[];
  /** Indices in `people`. */
  readonly targets: readonly number[];
  /** What the colluders ask for whoever is their target. */
  readonly whole: Iterable<AttackQuestion>;
  /** For each target under each agreement. */
  readonly questions: number;
}
export interface CampaignResult {
  /** Targets by who solved them, and each claim was true. */
  readonly tracked: number;
  readonly differed: number;
  readonly reasoned: number;
  /** Small cells around targets whose count is certain. */
  readonly pinned: number;
  /** What comes of taking all that is withheld for small: claims, how many are true, and the share of the commonest category. */
  readonly gambles: readonly Gamble[];
  /** Hits of the best guess of the attribute. */
  readonly guessed: number;
  readonly guesses: readonly string[];
  readonly cells: number;
  readonly published: number;
  readonly contradictions: number;
  /** True counts outside what the solver holds possible; it must be none, or the solver proves nothing. */
  readonly unsound: number;
}

interface Gamble {
  readonly attribute: string;
  readonly claims: number;
  readonly right: number;
  readonly chance: number;
}

export function catalogueOf(people: readonly Person[]): Catalogue {
  return {
    programmes: [...new Set(people.flatMap(({ programme }) => programme ?? []))].toSorted(),
    categories: new Map(DIMENSIONS.map(({ key, categories }) => [key, categories.map((category) => category.key)])),
  };
}

/** The register of places, which is public. */
function readRegister(people: readonly Person[]): ReadonlyMap<string, readonly string[]> {
  const below = new Map<string, Set<string>>();
  for (const person of people) {
    const chain = ["", ...LEVELS.flatMap((level) => (person[level] ? [`${level}=${person[level]}`] : []))];
    for (const [at, place] of chain.slice(1).entries()) {
      const upper = chain[at] ?? "";
      below.set(upper, (below.get(upper) ?? new Set()).add(place));
    }
  }
  return new Map([...below].map(([place, under]) => [place, [...under]]));
}

export async function attack({ colluders, people, targets, whole, questions }: CampaignOptions): Promise<CampaignResult> {
  const catalogue = catalogueOf(people);
  const collected = nothingCollected();
  for (const question of whole) await collect(colluders, question, collected);
  let tracked = 0;
  let differed = 0;
  for (const index of targets) {
    const target = people[index] ?? {};
    for (const question of [...around(target)].slice(0, questions)) await collect(colluders, question, collected);
    if ((await trackTarget(colluders, target, ATTRIBUTE, catalogue)) === target[ATTRIBUTE]) tracked += 1;
    const left = await differTarget(colluders, target, ATTRIBUTE, catalogue);
    if (left.length === 1 && left[0] === target[ATTRIBUTE]) differed += 1;
  }
  return { tracked, differed, ...reason(collected, people, targets) };
}

/** What follows from everything together. @param meaning of figures and of their absence; the cube's unless told */
export function reason(
  collected: Collected,
  people: readonly Person[],
  targets: readonly number[],
  meaning: Meaning = SOUND,
): Omit<CampaignResult, "tracked" | "differed"> {
  const sums = findSums(collected, { below: readRegister(people), complete: completeDimensions(people) });
  const sound = solve(collected, sums, meaning);
  const gambling = solve(collected, sums, GAMBLING);
  const wanted = targets.map((index) => people[index] ?? {});
  const isSolved = (possible: Possible, target: Person): boolean =>
    HIDDEN.some((key) => {
      const left = stillPossible(possible, target, key);
      return left.length === 1 && left[0] === target[key];
    });
  const guesses = wanted.map((target) => guess(sound, target, ATTRIBUTE));
  return {
    reasoned: wanted.filter((target) => isSolved(sound, target)).length,
    pinned: wanted.reduce((sum, target) => sum + pinnedAround(sound, target, LEAST_SHOWN).length, 0),
    gambles: HIDDEN.map((attribute) => gamble(gambling, wanted, attribute)),
    guessed: wanted.filter((target, at) => guesses[at] === target[ATTRIBUTE]).length,
    guesses,
    cells: collected.figures.size,
    published: [...collected.figures.values()].filter((figure) => figure !== null).length,
    contradictions: collected.contradictions,
    unsound: countWrong(sound, people),
  };
}

function gamble(possible: Possible, targets: readonly Person[], attribute: string): Gamble {
  const claims = targets.flatMap((target) => {
    const left = stillPossible(possible, target, attribute);
    return left.length === 1 ? [left[0] === target[attribute]] : [];
  });
  const own = Map.groupBy(targets, (target) => target[attribute] ?? null);
  const chance = Math.max(...[...own.values()].map((same) => same.length)) / targets.length;
  return { attribute, claims: claims.length, right: claims.filter((isTrue) => isTrue).length, chance };
}

/** Against the truth, which only the test has. A sample: every hundredth cell. */
function countWrong({ indexOf, low, high }: Possible, people: readonly Person[]): number {
  let wrong = 0;
  for (const [name, index] of indexOf) {
    if (index % 100 > 0) continue;
    const wants = name === "" ? [] : name.split("&").map((text) => text.split("="));
    const count = people.filter((person) =>
      wants.every(([key = "", entry = ""]) => isIn(person[key] ?? null, key, entry)),
    ).length;
    if (count < (low[index] ?? 0) || count > (high[index] ?? 0)) wrong += 1;
  }
  return wrong;
}

function isIn(own: string | null, key: string, entry: string): boolean {
  const rollUp = DIMENSIONS.find((dimension) => dimension.key === key)?.rollUps.find((one) => one.key === entry);
  return own !== null && (own === entry || rollUp?.of.includes(own) === true);
}
