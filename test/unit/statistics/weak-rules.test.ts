/** What must fall (assurance.md S4). At NACR's size: `tsx bench/attack-cube-program.ts`, figures in docs/evidence/statistics.md. */
import { beforeAll, describe, expect, it } from "vitest";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import { generateCutJourneys } from "../../../src/population/generate-population.ts";
import { layOutProgrammes } from "../../../src/population/programmes.ts";
import { buildRelations, type Relations } from "../../../src/statistics/attack/relations.ts";
import { type CodedJourneys, codeJourneys } from "../../../src/statistics/cube/coded-journeys.ts";
import { type CountedCube, countCells } from "../../../src/statistics/cube/count-cells.ts";
import { layOutCube } from "../../../src/statistics/cube/cube-layout.ts";
import { inOneAuditYear } from "../../support/cube-populations.ts";
import { roundAtRandom, showRounded, trackAll, withholdBelow } from "../../support/free-questions.ts";
import { watchLiveCube } from "../../support/live-cube.ts";
import { attackWeakly, WEAK_RULES, type WeakFindings } from "../../support/weak-cubes.ts";

const journeys = [
  ...inOneAuditYear(generateCutJourneys({ seed: 3, journeys: 2500, programmes: layOutProgrammes({ seed: 3, programmes: 8 }) })),
];

describe("the attackers against weaker rules", () => {
  let coded: CodedJourneys;
  let cube: CountedCube;
  let relations: Relations;
  beforeAll(async () => {
    const [only] = await codeJourneys(journeys);
    if (only === undefined) throw new Error("no journeys");
    coded = only;
    cube = await countCells(coded, layOutCube(coded.places));
    relations = buildRelations(cube.layout, cube.counts);
  });

  it("read small counts off fixed tables where totals are exact or zeros are shown, and few where neither is, never wrongly", () => {
    const found = new Map<string, WeakFindings>(WEAK_RULES.map((rule) => [rule.name, attackWeakly(cube, relations, rule)]));
    const of = (name: string): WeakFindings =>
      found.get(name) ?? { small: 0, exact: 0, withinOne: 0, provedSmall: 0, published: 0, wrong: 0 };
    expect([...found.values()].map(({ wrong }) => wrong)).toEqual(WEAK_RULES.map(() => 0));
    const exactTotals = of("1-4 withheld, totals exact");
    expect(exactTotals.exact / exactTotals.small).toBeGreaterThan(0.3);
    expect(exactTotals.provedSmall).toBe(exactTotals.small);
    expect(of("SHMI as written").provedSmall).toBeGreaterThanOrEqual(50);
    expect(of("0-7 withheld, rounded to 5").exact).toBeLessThan(of("SHMI as written").exact);
  });

  it.each([
    ["counts below 5 are withheld", () => withholdBelow(5), 1, 0.95],
    ["counts to 7 are withheld and others rounded to 5", () => showRounded, 1, 0.95],
    ["counts are rounded at random each time", () => roundAtRandom(createSeededRandom(5)), 150, 0.8],
  ] as const)("learn by trackers what a stranger's stage is where questions are free and %s", (_, show, repeats, least) => {
    const { targets, solved } = trackAll(coded, { targets: 100, random: createSeededRandom(1), show: show(), repeats });
    expect(targets).toBe(100);
    expect(solved / targets).toBeGreaterThanOrEqual(least);
  });

  it("count the others of a cell by adding patients to a cube that follows its data", async () => {
    const programme = journeys[0]?.row.programme ?? "";
    const { small, recovered } = await watchLiveCube(journeys, programme);
    expect(small).toBeGreaterThan(5);
    expect(recovered).toBe(small);
  }, 60_000);
});
