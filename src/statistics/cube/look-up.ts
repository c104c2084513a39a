/**
 * Answers questions from a published cube. An answer has a row for every declared category, whatever the data; small, none, unknown and
 * not permitted read the same.
 */
import { cellAt, shapeTables, type TableShape } from "./cube-layout.ts";
import { COUNT_MEASURES, MEDIAN_MEASURES, tableKey } from "./declaration.ts";
import { DIMENSIONS, dimensionIndex, entriesOf, entryIndex, type Level, PLACE_LABELS } from "./dimensions.ts";
import { CUBE_RULES, WITHHELD } from "./disclosure-rules.ts";
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

/** A cube made ready for questions: where its tables and places stand is calculated once. */
export class CubeReader {
  readonly cube: PublishedCube;
  readonly #tables: ReadonlyMap<string, TableShape>;

  constructor(cube: PublishedCube) {
    this.cube = cube;
    this.#tables = new Map(shapeTables((level) => cube.places[level].length).map((table) => [table.key, table]));
  }

  lookUp(question: Question, isPermitted: Permitted = () => true): Answer {
    const normal = normaliseQuestion(question);
    const table = normal === null ? undefined : this.#tables.get(tableKey(normal.table));
    if (normal === null || table === undefined) return { kind: "NOT_PUBLISHED", suggestions: nearestPublished(question) };
    const axes = [...this.#placeAxis(normal), ...dimensionAxes(normal)];
    const rows = product(axes).map((points): AnswerRow => {
      const isShown = points.every(({ category }) => category === null || isPermitted(category));
      return {
        categories: points.flatMap(({ category }) => category ?? []),
        value: isShown ? this.#valueAt(normal, table, points) : null,
      };
    });
    return {
      kind: "PUBLISHED",
      measure: { key: normal.measure, label: labelOfMeasure(normal.measure) },
      dimensions: rows[0]?.categories.map(({ dimension }) => dimension) ?? [],
      rows,
      suppressedCells: rows.filter(({ value }) => value === null).length,
      footnotes: footnotesOf(normal),
    };
  }

  /** A place that the cube does not know reads like one with nothing to show. */
  #placeAxis({ table: { level }, where }: NormalQuestion): readonly (readonly Point[])[] {
    const codes = this.cube.places[level];
    if (level === "UNITED_KINGDOM") return [[{ at: 0, category: null }]];
    const chosen = where.find(({ dimension }) => dimension === level)?.category;
    const point = (code: string, at: number): Point => ({ at, category: { dimension: level, category: code, label: code } });
    return [chosen === undefined ? codes.map(point) : [point(chosen, codes.indexOf(chosen))]];
  }

  #valueAt({ isMedian }: NormalQuestion, table: TableShape, [place, ...entries]: readonly Point[]): number | null {
    if (place === undefined || place.at < 0) return null;
    const cell = cellAt(
      table,
      place.at,
      entries.map(({ at }) => at),
    );
    const value = (isMedian ? this.cube.medians : this.cube.figures)[cell] ?? WITHHELD;
    return value === WITHHELD ? null : value;
  }
}

/** A position on an axis; without a category where the measure fixes it. */
interface Point {
  readonly at: number;
  readonly category: AnswerCategory | null;
}

function dimensionAxes({ table, measured, where }: NormalQuestion): readonly (readonly Point[])[] {
  return table.dimensions.map((key) => {
    const index = dimensionIndex(key);
    const declared = DIMENSIONS[index];
    const entries = declared === undefined ? [] : entriesOf(declared);
    if (measured?.dimension === key) return [{ at: entryIndex(index, measured.key), category: null }];
    const chosen = where.find(({ dimension }) => dimension === key)?.category;
    const wanted = chosen === undefined ? (declared?.categories ?? []) : entries.filter((entry) => entry.key === chosen);
    return wanted.map((entry) => ({
      at: entryIndex(index, entry.key),
      category: { dimension: key, category: entry.key, label: entry.label },
    }));
  });
}

const product = (axes: readonly (readonly Point[])[]): readonly (readonly Point[])[] =>
  axes.reduce<readonly (readonly Point[])[]>((rows, axis) => rows.flatMap((row) => axis.map((point) => [...row, point])), [[]]);

const labelOfMeasure = (measure: string): string =>
  [...COUNT_MEASURES, ...MEDIAN_MEASURES].find(({ key }) => key === measure)?.label ?? measure;

function footnotesOf({ isMedian, table }: NormalQuestion): readonly string[] {
  const { withheldTo, roundTo, minOfOrganisation, minContributors, maxShare } = CUBE_RULES;
  return [
    `Counts from 0 to ${withheldTo} are withheld (*), and others where they would tell about these; all other counts are rounded to the nearest ${roundTo}.`,
    `An organisation with fewer than ${minOfOrganisation} journeys is withheld; other figures need ${minContributors} organisations, none with more than ${maxShare} %.`,
    "A journey of which a dimension is not known is counted only in tables without the dimension. Figures need not add up.",
    ...(isMedian ? ["Medians are of days that are known, to two significant figures."] : []),
    ...(table.level === "UNITED_KINGDOM" ? ["Journeys without a programme are in figures of the United Kingdom only."] : []),
  ];
}

/** Enough to repeat the figure years later. @param cut its id @param digest of the encoded cube */
export function citationOf({ auditYear }: PublishedCube, question: NormalQuestion, cut: string, digest: string): string {
  const where = question.where.map(({ dimension, category }) => `${dimension} = ${category}`);
  const by = [PLACE_LABELS[question.table.level], ...question.table.dimensions].join(", ");
  const text = `National Audit of Cardiac Rehabilitation, audit year ${auditYear}/${String(auditYear + 1).slice(2)}, cut ${cut}`;
  return `${text}, ${labelOfMeasure(question.measure)} by ${[by, ...where].join("; ")}, cube ${digest}`;
}

/** Percent of the whole, from published figures only, whole percent. Null where a figure or the rest is withheld, or the whole is too few. */
export function percentOf(part: number | null, whole: number | null, level: Level): number | null {
  if (part === null || whole === null || part > whole) return null;
  const rest = whole - part;
  const needed = level === "trust" || level === "programme" ? CUBE_RULES.minOfOrganisation : CUBE_RULES.withheldTo + 1;
  if (rest <= CUBE_RULES.withheldTo || whole < needed) return null;
  return Math.floor((part / whole) * 100 + 0.5);
}
