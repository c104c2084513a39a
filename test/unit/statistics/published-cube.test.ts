import { beforeAll, describe, expect, it } from "vitest";
import { audit } from "../../../src/statistics/attack/audit.ts";
import { attack } from "../../../src/statistics/attack/interval-attack.ts";
import { buildRelations } from "../../../src/statistics/attack/relations.ts";
import { repair } from "../../../src/statistics/attack/repair.ts";
import { type CountedCube, countCells } from "../../../src/statistics/cube/count-cells.ts";
import { layOutCube } from "../../../src/statistics/cube/cube-layout.ts";
import { CUBE_RULES, type DisclosureRules, REASON, WITHHELD } from "../../../src/statistics/cube/disclosure-rules.ts";
import { decodeCube, digestOfCube, encodeCube } from "../../../src/statistics/cube/encode-cube.ts";
import { applyPrimaryRules, type Release, rows } from "../../../src/statistics/cube/primary-rules.ts";
import { publishCube } from "../../../src/statistics/cube/publish-cube.ts";
import { ADVERSARIAL, type CubePopulation, codePopulation } from "../../support/cube-populations.ts";

const full = process.env.NACR_ATTACK === "full";
const NACR_SIZE: CubePopulation = { shape: "CALIBRATED", seed: 1, journeys: 90_000, programmes: 230 };
const SMALL: CubePopulation = { shape: "CALIBRATED", seed: 3, journeys: 1500, programmes: 8 };
const SPARSE: CubePopulation = { shape: "SPARSE", seed: 4, journeys: 600, programmes: 6 };

const WEAK: Pick<DisclosureRules, "minOfOrganisation" | "minContributors" | "maxShare" | "minOfUniformRow"> = {
  minOfOrganisation: 0,
  minContributors: 0,
  maxShare: 100,
  minOfUniformRow: 0,
};

async function count(population: CubePopulation): Promise<CountedCube> {
  const coded = await codePopulation(population);
  return countCells(coded, layOutCube(coded.places));
}

const wrongBounds = ({ counts, layout }: CountedCube, release: Release): number => {
  const { low, high } = attack(release, buildRelations(layout, counts), layout);
  return counts.filter((value, cell) => value < (low[cell] ?? 0) || value > (high[cell] ?? 0)).length;
};

const attackWith = (cube: CountedCube, rules: DisclosureRules) => {
  const release = applyPrimaryRules(cube, rules);
  return audit(attack(release, buildRelations(cube.layout, cube.counts), cube.layout), release);
};

describe("the interval attacker (assurance.md S2, S4)", () => {
  it.each([SMALL, SPARSE, ...(full ? [NACR_SIZE, ...ADVERSARIAL] : [])])(
    "finds nothing in the published cube of $shape, $journeys journeys, seed $seed, and is never wrong",
    async (population) => {
      const cube = await count(population);
      const release = applyPrimaryRules(cube, CUBE_RULES);
      expect(wrongBounds(cube, release)).toBe(0);
      const { audit: found } = await repair(release, buildRelations(cube.layout, cube.counts), cube.layout);
      expect({ ...found, exposed: found.exposed.length }).toMatchObject({ exposed: 0, exact: 0, withinOne: 0, provedSmall: 0 });
      expect(found.closest).toBeGreaterThanOrEqual(4);
      expect(wrongBounds(cube, release)).toBe(0);
    },
    600_000,
  );

  it("succeeds where rules are weakened: threshold only, zeros shown, no repair", async () => {
    const cube = await count(SMALL);
    const thresholdOnly = attackWith(cube, { ...WEAK, withheldFrom: 1, withheldTo: 4, roundTo: 1 });
    expect(thresholdOnly.exact / thresholdOnly.small).toBeGreaterThan(0.3);
    expect(attackWith(cube, { ...WEAK, withheldFrom: 1, withheldTo: 7, roundTo: 5 }).exact).toBeGreaterThan(50);
    expect(attackWith(cube, CUBE_RULES).exposed.length).toBeGreaterThan(0);
  });
});

describe("a published cube", () => {
  let cube: CountedCube;
  let release: Release;
  beforeAll(async () => {
    cube = await count(SMALL);
    release = applyPrimaryRules(cube, CUBE_RULES);
    await repair(release, buildRelations(cube.layout, cube.counts), cube.layout);
  });

  it("withholds every count from 0 to 7 and rounds every other half-up to 5 (S7: mean error at most 1.3)", () => {
    let error = 0;
    let shown = 0;
    for (const [cell, value] of cube.counts.entries()) {
      const figure = release.figures[cell] ?? WITHHELD;
      if (value <= 7) expect(figure).toBe(WITHHELD);
      if (figure === WITHHELD) continue;
      expect(figure % 5).toBe(0);
      error += Math.abs(figure - value);
      shown++;
    }
    expect(error / shown).toBeLessThanOrEqual(1.3);
  });

  it("shows no row of fewer than 25 that is all in one category (S9)", () => {
    const isShown = (cell: number): boolean => release.figures[cell] !== WITHHELD;
    const isUniform = (total: number, part: number): boolean => {
      const value = cube.counts[total] ?? 0;
      return value > 0 && value < 25 && value === cube.counts[part];
    };
    const all = [...rows(cube.layout)];
    const uniform = all.filter(({ total, parts }) => parts.some((part) => isUniform(total, part)));
    expect(uniform.length).toBeGreaterThan(100);
    expect(
      uniform.filter(({ total, parts }) => isShown(total) && parts.some((part) => isShown(part) && isUniform(total, part))),
    ).toEqual([]);
  });

  it("shows no figure above organisations that one organisation dominates or that fewer than three make", () => {
    const bad = [...cube.contributors.entries()].filter(
      ([cell, contributors]) =>
        contributors > 0 &&
        release.figures[cell] !== WITHHELD &&
        (contributors < 3 || (cube.largest[cell] ?? 0) > 0.85 * (cube.counts[cell] ?? 0)),
    );
    expect(bad).toEqual([]);
    expect(release.reasons.some((reason) => reason === REASON.RULE)).toBe(true);
  });

  it("comes back from its bytes, which are the same each time, and damage is found", async () => {
    const [first, second] = [
      await publishCube(await codePopulation(SPARSE), null),
      await publishCube(await codePopulation(SPARSE), null),
    ];
    if (first.kind !== "PUBLISHED" || second.kind !== "PUBLISHED") throw new Error("refused");
    const bytes = encodeCube(first.cube);
    expect(digestOfCube(encodeCube(second.cube))).toBe(digestOfCube(bytes));
    expect(decodeCube(bytes)).toEqual(first.cube);
    const damaged = bytes.slice();
    damaged[damaged.length - 100] = (damaged.at(-100) ?? 0) ^ 1;
    expect(() => decodeCube(damaged)).toThrow("damaged");
  });
});
