/** What one row says of one record of its profile: the values of its items, and whether there is such a record at all. */
import type { Issue } from "../../src/records/issue.ts";
import type { CompiledRecord, CompiledRule, Tick } from "./profile-compile.ts";
import type { RowReader, StatedCell } from "./profile-row-reader.ts";
import {
  type CellProblem,
  isTicked,
  type Reading,
  type ReadingContext,
  readAnswer,
  readRule,
  tickProblem,
} from "./profile-values.ts";

/** One record of a row: the whole row, one part of a cell, or one tick. */
export interface Occurrence {
  readonly each: StatedCell | null;
  readonly tick: Tick | null;
}

export interface ReadItem {
  readonly rule: CompiledRule;
  readonly reading: Reading;
  /** The row says nothing of it. */
  readonly defaulted?: boolean;
}

const WHOLE_ROW: readonly Occurrence[] = [{ each: null, tick: null }];
/** Records that one cell may make; a comment in the place of a list must not become thousands. */
const MOST_PARTS = 200;

export function readRecord(record: CompiledRecord, { tick }: Occurrence, context: ReadingContext): readonly ReadItem[] {
  const items = record.rules.map((rule) => ({ rule, reading: readRule(rule, context) }));
  return [...items, ...readTick(record, tick, context), ...defaultGender(record, items)];
}

/** The values a tick states. */
function readTick({ ticks }: CompiledRecord, tick: Tick | null, context: ReadingContext): readonly ReadItem[] {
  const cell = tick === null ? null : context.row.cell(tick.column);
  if (ticks === null || tick === null || cell === null) return [];
  const own = { rule: constantRule(ticks.item), reading: tickReading(cell, tick, ticks.answer, context) };
  return ticks.answer === null ? [own] : [own, { rule: ticks.answer, reading: readAnswer(ticks.answer, tick, context) }];
}

const GENDER = "gender";
const NOTHING: Reading = { value: undefined, used: [], dropped: [], problems: [] };

/** A patient whose gender the source does not state is of none that is known; nothing else is ever defaulted (interop, identity). */
function defaultGender({ type }: CompiledRecord, read: readonly ReadItem[]): readonly ReadItem[] {
  const item = type.name === "PATIENT" ? type.byName.get(GENDER) : undefined;
  const isStated = read.some(
    ({ rule: own, reading: { value, problems } }) => own.item === item && (value !== undefined || problems.length > 0),
  );
  if (item === undefined || isStated) return [];
  return [{ rule: constantRule(item), reading: { ...NOTHING, value: "NOT_KNOWN" }, defaulted: true }];
}

export function occurrencesOf({ each, ticks }: CompiledRecord, row: RowReader): readonly Occurrence[] {
  if (ticks !== null) return ticks.ticks.filter(({ column }) => row.cell(column) !== null).map((tick) => ({ each: null, tick }));
  if (each === null) return WHOLE_ROW;
  const cell = row.cell(each.column);
  if (cell === null) return [];
  const parts = cell.text.split(each.separator).map((part) => part.trim());
  return parts
    .filter((part) => part !== "")
    .slice(0, MOST_PARTS)
    .map((text) => ({ each: { ...cell, type: "text", text }, tick: null }));
}

/** A record of a list stands for one value: without that there is none. */
export const isListed = (read: readonly ReadItem[]): boolean =>
  read.every(({ rule, reading }) => rule.rule.constant !== undefined || !rule.essential || reading.value !== undefined) &&
  read.some(({ rule, reading }) => rule.rule.constant === undefined && reading.value !== undefined);

/**
 * A patient is always made; another record where one of its own cells states something (also something that cannot be read), where its
 * id is stated, or where nothing but conditions chooses it. What it is chosen by is no statement of its own.
 */
export function isStated(record: CompiledRecord, read: readonly ReadItem[], row: RowReader): boolean {
  if (record.type.name === "PATIENT") return true;
  if (record.idColumns.some((column) => row.cell(column) !== null) && record.conditions.length > 0) return true;
  const own = read.filter(({ rule }) => rule.rule.constant === undefined);
  if (own.length === 0) return record.conditions.length > 0;
  return own.some(({ reading: { value, used, problems } }) => problems.length > 0 || (value !== undefined && used.length > 0));
}

export const textOf = (read: readonly ReadItem[], name: string): string => {
  const value = read.find(({ rule }) => rule.item.name === name)?.reading.value;
  return value === undefined ? "" : String(value).trim();
};

function tickReading(cell: StatedCell, { key }: Tick, answer: CompiledRule | null, { row }: ReadingContext): Reading {
  const ticked = answer === null ? isTicked(cell, row) : true;
  if (ticked === null) return tickProblem(cell);
  if (!ticked) return { ...NOTHING, dropped: [{ position: cell.position, reason: "NOT_TICKED" }] };
  return { ...NOTHING, value: key, used: [{ position: cell.position, reason: null }] };
}

/** A rule for the item of a tick: its value comes with the tick. */
const constantRule = (item: CompiledRule["item"]): CompiledRule => ({
  rule: { item: item.name, combine: "JOIN", join: " " },
  item,
  columns: [],
  essential: true,
  codes: null,
  readDate: null,
  number: null,
  unitColumn: null,
});

export function toIssue(
  { code, reason, position, suggestion }: CellProblem,
  { item, essential }: CompiledRule,
  row: RowReader,
): Issue {
  return {
    severity: essential ? "ERROR" : "WARNING",
    code,
    field: item.name,
    expression: row.expressionOf(position),
    params: { reason },
    ...(suggestion === undefined || item.identifying === true ? {} : { suggestion }),
  };
}
