/** Populations that are hard on a published cube, small enough for every run; all their events are in one audit year. */
import { generateCutJourneys } from "../../src/population/generate-population.ts";
import { type PopulationShape, SHAPES, shapePopulation } from "../../src/population/plan-population.ts";
import { layOutProgrammes } from "../../src/population/programmes.ts";
import { type CodedJourneys, codeJourneys } from "../../src/statistics/cube/coded-journeys.ts";
import type { CutJourney } from "../../src/statistics/cut-journey.ts";

export interface CubePopulation {
  readonly shape: PopulationShape;
  readonly seed: number;
  readonly journeys: number;
  readonly programmes: number;
}

/** A calendar year's January to March go to its audit year. */
export function* inOneAuditYear(journeys: Iterable<CutJourney>): Generator<CutJourney, void> {
  for (const journey of journeys) {
    const [year = "", month = ""] = journey.row.eventMonth.split("-");
    const eventMonth = `${Number(year) + (Number(month) < 4 ? 1 : 0)}-${month}-01` as const;
    yield { ...journey, row: { ...journey.row, eventMonth } };
  }
}

export async function codePopulation({ shape, seed, journeys, programmes }: CubePopulation): Promise<CodedJourneys> {
  const own = { programmes: layOutProgrammes({ seed, programmes }) };
  const shaped = shapePopulation(shape, { seed, journeys, ...own });
  const size =
    shaped.programmes === own.programmes ? shaped : { ...shaped, programmes: shaped.programmes?.slice(0, programmes) ?? [] };
  const [coded] = await codeJourneys(inOneAuditYear(generateCutJourneys(size)));
  if (coded === undefined) throw new Error("A population has journeys");
  return coded;
}

/** Four of each shape, small and large. */
export const ADVERSARIAL: readonly CubePopulation[] = SHAPES.flatMap((shape, index) =>
  [0, 1, 2, 3].map((turn) => ({
    shape,
    seed: index * 10 + turn + 1,
    journeys: [600, 1500, 4000, 9000][turn] ?? 600,
    programmes: 8 + turn * 12,
  })),
);
