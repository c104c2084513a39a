/**
 * A question to the cube and its one normal form: the same question, however it is asked, is one look-up and one answer. Whether it can be
 * asked depends on the declaration only, never on what was counted.
 */
import {
  COUNT_MEASURES,
  inDeclaredOrder,
  MEASURES,
  MEDIAN_MEASURES,
  type MeasuredEntry,
  PERCENT_MEASURES,
  TABLES,
  type TableDeclaration,
  tableKey,
} from "./declaration.ts";
import { DIMENSIONS, dimensionIndex, entriesOf, entryIndex, LEVELS, type Level, membersOf } from "./dimensions.ts";

export interface Condition {
  readonly dimension: string;
  /** A category, a roll-up, or the code of a place. Several of one dimension together must be a declared roll-up. */
  readonly category: string;
}
export interface Question {
  readonly measure: string;
  readonly dimensions: readonly string[];
  readonly where: readonly Condition[];
}

/** Of a percentage: what its figure is a share of. */
export interface Whole {
  readonly measured: MeasuredEntry;
  readonly table: TableDeclaration;
}
export interface NormalQuestion {
  readonly measure: string;
  readonly isMedian: boolean;
  readonly measured: MeasuredEntry | null;
  readonly table: TableDeclaration;
  /** Null of counts and medians. */
  readonly whole: Whole | null;
  /** In declared order, the place first. */
  readonly where: readonly Condition[];
}

const isLevel = (key: string): key is Level => LEVELS.some((level) => level === key && level !== "UNITED_KINGDOM");
const isDimension = (key: string): boolean => DIMENSIONS.some((dimension) => dimension.key === key);
const TABLE_KEYS = new Set(TABLES.map(tableKey));

/** Null: no declared table answers it. */
export function normaliseQuestion(question: Question): NormalQuestion | null {
  const conditions = joinConditions(question.where);
  const asked = conditions === null ? null : measureOf(question.measure, conditions);
  if (conditions === null || asked === null) return null;
  const { measured, shareOf, ...measure } = asked;
  if (![measured, shareOf].every((entry) => entry === null || isFreeFor(entry, question, conditions, shareOf !== null)))
    return null;
  if (measured !== null) conditions.delete(measured.dimension);
  const named = new Set([...question.dimensions, ...conditions.keys()]);
  if (measured !== null) named.delete(measured.dimension);
  const table = tableOf(named, measured);
  const whole = shareOf === null ? null : tableOf(named, shareOf);
  if (table === null || (shareOf !== null && whole === null)) return null;
  if (measure.isMedian && table.dimensions.length > 2) return null;
  return {
    ...measure,
    measured,
    table,
    whole: shareOf === null || whole === null ? null : { measured: shareOf, table: whole },
    where: [table.level, ...table.dimensions].flatMap((dimension) => {
      const category = conditions.get(dimension);
      return category === undefined ? [] : [{ dimension, category }];
    }),
  };
}

/** The declared one with these dimensions and that of the measure. */
function tableOf(named: ReadonlySet<string>, measured: MeasuredEntry | null): TableDeclaration | null {
  const places = [...named].filter(isLevel);
  const others = [...named].filter((key) => !isLevel(key));
  if (places.length > 1 || !others.every(isDimension)) return null;
  const level = places[0] ?? "UNITED_KINGDOM";
  const table = { level, dimensions: inDeclaredOrder(measured === null ? others : [...others, measured.dimension]) };
  return TABLE_KEYS.has(tableKey(table)) ? table : null;
}

/** One entry for each dimension; null where several categories are no declared roll-up. */
function joinConditions(where: readonly Condition[]): Map<string, string> | null {
  const joined = new Map<string, string>();
  for (const [dimension, conditions] of Map.groupBy(where, (condition) => condition.dimension)) {
    const keys = [...new Set(conditions.map(({ category }) => category))];
    const entry = isDimension(dimension) ? entryOf(dimensionIndex(dimension), keys) : (keys.length === 1 && keys[0]) || null;
    if (entry === null) return null;
    joined.set(dimension, entry);
  }
  return joined;
}

function entryOf(dimension: number, keys: readonly string[]): string | null {
  const entries = keys.map((key) => entryIndex(dimension, key));
  if (entries.includes(-1)) return null;
  const members = new Set(entries.flatMap((entry) => membersOf(dimension, entry)));
  const declared = DIMENSIONS[dimension];
  const all = declared === undefined ? [] : entriesOf(declared);
  const same = all.find((_, entry) => {
    const own = membersOf(dimension, entry);
    return own.length === members.size && own.every((code) => members.has(code));
  });
  return same?.key ?? null;
}

interface AskedMeasure extends Pick<NormalQuestion, "measure" | "isMedian" | "measured"> {
  /** Of a percentage: the entry that it is a share of. */
  readonly shareOf: MeasuredEntry | null;
}

/** Journeys of an entry that has a measure of its own are that measure. */
function measureOf(key: string, conditions: ReadonlyMap<string, string>): AskedMeasure | null {
  const percent = PERCENT_MEASURES.find((measure) => measure.key === key);
  if (percent !== undefined) return { measure: key, isMedian: false, measured: percent.part, shareOf: percent.whole };
  const median = MEDIAN_MEASURES.find((measure) => measure.key === key);
  const count = COUNT_MEASURES.find((measure) => measure.key === (median?.of ?? key));
  if (count === undefined) return null;
  if (median !== undefined) return { measure: key, isMedian: true, measured: count.entry, shareOf: null };
  const same =
    count.entry === null
      ? COUNT_MEASURES.find(({ entry }) => entry !== null && conditions.get(entry.dimension) === entry.key)
      : undefined;
  const { key: measure, entry: measured } = same ?? count;
  return { measure, isMedian: false, measured, shareOf: null };
}

/** The dimension of a measure is not asked for as well, unless for what the measure says already; that of a percentage not at all. */
function isFreeFor(
  { dimension, key }: MeasuredEntry,
  question: Question,
  conditions: ReadonlyMap<string, string>,
  isShare: boolean,
): boolean {
  const condition = conditions.get(dimension);
  return condition === undefined ? !question.dimensions.includes(dimension) : condition === key && !isShare;
}

const MOST_SUGGESTIONS = 3;

/** The declared questions that are nearest: the fewest dimensions to leave out, then to add, then in declared order. */
export function nearestPublished(question: Question): readonly Question[] {
  const measure = MEASURES.some(({ key }) => key === question.measure) ? question.measure : "JOURNEYS";
  const measured = measureOf(measure, new Map())?.measured?.dimension;
  const asked = new Set([...question.dimensions, ...question.where.map(({ dimension }) => dimension)]);
  const tables = TABLES.filter(({ dimensions }) => measured === undefined || dimensions.includes(measured));
  const candidates = tables.flatMap(({ level, dimensions }) => {
    const shown = [...(level === "UNITED_KINGDOM" ? [] : [level]), ...dimensions.filter((key) => key !== measured)];
    const candidate: Question = { measure, dimensions: shown, where: [] };
    return normaliseQuestion(candidate) === null
      ? []
      : [{ candidate, left: [...asked].filter((key) => !shown.includes(key)).length }];
  });
  return candidates
    .toSorted((a, b) => a.left - b.left || a.candidate.dimensions.length - b.candidate.dimensions.length)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}
