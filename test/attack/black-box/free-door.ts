/** The control: a door that counts whatever it is asked and applies a published rule to the count. Every attacker must get through. */
import { DIMENSIONS } from "../../../src/statistics/cube/dimensions.ts";
import type { Condition } from "../../../src/statistics/cube/question.ts";
import type { AttackQuestion, AttackRow, Door, Person } from "./attack-door.ts";

/** @returns null: withheld */
export type CountRule = (count: number) => number | null;

/** The rule of the cube itself, without its fixed tables. */
export const ZERO_TO_SEVEN_ROUNDED_TO_5: CountRule = (count) => (count <= 7 ? null : Math.floor(count / 5 + 0.5) * 5);
/** CSDS as written, without the rounding. */
export const ONE_TO_FOUR_EXACT: CountRule = (count) => (count >= 1 && count <= 4 ? null : count);

const DECLARED = new Map(DIMENSIONS.map((dimension) => [dimension.key, dimension]));

/** Several conditions on one dimension are alternatives, as at the true door. */
function holds(person: Person, conditions: readonly Condition[]): boolean {
  return conditions.every(({ dimension }) =>
    conditions.some((other) => other.dimension === dimension && includes(other, person[dimension] ?? null)),
  );
}

function includes({ dimension, category }: Condition, own: string | null): boolean {
  const rollUp = DECLARED.get(dimension)?.rollUps.find(({ key }) => key === category);
  return own !== null && (own === category || rollUp?.of.includes(own) === true);
}

const STAGE_OF_MEASURE: Readonly<Record<string, readonly Condition[]>> = {
  JOURNEYS: [],
  REFERRED: [{ dimension: "stage", category: "REFERRED" }],
  STARTED: [{ dimension: "stage", category: "STARTED" }],
  COMPLETED: [{ dimension: "stage", category: "COMPLETED" }],
};

export function openFreeDoor(people: readonly Person[], rule: CountRule): Door {
  const codesOf = (key: string): readonly string[] =>
    DECLARED.get(key)?.categories.map((category) => category.key) ??
    [...new Set(people.flatMap((person) => person[key] ?? []))].toSorted();
  return {
    ask: async (_, { measure, dimensions, where, anyOf }: AttackQuestion) => {
      const measured = STAGE_OF_MEASURE[measure];
      if (measured === undefined) return { kind: "REFUSED" };
      const counted = people.filter(
        (person) =>
          holds(person, measured) && holds(person, where) && (anyOf === undefined || anyOf.some((all) => holds(person, all))),
      );
      const counts = new Map<string, number>();
      for (const person of counted) {
        const key = JSON.stringify(dimensions.map((dimension) => person[dimension]));
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const product = dimensions.reduce<readonly (readonly Condition[])[]>(
        (rows, dimension) => rows.flatMap((row) => codesOf(dimension).map((category) => [...row, { dimension, category }])),
        [[]],
      );
      const rows = product.map((categories): AttackRow => {
        const key = JSON.stringify(categories.map(({ category }) => category));
        return { categories: [...where, ...categories], value: rule(counts.get(key) ?? 0) };
      });
      return { kind: "ROWS", rows };
    },
  };
}
