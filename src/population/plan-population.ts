/** What a population is to be like: size, years, programmes, and how far it departs from the calibration. */
import { createSeededRandom } from "../lib/seeded-random.ts";
import { CALIBRATION, type Calibration, STARTERS_A_YEAR } from "./calibration.ts";
import { layOutProgrammes, type PopulationProgramme } from "./programmes.ts";

export interface PopulationOptions {
  readonly seed: number;
  /** Of all stages. Absent: as many as make 90,000 starters in each year. */
  readonly journeys?: number;
  /** The calendar year of the first events. */
  readonly firstYear?: number;
  readonly years?: number;
  /** Those that there are, where a population is made for an installation; absent: {@link layOutProgrammes} of the seed. */
  readonly programmes?: readonly PopulationProgramme[];
  readonly calibration?: Calibration;
  /** Codes of any list of the dataset that nobody has. */
  readonly without?: readonly string[];
  /** 0 to 1: how likely it is that a programme never uses a code, each by itself: tables full of zeros. */
  readonly zeroShare?: number;
}

export interface PopulationPlan {
  readonly seed: number;
  readonly journeys: number;
  readonly firstYear: number;
  readonly years: number;
  readonly programmes: readonly PopulationProgramme[];
  readonly calibration: Calibration;
  readonly without: ReadonlySet<string>;
  readonly zeroShare: number;
}

/** Long enough ago that the assessment after twelve months has happened, too. */
const FIRST_YEAR = 2024;

/** @throws RangeError for a size that is none, and for a share that is none */
export function planPopulation(options: PopulationOptions): PopulationPlan {
  const { seed, firstYear = FIRST_YEAR, years = 1, calibration = CALIBRATION, zeroShare = 0 } = options;
  const journeys = options.journeys ?? Math.round((years * STARTERS_A_YEAR) / calibration.startShare);
  if (!Number.isSafeInteger(journeys) || journeys < 0 || !Number.isSafeInteger(years) || years < 1)
    throw new RangeError("a population has a whole number of journeys in at least one year");
  if (!(zeroShare >= 0 && zeroShare < 1)) throw new RangeError("a share is at least 0 and less than 1");
  const programmes = options.programmes ?? layOutProgrammes({ seed });
  if (programmes.length === 0) throw new RangeError("a population has a programme");
  return { seed, journeys, firstYear, years, programmes, calibration, without: new Set(options.without), zeroShare };
}

export const SHAPES = ["CALIBRATED", "SPARSE", "ONE_DOMINANT", "MANY_ZEROS", "EMPTY_CATEGORY"] as const;
export type PopulationShape = (typeof SHAPES)[number];

/** Codes of which one shape leaves out one; each of them empties a category of a published cube. */
const EMPTIED = ["FEMALE", "HEART_FAILURE", "BYPASS_SURGERY", "HOME_BASED", "WHITE_BRITISH"];

/**
 * A population that is hard on a published table (assurance.md 4.4, S2): few people a programme, one programme with nine tenths of all, many
 * cells of zero, a category that nobody is in. How far it goes differs with the seed.
 */
export function shapePopulation(shape: PopulationShape, options: PopulationOptions): PopulationOptions {
  const random = createSeededRandom(options.seed);
  const { seed } = options;
  if (shape === "SPARSE") return { ...options, programmes: layOutProgrammes({ seed, sizeSpread: 1.6 + random.next() }) };
  if (shape === "ONE_DOMINANT") {
    return { ...options, programmes: layOutProgrammes({ seed, dominantShare: 0.85 + random.next() * 0.1 }) };
  }
  if (shape === "MANY_ZEROS") return { ...options, zeroShare: 0.5 + random.next() * 0.35 };
  return shape === "EMPTY_CATEGORY" ? { ...options, without: [random.pick(EMPTIED)] } : options;
}
