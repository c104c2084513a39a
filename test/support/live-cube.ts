/**
 * The insider against a cube that follows its data (assurance.md 4.2, S4): a programme adds patients of one age and event until the cell is
 * shown for the first time, and knows how many others there were. Why cubes are published of frozen cuts, a month apart at least.
 */
import { EVENT_GROUPS } from "../../src/national/national-groups.ts";
import { codeJourneys } from "../../src/statistics/cube/coded-journeys.ts";
import { countCells } from "../../src/statistics/cube/count-cells.ts";
import { layOutCube } from "../../src/statistics/cube/cube-layout.ts";
import { CUBE_RULES, type DisclosureRules, WITHHELD } from "../../src/statistics/cube/disclosure-rules.ts";
import { applyPrimaryRules } from "../../src/statistics/cube/primary-rules.ts";
import type { CutJourney } from "../../src/statistics/cut-journey.ts";

/** One age of each band of the cube. */
const AGES = [40, 50, 60, 70, 80, 90];
const TABLE = "programme age eventGroup";
/** The rules about who contributed withhold some cells whatever is added; they are not what protects against this. */
const RULES: DisclosureRules = { ...CUBE_RULES, minOfOrganisation: 0, minContributors: 0, maxShare: 100, minOfUniformRow: 0 };

export interface LiveFindings {
  /** Cells of the programme with 1 to 7 patients. */
  readonly small: number;
  readonly recovered: number;
  readonly submissions: number;
}

/** @param journeys of one audit year, of one programme or more */
export async function watchLiveCube(journeys: readonly CutJourney[], programme: string): Promise<LiveFindings> {
  const first = journeys.find(({ row }) => row.programme === programme);
  if (first === undefined) throw new Error("No such programme");
  const counts = await publishAgain(journeys, programme);
  const open = new Map(
    counts.flatMap(({ count }, cell) => (count >= 1 && count <= CUBE_RULES.withheldTo ? [[cell, count]] : [])),
  );
  const found = { small: open.size, recovered: 0, submissions: 0 };
  const added: CutJourney[] = [];
  for (let turn = 1; turn <= CUBE_RULES.withheldTo && open.size > 0; turn++) {
    for (const cell of open.keys()) added.push(patientOf(first, cell));
    found.submissions += open.size;
    for (const [cell, { figure }] of (await publishAgain([...journeys, ...added], programme)).entries()) {
      if (figure === WITHHELD || !open.has(cell)) continue;
      if (CUBE_RULES.withheldTo + 1 - turn === open.get(cell)) found.recovered++;
      open.delete(cell);
    }
  }
  return found;
}

function patientOf({ row, ...others }: CutJourney, cell: number): CutJourney {
  const [age, event] = [Math.floor(cell / EVENT_GROUPS.length), cell % EVENT_GROUPS.length];
  return { ...others, row: { ...row, age: AGES[age] ?? null, eventGroup: EVENT_GROUPS[event] ?? row.eventGroup } };
}

interface LiveCell {
  readonly count: number;
  readonly figure: number;
}

async function publishAgain(journeys: readonly CutJourney[], programme: string): Promise<readonly LiveCell[]> {
  const [coded] = await codeJourneys(journeys);
  if (coded === undefined) throw new Error("No journeys");
  const layout = layOutCube(coded.places);
  const cube = await countCells(coded, layout);
  const { figures } = applyPrimaryRules(cube, RULES);
  const table = layout.byKey.get(TABLE);
  if (table === undefined) throw new Error("No such table");
  const start = table.offset + (layout.positionOf[coded.places.programmeNode(programme)] ?? 0) * table.width;
  return Array.from({ length: table.width }, (_, cell) => ({
    count: cube.counts[start + cell] ?? 0,
    figure: figures[start + cell] ?? WITHHELD,
  }));
}
