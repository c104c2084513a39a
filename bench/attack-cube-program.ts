/**
 * What attackers find, in a cube of NACR's size: `tsx bench/attack-cube-program.ts [journeys]` (90,000 unless told; some minutes). Prints the
 * table of assurance.md 4.2 (b) with the cube as it is published, the linear check of S3, the joint tables of six programmes, and the
 * controls of S4.
 */
import { createSeededRandom } from "../src/lib/seeded-random.ts";
import { generateCutJourneys } from "../src/population/generate-population.ts";
import { attack } from "../src/statistics/attack/interval-attack.ts";
import { repairUntilChecked } from "../src/statistics/attack/linear-check.ts";
import { buildRelations, type Relations } from "../src/statistics/attack/relations.ts";
import { repair } from "../src/statistics/attack/repair.ts";
import { repairAgainstInsiders } from "../src/statistics/attack/repair-insiders.ts";
import { type CodedJourneys, codeJourneys } from "../src/statistics/cube/coded-journeys.ts";
import { type CountedCube, countCells } from "../src/statistics/cube/count-cells.ts";
import { layOutCube } from "../src/statistics/cube/cube-layout.ts";
import { CUBE_RULES, REASON } from "../src/statistics/cube/disclosure-rules.ts";
import { applyPrimaryRules, type Release } from "../src/statistics/cube/primary-rules.ts";
import type { CutJourney } from "../src/statistics/cut-journey.ts";
import { inOneAuditYear } from "../test/support/cube-populations.ts";
import { roundAtRandom, showRounded, trackAll, withholdBelow } from "../test/support/free-questions.ts";
import { JointAttack } from "../test/support/joint-attack.ts";
import { watchLiveCube } from "../test/support/live-cube.ts";
import { attackWeakly, WEAK_RULES } from "../test/support/weak-cubes.ts";

const size = Number(process.argv[2] ?? 90_000);
/** Small counts of each programme whose joint table is solved: most of a second each. */
const JOINT_CELLS = 40;
const JOINT_PROGRAMMES = 6;
const TARGETS = 200;

const since = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

async function main(): Promise<void> {
  const journeys = [...inOneAuditYear(generateCutJourneys({ seed: 1, journeys: size }))];
  const [coded] = await codeJourneys(journeys);
  if (coded === undefined) throw new Error("no journeys");
  const cube = await countCells(coded, layOutCube(coded.places));
  const relations = buildRelations(cube.layout, cube.counts);
  console.log(`${coded.size} journeys, ${cube.counts.length} cells, ${relations.count} sums`);
  for (const rule of WEAK_RULES) console.log(rule.name, attackWeakly(cube, relations, rule));
  const release = await publish(coded, cube, relations);
  await attackJointTables(cube, relations, release);
  trackPeople(coded);
  await watchProgramme(journeys);
}

async function publish(coded: CodedJourneys, cube: CountedCube, relations: Relations): Promise<Release> {
  const release = applyPrimaryRules(cube, CUBE_RULES);
  const before = release.figures.filter((figure) => figure >= 0).length;
  const outside = await repair(release, relations, cube.layout);
  const within = await repairAgainstInsiders(release, relations, [{ ...cube, coded, reasons: release.reasons, freshness: null }]);
  console.log("withheld", { outside: outside.withheld, within: within.withheld }, within.insiders);
  const { audit, linear, withheld, rounds } = await repairUntilChecked(release, relations, cube.layout);
  const published = release.figures.filter((figure) => figure >= 0).length;
  console.log("published cube", { before, published, more: withheld, rounds, ...audit, exposed: audit.exposed.length });
  console.log("linear check", { ...linear, exposed: linear.exposed.length });
  return release;
}

/** The smallest two that are shown, the largest two, and two in the middle. */
function chooseProgrammes(release: Release, { layout }: CountedCube): readonly number[] {
  const total = layout.byKey.get("programme");
  if (total === undefined) throw new Error("no such table");
  const shown = [...total.places.keys()].filter((position) => (release.figures[total.offset + position] ?? -1) > 0);
  const bySize = shown.toSorted((a, b) => (release.figures[total.offset + a] ?? 0) - (release.figures[total.offset + b] ?? 0));
  const middle = Math.floor(bySize.length / 2);
  return [...bySize.slice(0, 2), ...bySize.slice(middle, middle + 2), ...bySize.slice(-2)].slice(0, JOINT_PROGRAMMES);
}

async function attackJointTables(cube: CountedCube, relations: Relations, release: Release): Promise<void> {
  const { layout, counts } = cube;
  const bounds = attack(release, relations, layout);
  for (const position of chooseProgrammes(release, cube)) {
    const start = performance.now();
    const small = layout.tables
      .filter(({ declaration }) => declaration.level === "programme")
      .flatMap(({ offset, width }) => Array.from({ length: width }, (_, cell) => offset + position * width + cell))
      .filter((cell) => release.reasons[cell] === REASON.SMALL);
    const step = Math.max(1, Math.floor(small.length / JOINT_CELLS));
    const sample = small.filter((_, index) => index % step === 0).slice(0, JOINT_CELLS);
    const found = (await JointAttack.prepare({ layout, relations, bounds }, position)).boundAll(sample);
    const ranges = found.flatMap((range) => range ?? []);
    console.log("joint table", {
      cells: sample.length,
      unsolved: sample.length - ranges.length,
      closest: Math.min(...ranges.map(({ low, high }) => high - low)),
      tighter: ranges.filter(({ cell, low, high }) => high - low < (bounds.high[cell] ?? 0) - (bounds.low[cell] ?? 0)).length,
      wrong: ranges.filter(({ cell, low, high }) => (counts[cell] ?? 0) < low || (counts[cell] ?? 0) > high).length,
      time: since(start),
    });
  }
}

function trackPeople(coded: CodedJourneys): void {
  const rules = [
    ["below 5 withheld", withholdBelow(5), 1],
    ["below 10 withheld", withholdBelow(10), 1],
    ["0-7 withheld, rounded to 5", showRounded, 1],
    ["rounded at random each time", roundAtRandom(createSeededRandom(5)), 150],
  ] as const;
  for (const [name, show, repeats] of rules)
    console.log(`trackers, ${name}`, trackAll(coded, { targets: TARGETS, random: createSeededRandom(1), show, repeats }));
}

async function watchProgramme(journeys: readonly CutJourney[]): Promise<void> {
  const sizes = Map.groupBy(journeys, ({ row }) => row.programme ?? "");
  const largest = [...sizes].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? "";
  console.log("live cube", await watchLiveCube(journeys, largest));
}

await main();
