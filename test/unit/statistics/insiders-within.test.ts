/**
 * Within one cut an organisation subtracts its own journeys from every figure (assurance.md S5). Tried by the largest of each place, once by the
 * publication and once by an attacker of the tests' own.
 */
import { describe, expect, it } from "vitest";
import { chooseInsiders } from "../../../src/statistics/attack/insiders.ts";
import { buildRelations } from "../../../src/statistics/attack/relations.ts";
import { repair } from "../../../src/statistics/attack/repair.ts";
import { repairAgainstInsiders } from "../../../src/statistics/attack/repair-insiders.ts";
import { countCells } from "../../../src/statistics/cube/count-cells.ts";
import { layOutCube } from "../../../src/statistics/cube/cube-layout.ts";
import { CUBE_RULES } from "../../../src/statistics/cube/disclosure-rules.ts";
import { applyPrimaryRules } from "../../../src/statistics/cube/primary-rules.ts";
import { ADVERSARIAL, type CubePopulation, codePopulation } from "../../support/cube-populations.ts";
import { attackAsInsiders } from "../../support/insider-attack.ts";

const full = process.env.NACR_ATTACK === "full";
const SMALL: CubePopulation = { shape: "CALIBRATED", seed: 3, journeys: 1500, programmes: 8 };
const OTHERS: readonly CubePopulation[] = [
  { shape: "CALIBRATED", seed: 1, journeys: 90_000, programmes: 230 },
  { shape: "CALIBRATED", seed: 2, journeys: 9000, programmes: 44 },
  { shape: "CALIBRATED", seed: 3, journeys: 4000, programmes: 30 },
  { shape: "SPARSE", seed: 4, journeys: 600, programmes: 6 },
  ...ADVERSARIAL,
];

/** Repaired against outsiders only, and then against insiders. */
async function attackTwice(population: CubePopulation) {
  const coded = await codePopulation(population);
  const cube = await countCells(coded, layOutCube(coded.places));
  const relations = buildRelations(cube.layout, cube.counts);
  const release = applyPrimaryRules(cube, CUBE_RULES);
  const organisations = chooseInsiders(coded);
  await repair(release, relations, cube.layout);
  const before = await attackAsInsiders(coded, { cube, relations, release }, organisations);
  const shown = release.figures.filter((figure) => figure >= 0).length;
  const { insiders, withheld } = await repairAgainstInsiders(release, relations, [
    { coded, counts: cube.counts, layout: cube.layout, reasons: release.reasons, freshness: null },
  ]);
  const after = await attackAsInsiders(coded, { cube, relations, release }, organisations);
  return { before, after, insiders, withheld, shown };
}

describe("an organisation that subtracts its own journeys from every figure (S5)", () => {
  it.each([SMALL, ...(full ? OTHERS : [])])(
    "knows no small count of others exactly, within one, or as 1 to 4 in $shape, $journeys journeys, seed $seed",
    async (population) => {
      const { before, after, insiders, withheld, shown } = await attackTwice(population);
      if (full) process.stdout.write(`${JSON.stringify({ ...population, before, after, insiders, withheld, shown })}\n`);
      expect(insiders).toMatchObject({ exposed: 0 });
      expect(after).toMatchObject({ exact: 0, withinOne: 0, provedSmall: 0, wrong: 0 });
      expect(before.wrong).toBe(0);
      // The control: repaired against outsiders only, the same attackers find some.
      if (population === SMALL) expect(before.exact).toBeGreaterThan(0);
    },
    600_000,
  );

  it("is one of the 40 largest, of each place in turn; in a smaller installation everyone is tried", async () => {
    const many = await codePopulation({ shape: "CALIBRATED", seed: 1, journeys: 3000, programmes: 230 });
    const chosen = chooseInsiders(many);
    expect(chosen.length).toBe(40);
    const sizes = Map.groupBy(many.placeOf, (place) => many.places.organisationOf[place] ?? 0);
    for (const region of many.places.ofLevel.region) {
      const inside = (many.places.below[region] ?? []).toSorted(
        (a, b) => (sizes.get(b)?.length ?? 0) - (sizes.get(a)?.length ?? 0) || a - b,
      );
      expect(chosen).toContain(inside[0]);
      expect(chosen).toContain(inside[1]);
    }
    const few = await codePopulation(SMALL);
    expect(new Set(chooseInsiders(few))).toEqual(new Set([...few.placeOf].map((place) => few.places.organisationOf[place] ?? 0)));
  });
});
