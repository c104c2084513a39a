/**
 * Exact tables for agreements that may hold small numbers: declared tables of the cube, counted from the rows that the agreement has and shown
 * by its disclosure profile. They stand under the profile alone and leave as a file, never as an answer (api.md, Analysts).
 */
import { LongWork } from "../../lib/long-work.ts";
import { type CodedJourneys, codeJourneys } from "../cube/coded-journeys.ts";
import { type CountedCube, countCells } from "../cube/count-cells.ts";
import { cellAt, layOutCube } from "../cube/cube-layout.ts";
import { type MeasuredEntry, type TableDeclaration, tableKey } from "../cube/declaration.ts";
import { DIMENSIONS, dimensionIndex, entryIndex } from "../cube/dimensions.ts";
import { CUBE_RULES } from "../cube/disclosure-rules.ts";
import type { NormalQuestion } from "../cube/question.ts";
import type { CutJourney } from "../cut-journey.ts";
import { applyToCount, applyToPercent, type DisclosureProfile } from "../profiles/disclosure-profile.ts";
import { dimensionsOf } from "../questions/ask-statistics.ts";

export interface ExactTable {
  readonly measure: string;
  /** Of the columns before the figure. */
  readonly dimensions: readonly string[];
  readonly rows: readonly ExactRow[];
}

export interface ExactRow {
  readonly categories: readonly string[];
  /** Null: withheld. */
  readonly value: number | null;
}

/** @param journeys of one audit year, and of the agreement's rows alone */
export async function countTables(
  journeys: AsyncIterable<CutJourney>,
  questions: readonly NormalQuestion[],
  profile: DisclosureProfile,
): Promise<readonly ExactTable[]> {
  const [coded] = await codeJourneys(journeys);
  const cube = coded === undefined ? null : await countAsked(coded, questions);
  const tables: ExactTable[] = [];
  for (const question of questions) {
    const rows = cube === null ? [] : await showRows(question, cube, profile);
    tables.push({ measure: question.measure, dimensions: dimensionsOf(question), rows });
  }
  return tables;
}

/** Only the tables that are asked for. */
async function countAsked(coded: CodedJourneys, questions: readonly NormalQuestion[]): Promise<CountedCube> {
  const asked = new Set(questions.flatMap(({ table, whole }) => [table, ...(whole === null ? [] : [whole.table])].map(tableKey)));
  const layout = layOutCube(coded.places);
  return await countCells(coded, { ...layout, tables: layout.tables.filter(({ key }) => asked.has(key)) });
}

/** The full product of places and declared categories, whatever the data. */
async function showRows(question: NormalQuestion, cube: CountedCube, profile: DisclosureProfile): Promise<readonly ExactRow[]> {
  const { table, measured } = question;
  const dimensions = table.dimensions.filter((key) => key !== measured?.dimension);
  const products = dimensions.reduce<readonly ReadonlyMap<string, string>[]>(
    (rows, key) => {
      const categories = DIMENSIONS[dimensionIndex(key)]?.categories ?? [];
      return rows.flatMap((row) => categories.map((category) => new Map([...row, [key, category.key]])));
    },
    [new Map()],
  );
  const { nodes, ofLevel } = cube.layout.places;
  const ofPlaces = await new LongWork().map(ofLevel[table.level].entries(), ([place, node]) =>
    products.map(
      (row): ExactRow => ({
        categories: [...(table.level === "UNITED_KINGDOM" ? [] : [nodes[node]?.code ?? ""]), ...row.values()],
        value: showValue(question, { cube, place, row }, profile),
      }),
    ),
  );
  return ofPlaces.flat();
}

interface Point {
  readonly cube: CountedCube;
  /** Position among the places of the level. */
  readonly place: number;
  /** By dimension, but for that of the measure. */
  readonly row: ReadonlyMap<string, string>;
}

function showValue(
  { table, measured, whole, isMedian }: NormalQuestion,
  point: Point,
  profile: DisclosureProfile,
): number | null {
  const cell = cellOf(table, measured, point);
  const { counts, medians, medianOf } = point.cube;
  if (isMedian) return isOfFew(profile, medianOf[cell] ?? 0) ? null : (medians[cell] ?? null);
  const count = counts[cell] ?? 0;
  if (whole === null) return applyToCount(profile, count);
  return applyToPercent(profile, count, counts[cellOf(whole.table, whole.measured, point)] ?? 0);
}

/** The median of few is somebody's own wait, whatever the profile shows of the count (dataset.md, Decision 48). */
const isOfFew = (profile: DisclosureProfile, count: number): boolean =>
  count <= CUBE_RULES.withheldTo || applyToCount(profile, count) === null;

/** @throws Error for a table that was not counted */
function cellOf(table: TableDeclaration, measured: MeasuredEntry | null, { cube, place, row }: Point): number {
  const laid = cube.layout.byKey.get(tableKey(table));
  if (laid === undefined) throw new Error("A declared table is not laid out");
  const entries = table.dimensions.map((key) =>
    entryIndex(dimensionIndex(key), key === measured?.dimension ? measured.key : (row.get(key) ?? "")),
  );
  return cellAt(laid, place, entries);
}
