/** The people behind an attacked cube: who they truly are, and who can be singled out. */
import { generateCutJourneys } from "../../../src/population/generate-population.ts";
import { layOutProgrammes } from "../../../src/population/programmes.ts";
import { DIMENSIONS, type Dimension } from "../../../src/statistics/cube/dimensions.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import { inOneAuditYear } from "../../support/cube-populations.ts";
import type { Person } from "./attack-door.ts";

export interface AttackedPopulation {
  readonly journeys: readonly CutJourney[];
  readonly people: readonly Person[];
}
export interface PopulationSize {
  readonly seed: number;
  readonly journeys: number;
  readonly programmes: number;
}

export function drawAttackedPopulation({ seed, journeys, programmes }: PopulationSize): AttackedPopulation {
  const drawn = [...inOneAuditYear(generateCutJourneys({ seed, journeys, programmes: layOutProgrammes({ seed, programmes }) }))];
  return { journeys: drawn, people: drawn.map(toPerson) };
}

function toPerson(journey: CutJourney): Person {
  const { programme, trust, region, nation } = journey.row;
  return {
    programme,
    trust,
    region,
    nation,
    ...Object.fromEntries(DIMENSIONS.map((dimension) => [dimension.key, declaredCategory(dimension, journey)])),
  };
}

/** A code that is no category is as good as unknown: the journey is in no cell of the dimension. */
function declaredCategory({ categories, categoryOf }: Dimension, journey: CutJourney): string | null {
  const own = categoryOf(journey);
  return categories.some(({ key }) => key === own) ? own : null;
}

/** What the attacker knows of a target beforehand (assurance.md 4.2). */
export const KNOWN_OF_TARGET = ["programme", "sex", "age", "eventGroup"] as const;

/** Index of each person whom these four single out, spread evenly over the population. @param most how many are wanted */
export function findTargets(people: readonly Person[], most: number): readonly number[] {
  const nameOf = (person: Person): string => JSON.stringify(KNOWN_OF_TARGET.map((key) => person[key]));
  const counts = new Map<string, number>();
  for (const person of people) counts.set(nameOf(person), (counts.get(nameOf(person)) ?? 0) + 1);
  const isKnown = (person: Person): boolean => KNOWN_OF_TARGET.every((key) => person[key] !== null);
  const unique = people.flatMap((person, index) => (isKnown(person) && counts.get(nameOf(person)) === 1 ? [index] : []));
  const step = Math.max(1, Math.floor(unique.length / most));
  return unique.filter((_, at) => at % step === 0).slice(0, most);
}

/** Dimensions of which nobody's category is unknown: what is collected everywhere is known to be. */
export const completeDimensions = (people: readonly Person[]): ReadonlySet<string> =>
  new Set(DIMENSIONS.map(({ key }) => key).filter((key) => people.every((person) => person[key] !== null)));
