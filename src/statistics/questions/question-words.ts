/** The words in which questions are asked from outside, derived from the declaration: one spelling for the API, for refusals and for exports. */
import { type Category, DIMENSIONS, LEVELS, PLACE_LABELS } from "../cube/dimensions.ts";
import type { Question } from "../cube/question.ts";

/** `ethnicGroup` is `ETHNIC_GROUP`, `assessment1` is `ASSESSMENT_1`, as enum values of the API are written. */
const toName = (key: string): string =>
  key
    .replaceAll(/([a-z])([A-Z0-9])/g, "$1_$2")
    .replaceAll(/(\d)([A-Z])/g, "$1_$2")
    .toUpperCase();

export interface NamedDimension extends Category {
  readonly name: string;
  /** Its categories are places: those of the cube. */
  readonly isPlace: boolean;
}

/** Places from wide to narrow, then the others in declared order. `key` is what terms of agreements call it. */
export const ASKED_DIMENSIONS: readonly NamedDimension[] = [
  ...LEVELS.filter((level) => level !== "UNITED_KINGDOM").map((key) => ({ key, label: PLACE_LABELS[key], isPlace: true })),
  ...DIMENSIONS.map(({ key, label }) => ({ key, label, isPlace: false })),
].map((dimension) => ({ ...dimension, name: toName(dimension.key) }));

const NAME_OF = new Map(ASKED_DIMENSIONS.map(({ key, name }) => [key, name]));
const KEY_OF = new Map(ASKED_DIMENSIONS.map(({ key, name }) => [name, key]));

/** @throws Error: only declared dimensions have a name */
export function dimensionName(key: string): string {
  const name = NAME_OF.get(key);
  if (name === undefined) throw new Error("No such dimension");
  return name;
}
/** A name that is none stays what it is: no table has it. */
export const dimensionKey = (name: string): string => KEY_OF.get(name) ?? name;

/** A question as it is asked from outside. */
export const toNamedQuestion = ({ measure, dimensions, where }: Question): Question => ({
  measure,
  dimensions: dimensions.map(dimensionName),
  where: where.map(({ dimension, category }) => ({ dimension: dimensionName(dimension), category })),
});
