/**
 * Answers questions from a published cube. An answer has a row for every declared category, whatever the data; small, none, unknown and
 * not permitted read the same.
 */
import { shapeTables, type TableShape } from "./cube-layout.ts";
import { type MeasuredEntry, tableKey } from "./declaration.ts";
import { DIMENSIONS, dimensionIndex, entriesOf, entryIndex, type Level } from "./dimensions.ts";
import { WITHHELD } from "./disclosure-rules.ts";
import { footnotesOf, labelOfMeasure, type NamedProfile } from "./footnotes.ts";
import { percentOf } from "./percent.ts";
import type { PublishedCube } from "./published-cube.ts";
import { type Condition, type NormalQuestion, nearestPublished, normaliseQuestion, type Question } from "./question.ts";

export interface AnswerCategory extends Condition {
  readonly label: string;
}
export interface AnswerRow {
  /** In declared order, the place first. */
  readonly categories: readonly AnswerCategory[];
  /** Null: withheld. */
  readonly value: number | null;
}
export type Answer =
  | { readonly kind: "NOT_PUBLISHED"; readonly suggestions: readonly Question[] }
  | {
      readonly kind: "PUBLISHED";
      readonly measure: { readonly key: string; readonly label: string };
      readonly dimensions: readonly string[];
      readonly rows: readonly AnswerRow[];
      readonly suppressedCells: number;
      readonly footnotes: readonly string[];
    };

/** Whether the asker may have figures of the category. Must not depend on figures. */
export type Permitted = (condition: Condition) => boolean;

/** A cube made ready for questions: where its tables and places stand, and what their categories are called, is worked out once. */
export class CubeReader {
  readonly cube: PublishedCube;
  readonly #tables: ReadonlyMap<string, TableShape>;
  readonly #placesOf = new Map<Level, readonly AnswerCategory[]>();

  constructor(cube: PublishedCube) {
    this.cube = cube;
    this.#tables = new Map(shapeTables((level) => cube.places[level].length).map((table) => [table.key, table]));
  }

  /** @param profile of the agreement under which it is asked: footnotes name it */
  lookUp(question: Question, isPermitted: Permitted = () => true, profile: NamedProfile | null = null): Answer {
    const normal = normaliseQuestion(question);
    const table = normal === null ? undefined : this.#tables.get(tableKey(normal.table));
    if (normal === null || table === undefined) return { kind: "NOT_PUBLISHED", suggestions: nearestPublished(question) };
    const axes = this.#layAxes(normal, table, isPermitted);
    const rows: AnswerRow[] = [];
    const valueAt = this.#valueOf(normal);
    addRows(axes, 0, START, { rows, valueAt });
    let suppressedCells = 0;
    for (const { value } of rows) if (value === null) suppressedCells++;
    return {
      kind: "PUBLISHED",
      measure: { key: normal.measure, label: labelOfMeasure(normal.measure) },
      dimensions: rows[0]?.categories.map(({ dimension }) => dimension) ?? [],
      rows,
      suppressedCells,
      footnotes: footnotesOf(normal, profile),
    };
  }

  /** Axes that the measure itself says are in the start. */
  #layAxes(normal: NormalQuestion, table: TableShape, isPermitted: Permitted): readonly (readonly Point[])[] {
    const whole = normal.whole === null ? undefined : this.#tables.get(tableKey(normal.whole.table));
    const fixed: Point = {
      category: null,
      isShown: true,
      cell: table.offset + shiftOf(table, normal.measured),
      wholeCell: whole === undefined ? 0 : whole.offset + shiftOf(whole, normal.whole?.measured ?? null),
    };
    return [
      [fixed],
      ...this.#layPlaces(normal, [table.width, whole?.width ?? 0], isPermitted),
      ...layDimensions(normal, table, whole, isPermitted),
    ];
  }

  /** A place that the cube does not know reads like one with nothing to show. */
  #layPlaces(
    { table, where }: NormalQuestion,
    widths: readonly [number, number],
    isPermitted: Permitted,
  ): readonly (readonly Point[])[] {
    const { level } = table;
    if (level === "UNITED_KINGDOM") return [];
    const chosen = where.find(({ dimension }) => dimension === level)?.category;
    const toPoint = (category: AnswerCategory, at: number): Point => ({
      category,
      isShown: at >= 0 && isPermitted(category),
      cell: at * widths[0],
      wholeCell: at * widths[1],
    });
    if (chosen === undefined) return [this.#categoriesOf(level).map(toPoint)];
    return [[toPoint({ dimension: level, category: chosen, label: chosen }, this.cube.places[level].indexOf(chosen))]];
  }

  #categoriesOf(level: Level): readonly AnswerCategory[] {
    const known = this.#placesOf.get(level);
    if (known !== undefined) return known;
    const made = this.cube.places[level].map((code) => ({ dimension: level, category: code, label: code }));
    this.#placesOf.set(level, made);
    return made;
  }

  #valueOf({ isMedian, whole, table: { level } }: NormalQuestion): (cell: number, wholeCell: number) => number | null {
    const { medians, figures } = this.cube;
    const published = isMedian ? medians : figures;
    const read = (from: Int16Array | Int32Array, cell: number): number | null => {
      const value = from[cell] ?? WITHHELD;
      return value === WITHHELD ? null : value;
    };
    if (whole === null) return (cell) => read(published, cell);
    return (cell, wholeCell) => percentOf(read(figures, cell), read(figures, wholeCell), level);
  }
}

/** A position on an axis: how far it moves the cell, and that of the whole of a percentage. Without a category where the measure says it. */
interface Point {
  readonly category: AnswerCategory | null;
  readonly isShown: boolean;
  readonly cell: number;
  readonly wholeCell: number;
}

/** By dimension and entry: an answer's row has no object of its own for each. */
const CATEGORIES: readonly (readonly AnswerCategory[])[] = DIMENSIONS.map((declared) =>
  entriesOf(declared).map(({ key, label }) => ({ dimension: declared.key, category: key, label })),
);

function layDimensions(
  { measured, where, table: { dimensions } }: NormalQuestion,
  table: TableShape,
  whole: TableShape | undefined,
  isPermitted: Permitted,
): readonly (readonly Point[])[] {
  return dimensions.flatMap((key) => {
    if (measured?.dimension === key) return [];
    const index = dimensionIndex(key);
    const [stride, wholeStride] = [strideOf(table, index), whole === undefined ? 0 : strideOf(whole, index)];
    const chosen = where.find(({ dimension }) => dimension === key)?.category;
    const own = DIMENSIONS[index]?.categories.length ?? 0;
    const points = (CATEGORIES[index] ?? []).map((category, entry) => ({ category, entry }));
    const wanted = points.filter(({ category, entry }) => (chosen === undefined ? entry < own : category.category === chosen));
    return [
      wanted.map(({ category, entry }) => ({
        category,
        isShown: isPermitted(category),
        cell: entry * stride,
        wholeCell: entry * wholeStride,
      })),
    ];
  });
}

const strideOf = ({ dimensions, strides }: TableShape, dimension: number): number => strides[dimensions.indexOf(dimension)] ?? 0;

function shiftOf(table: TableShape, measured: MeasuredEntry | null): number {
  if (measured === null) return 0;
  const index = dimensionIndex(measured.dimension);
  return entryIndex(index, measured.key) * strideOf(table, index);
}

interface PartialRow {
  readonly categories: readonly AnswerCategory[];
  readonly isShown: boolean;
  readonly cell: number;
  readonly wholeCell: number;
}
const START: PartialRow = { categories: [], isShown: true, cell: 0, wholeCell: 0 };

interface Filling {
  readonly rows: AnswerRow[];
  readonly valueAt: (cell: number, wholeCell: number) => number | null;
}

/** Depth first, so that rows come in declared order. */
function addRows(axes: readonly (readonly Point[])[], depth: number, row: PartialRow, filling: Filling): void {
  const isLast = depth === axes.length - 1;
  for (const point of axes[depth] ?? []) {
    const categories = point.category === null ? row.categories : [...row.categories, point.category];
    const isShown = row.isShown && point.isShown;
    const [cell, wholeCell] = [row.cell + point.cell, row.wholeCell + point.wholeCell];
    if (isLast) filling.rows.push({ categories, value: isShown ? filling.valueAt(cell, wholeCell) : null });
    else addRows(axes, depth + 1, { categories, isShown, cell, wholeCell }, filling);
  }
}
