import { expect, it } from "vitest";
import { attack, firstBounds } from "../../../src/statistics/attack/interval-attack.ts";
import { LinearAttack } from "../../../src/statistics/attack/linear-attack.ts";
import { buildRelations } from "../../../src/statistics/attack/relations.ts";
import { repair } from "../../../src/statistics/attack/repair.ts";
import { countCells } from "../../../src/statistics/cube/count-cells.ts";
import { type CubeLayout, layOutCube } from "../../../src/statistics/cube/cube-layout.ts";
import { CUBE_RULES, REASON } from "../../../src/statistics/cube/disclosure-rules.ts";
import { applyPrimaryRules, type Release } from "../../../src/statistics/cube/primary-rules.ts";
import { codePopulation } from "../../support/cube-populations.ts";

/** S3 wants 200; the gate has no time for them. */
const CELLS = process.env.NACR_ATTACK === "full" ? 200 : 4;

const smallOfProgrammes = (layout: CubeLayout, { reasons }: Release): readonly number[] =>
  layout.tables
    .filter(({ declaration }) => declaration.level === "programme")
    .flatMap(({ offset, size }) => Array.from({ length: size }, (_, at) => offset + at))
    .filter((cell) => reasons[cell] === REASON.SMALL);

/** Spread over the small counts of programmes. */
function sample(layout: CubeLayout, release: Release): readonly number[] {
  const small = smallOfProgrammes(layout, release);
  return small.filter((_, index) => index % Math.max(1, Math.floor(small.length / CELLS)) === 0).slice(0, CELLS);
}

it("a linear programme bounds no small count of a programme closer than 4, and is never wrong (S3); before the repair it does (S4)", async () => {
  const coded = await codePopulation({ shape: "CALIBRATED", seed: 3, journeys: 800, programmes: 6 });
  const layout = layOutCube(coded.places);
  const cube = await countCells(coded, layout);
  const relations = buildRelations(layout, cube.counts);
  const release = applyPrimaryRules(cube, CUBE_RULES);
  // The rule as published, with exact figures: what the rule of contributors tells is not linear.
  const asWritten = { ...CUBE_RULES, withheldFrom: 1, withheldTo: 4, roundTo: 1, minContributors: 0, maxShare: 100 };
  const leaking = applyPrimaryRules(cube, asWritten);
  const exposed = attack(leaking, relations, layout);
  const weak = await LinearAttack.prepare(relations, firstBounds(leaking, layout));
  const targets = smallOfProgrammes(layout, leaking).filter((cell) => (exposed.high[cell] ?? 0) - (exposed.low[cell] ?? 0) < 3);
  const target = weak.boundAll(targets.slice(0, 12)).find((found) => found !== null && found.high - found.low < 2)?.cell;
  if (target === undefined) throw new Error("The control found nothing");

  await repair(release, relations, layout);
  const solver = await LinearAttack.prepare(relations, firstBounds(release, layout));
  const cells = [target, ...sample(layout, release)];
  for (const [index, bounds] of solver.boundAll(cells).entries()) {
    const cell = cells[index] ?? 0;
    if (bounds === null) throw new Error("The solver came to no end");
    expect(bounds.high - bounds.low).toBeGreaterThanOrEqual(4);
    expect(cube.counts[cell]).toBeGreaterThanOrEqual(bounds.low);
    expect(cube.counts[cell]).toBeLessThanOrEqual(bounds.high);
  }
}, 600_000);
