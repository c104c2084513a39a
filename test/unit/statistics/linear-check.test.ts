import { describe, expect, it } from "vitest";
import { audit } from "../../../src/statistics/attack/audit.ts";
import { attack } from "../../../src/statistics/attack/interval-attack.ts";
import { LinearAttack } from "../../../src/statistics/attack/linear-attack.ts";
import { checkLinearly, repairUntilChecked } from "../../../src/statistics/attack/linear-check.ts";
import { buildRelations, type Relations } from "../../../src/statistics/attack/relations.ts";
import { countCells } from "../../../src/statistics/cube/count-cells.ts";
import { type CubeLayout, layOutCube } from "../../../src/statistics/cube/cube-layout.ts";
import { CUBE_RULES, REASON, WITHHELD } from "../../../src/statistics/cube/disclosure-rules.ts";
import { buildPlaces } from "../../../src/statistics/cube/places.ts";
import { applyPrimaryRules, type Release } from "../../../src/statistics/cube/primary-rules.ts";
import { codePopulation } from "../../support/cube-populations.ts";
import { JointAttack } from "../../support/joint-attack.ts";

/** Two totals of 15 that three small counts and up to three unknown journeys make, and one of 10 of two of them. */
const TRIANGLE: Relations = (() => {
  const sums: readonly (readonly [number, number, number])[] = [
    [3, 0, 1],
    [4, 0, 2],
    [5, 1, 2],
  ];
  const memberships = [0, 1, 2, 3, 4, 5].map((cell) => [...sums.keys()].filter((sum) => sums[sum]?.includes(cell)));
  return {
    count: sums.length,
    parents: Int32Array.from(sums, ([parent]) => parent),
    starts: Int32Array.from([0, 2, 4, 6]),
    children: Int32Array.from(sums.flatMap(([, ...children]) => children)),
    mostRest: Int32Array.from([3, 3, 0]),
    organisations: new Int32Array(6).fill(-1),
    memberStarts: Int32Array.from([0, 2, 4, 6, 7, 8, 9]),
    memberships: Int32Array.from(memberships.flat()),
  };
})();
const triangleRelease = (): Release => ({
  rules: CUBE_RULES,
  figures: Int32Array.from([WITHHELD, WITHHELD, WITHHELD, 15, 15, 10]),
  reasons: Uint8Array.from([REASON.SMALL, REASON.SMALL, REASON.SMALL, REASON.PUBLISHED, REASON.PUBLISHED, REASON.PUBLISHED]),
});
/** One table of the country; the sums are all there is. */
const ONE_TABLE: CubeLayout = {
  places: buildPlaces([]),
  tables: [
    {
      key: "UNITED_KINGDOM sex",
      declaration: { level: "UNITED_KINGDOM", dimensions: ["sex"] },
      dimensions: [0],
      sizes: [6],
      strides: [1],
      width: 6,
      offset: 0,
      size: 6,
      places: [0],
    },
  ],
  byKey: new Map(),
  cells: 6,
  positionOf: new Uint16Array(1),
};

describe("the linear programme", () => {
  it("finds what three sums tell together and bounds carried from sum to sum do not", async () => {
    const release = triangleRelease();
    const bounds = attack(release, TRIANGLE, ONE_TABLE);
    expect([bounds.low[0], bounds.high[0], audit(bounds, release).exposed.length]).toEqual([3, 7, 0]);
    const linear = await LinearAttack.prepare(TRIANGLE, bounds);
    expect(linear.boundAll([0])).toEqual([{ cell: 0, low: 4, high: 7 }]);
  });
});

describe("the check of a publication (assurance.md S3)", () => {
  it("finds what the audit does not, and withholds more until nothing is found", async () => {
    const release = triangleRelease();
    expect(await checkLinearly(release, TRIANGLE, ONE_TABLE)).toMatchObject({ cells: 3, closest: 3, exposed: [0] });
    const { audit: found, linear, withheld } = await repairUntilChecked(release, TRIANGLE, ONE_TABLE);
    expect(found.exposed).toEqual([]);
    expect(linear.exposed).toEqual([]);
    expect(linear.closest).toBeGreaterThanOrEqual(4);
    expect(release.figures.filter((figure) => figure === WITHHELD).length).toBe(3 + withheld);
  });

  it("bounds no small count of a repaired cube closer than 4, the same ones each time", async () => {
    const coded = await codePopulation({ shape: "CALIBRATED", seed: 3, journeys: 600, programmes: 6 });
    const layout = layOutCube(coded.places);
    const cube = await countCells(coded, layout);
    const relations = buildRelations(layout, cube.counts);
    const release = applyPrimaryRules(cube, CUBE_RULES);
    const first = await repairUntilChecked(release, relations, layout);
    const { milliseconds: _, ...again } = await checkLinearly(release, relations, layout);
    expect(first.linear).toMatchObject({ ...again, unsolved: 0, exposed: [] });
    expect(first.linear.cells).toBeGreaterThan(40);
    expect(first.linear.closest).toBeGreaterThanOrEqual(4);

    const position = 2;
    const joint = await JointAttack.prepare({ layout, relations, bounds: attack(release, relations, layout) }, position);
    const table = layout.tables.find(({ key }) => key === "programme age eventGroup");
    const cells = Array.from(
      { length: table?.width ?? 0 },
      (_, at) => (table?.offset ?? 0) + position * (table?.width ?? 0) + at,
    );
    const small = cells.filter((cell) => release.reasons[cell] === REASON.SMALL).slice(0, 2);
    const found = joint.boundAll(small);
    expect(found.length).toBe(2);
    for (const range of found) {
      if (range === null) throw new Error("The solver came to no end");
      expect(range.high - range.low).toBeGreaterThanOrEqual(4);
      expect(cube.counts[range.cell]).toBeGreaterThanOrEqual(range.low);
      expect(cube.counts[range.cell]).toBeLessThanOrEqual(range.high);
    }
  }, 60_000);
});
