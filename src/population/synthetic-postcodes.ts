/**
 * Postcodes that nobody has: no postcode area begins with Q. The letter after it is the region, or the nation without regions, the digit the
 * quintile of deprivation, so that a sample directory can say where a synthetic patient's postcode lies.
 */

import type { Quintile } from "../national/national-values.ts";
import { POPULATION_AREAS, type PopulationProgramme } from "./programmes.ts";

type Place = Pick<PopulationProgramme, "region" | "nation">;

export interface SyntheticPostcode extends Place {
  readonly postcode: string;
  readonly quintile: Quintile;
}

const AREA_LETTERS = "ABCDEFGHJ";
const SECTORS = 9;
const UNITS = ["AA", "AB"];
const EACH = SECTORS * UNITS.length;

/** Null: a place of no synthetic population. @param number any; which of the place's postcodes */
export function syntheticPostcode({ region, nation }: Place, quintile: Quintile, number: number): string | null {
  const letter = AREA_LETTERS[POPULATION_AREAS.findIndex((area) => area.region === region && area.nation === nation)];
  if (letter === undefined) return null;
  const unit = UNITS[Math.floor(number / SECTORS) % UNITS.length] ?? "";
  return `Q${letter}${quintile} ${(number % SECTORS) + 1}${unit}`;
}

/** Every postcode that a synthetic patient can have. */
export const SYNTHETIC_POSTCODES: readonly SyntheticPostcode[] = POPULATION_AREAS.flatMap(({ region, nation }) =>
  ([1, 2, 3, 4, 5] as const).flatMap((quintile) =>
    Array.from({ length: EACH }, (_, number) => syntheticPostcode({ region, nation }, quintile, number)).flatMap((postcode) =>
      postcode === null ? [] : [{ postcode, region, nation, quintile }],
    ),
  ),
);
