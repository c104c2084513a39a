/**
 * The classical trackers against one person (assurance.md 4.2 a): what is asked differs by that person only, so that the difference of two
 * answers tells of him. The general tracker first, then differences and nested bands.
 *
 * Where a door does not take the union that a tracker wants, its parts are asked for and added up, which is the best that is left.
 */
import type { Condition } from "../../../src/statistics/cube/question.ts";
import { type AttackQuestion, condition, countsBehind, type Door, type Person } from "./attack-door.ts";
import { KNOWN_OF_TARGET } from "./people.ts";

export interface Colluders {
  readonly door: Door;
  readonly agreements: readonly string[];
}
/** What anybody can know of the shape of the population without its figures: codes of places and categories. */
export interface Catalogue {
  readonly programmes: readonly string[];
  readonly categories: ReadonlyMap<string, readonly string[]>;
}

const MOST_PADS = 400;

/** The first figure that one of the colluders gets. Null: nobody gets one. */
async function figureOf(
  { door, agreements }: Colluders,
  question: Omit<AttackQuestion, "measure" | "dimensions">,
): Promise<number | null> {
  for (const agreement of agreements) {
    const answer = await door.ask(agreement, { measure: "JOURNEYS", dimensions: [], ...question });
    if (answer.kind === "REFUSED") continue;
    const value = answer.rows.length === 1 ? answer.rows[0]?.value : null;
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** Of disjoint conjunctions. */
async function figureOfUnion(colluders: Colluders, anyOf: readonly (readonly Condition[])[]): Promise<number | null> {
  const whole = await figureOf(colluders, { where: [], anyOf });
  if (whole !== null) return whole;
  let sum = 0;
  for (const where of anyOf) {
    const part = await figureOf(colluders, { where });
    if (part === null) return null;
    sum += part;
  }
  return sum;
}

const known = (target: Person): readonly Condition[] => KNOWN_OF_TARGET.map((key) => condition(key, target[key] ?? ""));

/** Sets that the target is not in: other programmes, and parts of them. */
function* pads(target: Person, { programmes, categories }: Catalogue): Generator<readonly Condition[]> {
  const others = programmes.filter((code) => code !== target.programme);
  for (const programme of others) yield [condition("programme", programme)];
  for (const programme of others) {
    for (const key of ["sex", "eventGroup", "age"]) {
      for (const category of categories.get(key) ?? []) yield [condition("programme", programme), condition(key, category)];
    }
  }
}

/**
 * Looks for a pad of which one person more changes the figure; then asks the pad with the target for each category in turn: the figure
 * changes for the target's own. @returns the category, null where none of the pads tells
 */
export async function trackTarget(
  colluders: Colluders,
  target: Person,
  attribute: string,
  catalogue: Catalogue,
): Promise<string | null> {
  let tried = 0;
  for (const pad of pads(target, catalogue)) {
    tried += 1;
    if (tried > MOST_PADS) return null;
    const alone = await figureOf(colluders, { where: pad });
    if (alone === null) continue;
    const together = await figureOfUnion(colluders, [pad, known(target)]);
    if (together === null) return null;
    if (together === alone) continue;
    const found: string[] = [];
    for (const category of catalogue.categories.get(attribute) ?? []) {
      const figure = await figureOfUnion(colluders, [pad, [...known(target), condition(attribute, category)]]);
      if (figure !== null && figure !== alone) found.push(category);
    }
    return found.length === 1 ? (found[0] ?? null) : null;
  }
  return null;
}

/**
 * All with the attribute's category, less those who differ from the target in one dimension (all its other categories at once), less those of
 * the bands below: bounds of how many the target's own category has. @returns the categories that are still possible
 */
export async function differTarget(
  colluders: Colluders,
  target: Person,
  attribute: string,
  { categories }: Catalogue,
): Promise<readonly string[]> {
  const possible: string[] = [];
  const all = categories.get(attribute) ?? [];
  for (const category of all) {
    let [least, most] = [0, Number.POSITIVE_INFINITY];
    for (const dimension of KNOWN_OF_TARGET.filter((key) => key !== "programme")) {
      const own = target[dimension] ?? "";
      const keys = categories.get(dimension) ?? [];
      const rest = keys.filter((key) => key !== own);
      const nested = keys.slice(0, keys.indexOf(own));
      const base = [...known(target).filter((one) => one.dimension !== dimension), condition(attribute, category)];
      for (const [whole, part] of [
        [keys, rest],
        [[...nested, own], nested],
      ] as const) {
        if (part.length === 0) continue;
        const of = (chosen: readonly string[]): Promise<number | null> =>
          figureOf(colluders, { where: [...base, ...chosen.map((key) => condition(dimension, key))] });
        const [large, small] = [await of(whole), await of(part)];
        if (large === null || small === null) continue;
        const [[largeLeast, largeMost], [smallLeast, smallMost]] = [countsBehind(large), countsBehind(small)];
        least = Math.max(least, largeLeast - smallMost);
        most = Math.min(most, largeMost - smallLeast);
      }
    }
    if (least >= 1) return [category];
    if (most >= 1) possible.push(category);
  }
  return possible;
}
