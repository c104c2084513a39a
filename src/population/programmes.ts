/** Programmes of unequal size in trusts, regions and nations: where the people of a population are treated. */
import { createSeededRandom, type SeededRandom } from "../lib/seeded-random.ts";
import type { NATIONS } from "../national/national-groups.ts";
import { type RegisteredCode, readRegisteredCode } from "../national/national-values.ts";
import { PROGRAMMES } from "./calibration.ts";
import { drawLogNormal, drawNormal } from "./draw.ts";

export interface PopulationProgramme {
  readonly code: string;
  readonly trust: string;
  /** Null: the nation has no NHS regions. */
  readonly region: string | null;
  readonly nation: (typeof NATIONS)[number];
  /** How many come here, against the others. */
  readonly weight: number;
  /** Above 0: more people of deprived areas than elsewhere. */
  readonly deprivation: number;
  /** How much likelier than elsewhere a patient is of a minority. */
  readonly diversity: number;
}

/** The regions of NHS England by the register's codes, and the two nations without; `share` of the programmes (own, after the population). */
export const POPULATION_AREAS = [
  { region: "Y56", nation: "ENGLAND", share: 14, diversity: 4 },
  { region: "Y58", nation: "ENGLAND", share: 9, diversity: 0.5 },
  { region: "Y59", nation: "ENGLAND", share: 13, diversity: 0.8 },
  { region: "Y60", nation: "ENGLAND", share: 17, diversity: 1.3 },
  { region: "Y61", nation: "ENGLAND", share: 10, diversity: 0.8 },
  { region: "Y62", nation: "ENGLAND", share: 12, diversity: 1 },
  { region: "Y63", nation: "ENGLAND", share: 14, diversity: 0.8 },
  { region: null, nation: "WALES", share: 7, diversity: 0.4 },
  { region: null, nation: "NORTHERN_IRELAND", share: 4, diversity: 0.2 },
] as const;

export interface ProgrammeLayout {
  readonly seed: number;
  readonly programmes?: number;
  /** Deviation of the logarithm of the sizes: 0 is all alike. */
  readonly sizeSpread?: number;
  /** Of all journeys, what the first programme has. */
  readonly dominantShare?: number;
}

const SIZE_SPREAD = 0.75;
const DEPRIVATION_SPREAD = 0.3;
const DIVERSITY_SPREAD = 0.5;
const MOST_PROGRAMMES_OF_A_TRUST = 3;

/** The same seed gives the same programmes. */
export function layOutProgrammes(layout: ProgrammeLayout): readonly PopulationProgramme[] {
  const { seed, programmes = PROGRAMMES, sizeSpread = SIZE_SPREAD, dominantShare } = layout;
  const random = createSeededRandom(seed);
  const made: PopulationProgramme[] = [];
  for (const { region, count, nation, diversity } of shareOut(programmes)) {
    for (let left = count, trust = 1; left > 0; trust += 1) {
      const here = Math.min(left, random.integer(1, MOST_PROGRAMMES_OF_A_TRUST));
      for (let number = 1; number <= here; number += 1) {
        const trustCode = `Z${(region ?? nation).slice(0, 3)}${trust}`;
        made.push({
          ...describe(random, sizeSpread, diversity),
          code: `CR-${trustCode}-${number}`,
          trust: trustCode,
          region,
          nation,
        });
      }
      left -= here;
    }
  }
  return dominantShare === undefined ? made : makeDominant(made, dominantShare);
}

const describe = (
  random: SeededRandom,
  sizeSpread: number,
  diversity: number,
): Pick<PopulationProgramme, "weight" | "deprivation" | "diversity"> => ({
  weight: drawLogNormal(random, 1, sizeSpread),
  deprivation: drawNormal(random, 0, DEPRIVATION_SPREAD),
  diversity: drawLogNormal(random, diversity, DIVERSITY_SPREAD),
});

type Area = (typeof POPULATION_AREAS)[number];

/** By the shares; what rounding leaves over goes to the largest. */
function shareOut(programmes: number): readonly (Area & { readonly count: number })[] {
  const total = POPULATION_AREAS.reduce((sum, { share }) => sum + share, 0);
  const counted = POPULATION_AREAS.map((region) => ({
    ...region,
    count: Math.floor((programmes * region.share) / total),
  }));
  const left = programmes - counted.reduce((sum, { count }) => sum + count, 0);
  return counted
    .toSorted((a, b) => b.share - a.share)
    .map((region, index) => ({ ...region, count: region.count + (index < left ? 1 : 0) }));
}

function makeDominant(programmes: readonly PopulationProgramme[], share: number): readonly PopulationProgramme[] {
  const [first, ...others] = programmes;
  if (first === undefined) return programmes;
  const weightOfOthers = others.reduce((sum, { weight }) => sum + weight, 0);
  return [{ ...first, weight: (weightOfOthers * share) / (1 - share) }, ...others];
}

/** @throws Error: a code that the register could not have is a mistake of whoever made the programme */
export function toRegistered(code: string): RegisteredCode {
  const registered = readRegisteredCode(code);
  if (registered === null) throw new Error(`No code of the register: ${code}`);
  return registered;
}
