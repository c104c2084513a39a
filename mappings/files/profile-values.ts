/** Reads the value of one item from a row, as its rule says. A cell that cannot be read as that is left out, with the reason. */
import type { SiteCode, SiteCodes } from "../support/site-codes.ts";
import { optionOf, siteCodeReason, translateCode } from "../support/site-codes.ts";
import { type CodeTable, NO_OPTION, normaliseSource } from "./profile-codes.ts";
import { type CompiledRecord, type CompiledRule, isCoded, isNumeric, type Tick } from "./profile-compile.ts";
import { readPlainNumber, toItemUnit } from "./profile-numbers.ts";
import type { RowReader, StatedCell } from "./profile-row-reader.ts";

/** Why a cell gave nothing. */
export interface CellProblem {
  /** `CODE_NOT_TRANSLATED`, `FORMAT_INVALID`, `UNIT_NOT_CONVERTIBLE`. */
  readonly code: string;
  readonly reason: string;
  readonly position: number;
  /** The nearest options, for a code. */
  readonly suggestion?: string;
}

export interface Reading {
  /** Undefined: nothing usable is stated. */
  readonly value: string | number | boolean | readonly string[] | undefined;
  /** Cells that made the value, with what is to be said of them (a site code, two cells that were joined), or null. */
  readonly used: readonly { readonly position: number; readonly reason: string | null }[];
  /** Cells that say nothing of the item, and are no problem. */
  readonly dropped: readonly { readonly position: number; readonly reason: string }[];
  readonly problems: readonly CellProblem[];
}

/** What reading is done with. */
export interface ReadingContext {
  readonly row: RowReader;
  readonly record: CompiledRecord;
  readonly siteCodes: SiteCodes | undefined;
  /** The part of the cell that this record is for, where the record has one for each part. */
  readonly each: StatedCell | null;
}

const NOTHING: Reading = { value: undefined, used: [], dropped: [], problems: [] };
const NO_OPTION_REASON = "NO_NACR_OPTION";
/** Values of one cell of a set; the dictionary takes no more. */
const MOST_PARTS = 500;

export function readRule(rule: CompiledRule, context: ReadingContext): Reading {
  if (rule.rule.constant !== undefined) return { ...NOTHING, value: rule.rule.constant };
  if (rule.rule.ticks !== undefined) return readTicks(rule, Object.entries(rule.rule.ticks), context);
  const cells = rule.columns.flatMap((column) => takeCell(column, rule, context) ?? []);
  if (cells.length === 0) return NOTHING;
  const broken = cells.find(({ type }) => type === "error");
  if (broken !== undefined) return refuse(broken, "FORMAT_INVALID", "ERROR_IN_CELL");
  if (rule.rule.columns === undefined || rule.rule.combine === "FIRST") return readFirst(rule, cells, context);
  return rule.rule.combine === "SUM" ? readSum(rule, context) : readJoined(rule, cells, context);
}

function takeCell(column: string, { rule }: CompiledRule, { row, record, each }: ReadingContext): StatedCell | null {
  const cell = each !== null && column === record.each?.column ? each : row.cell(column);
  if (cell === null || rule.part === undefined) return cell;
  const { separator, index } = rule.part;
  const parts = cell.text.split(separator);
  const text = parts.at(index > 0 ? index - 1 : index)?.trim() ?? "";
  return text === "" ? null : { ...cell, type: "text", text };
}

const refuse = ({ position }: StatedCell, code: string, reason: string, suggestion?: string): Reading => ({
  ...NOTHING,
  problems: [{ code, reason, position, ...(suggestion === undefined || suggestion === "" ? {} : { suggestion }) }],
});

const take = (cells: readonly StatedCell[], value: Reading["value"], reason: string | null = null): Reading => ({
  ...NOTHING,
  value,
  used: cells.map(({ position }) => ({ position, reason })),
});

function readFirst(rule: CompiledRule, cells: readonly StatedCell[], context: ReadingContext): Reading {
  const [first, ...others] = cells;
  if (first === undefined) return NOTHING;
  const read = readCell(rule, first, context);
  return {
    ...read,
    dropped: [...read.dropped, ...others.map(({ position }) => ({ position, reason: "ANOTHER_COLUMN_IS_USED" }))],
  };
}

function readJoined(rule: CompiledRule, cells: readonly StatedCell[], context: ReadingContext): Reading {
  const [first] = cells;
  if (first === undefined) return NOTHING;
  const text = cells.map((cell) => cell.text).join(rule.rule.join);
  const read = readCell(rule, { ...first, type: "text", text }, context);
  return read.value === undefined ? read : { ...read, used: cells.map(({ position }) => ({ position, reason: null })) };
}

/** All that are stated; feet without inches are whole feet. */
function readSum(rule: CompiledRule, context: ReadingContext): Reading {
  const used: StatedCell[] = [];
  let sum = 0;
  for (const [index, column] of rule.columns.entries()) {
    const cell = takeCell(column, rule, context);
    if (cell === null) continue;
    const unit = rule.number?.units?.[index] ?? rule.number?.unit ?? rule.item.unit ?? "";
    const read = readNumber(rule, cell, unit);
    if (typeof read.value !== "number") return read;
    sum += read.value;
    used.push(cell);
  }
  const scale = rule.item.kind === "integer" ? 1 : 100;
  return take(used, Math.round(sum * scale) / scale);
}

function readCell(rule: CompiledRule, cell: StatedCell, context: ReadingContext): Reading {
  const { item, readDate, codes } = rule;
  if (codes !== null) return item.kind === "codes" ? readSet(rule, codes, cell, context) : readCode(rule, codes, cell, context);
  if (readDate !== null) return readDateCell(rule, cell, context);
  if (isNumeric(item)) return readMeasure(rule, cell, context);
  return take([cell], cell.text);
}

/** A month or a year alone can be read in one way only, by the dictionary. */
function readDateCell({ item, readDate }: CompiledRule, cell: StatedCell, { row }: ReadingContext): Reading {
  const date = readDate?.(cell, row.row.bound.dateSystem) ?? null;
  if (date !== null) return take([cell], date);
  if (item.kind === "partialDate" && /^(?:\d{4}|\d{4}-\d{2}|\d{2}\/\d{4})$/.test(cell.text)) return take([cell], cell.text);
  return refuse(cell, "FORMAT_INVALID", "DATE_NOT_AS_PROFILE_SAYS");
}

function readMeasure(rule: CompiledRule, cell: StatedCell, { row }: ReadingContext): Reading {
  const unitCell = rule.unitColumn === null ? null : row.cell(rule.unitColumn);
  if (rule.unitColumn !== null && unitCell === null) return refuse(cell, "UNIT_NOT_CONVERTIBLE", "UNIT_NOT_STATED");
  const read = readNumber(rule, cell, unitCell?.text ?? rule.number?.unit ?? rule.item.unit ?? "");
  return unitCell === null || read.value === undefined
    ? read
    : { ...read, used: [...read.used, { position: unitCell.position, reason: "UNIT" }] };
}

/** A number of a typed cell is written in one form whatever the profile says. */
function readNumber({ item, number }: CompiledRule, cell: StatedCell, unit: string): Reading {
  const form = cell.type === "number" || number === null ? ({ decimal: ".", thousands: "" } as const) : number;
  const value = readPlainNumber(cell.text, form);
  if (value === null) return refuse(cell, "FORMAT_INVALID", "NUMBER_NOT_AS_PROFILE_SAYS");
  const converted = toItemUnit(item, value, unit);
  return converted === null
    ? refuse(cell, "UNIT_NOT_CONVERTIBLE", "UNIT_NOT_OF_THE_ITEM")
    : take([cell], converted, converted === value ? null : "CONVERTED");
}

interface Translated {
  readonly key: string | typeof NO_OPTION;
  readonly siteCode: SiteCode | null;
}

function translate(
  { item }: CompiledRule,
  codes: CodeTable,
  source: string,
  { record, siteCodes }: ReadingContext,
): Translated | null {
  const found = translateCode<string | typeof NO_OPTION>(
    siteCodes,
    codes.name,
    source,
    () => codes.find(source) ?? null,
    optionOf(record.type.name, item.name),
  );
  return found === null ? null : { key: found.value, siteCode: found.siteCode };
}

const reasonOf = ({ siteCode }: Translated): string | null => (siteCode === null ? null : siteCodeReason(siteCode));

function readCode(rule: CompiledRule, codes: CodeTable, cell: StatedCell, context: ReadingContext): Reading {
  const translated = translate(rule, codes, cell.text, context);
  if (translated === null) return untranslated(cell, codes, cell.text);
  if (translated.key === NO_OPTION) return { ...NOTHING, dropped: [{ position: cell.position, reason: NO_OPTION_REASON }] };
  return take([cell], translated.key, reasonOf(translated));
}

const untranslated = (cell: StatedCell, codes: CodeTable, source: string): Reading =>
  refuse(cell, "CODE_NOT_TRANSLATED", "CODE_NOT_IN_PROFILE", codes.nearest(source).join("; "));

/** Several values in one cell: those that are translated make the set, each of the others is a problem. */
function readSet(rule: CompiledRule, codes: CodeTable, cell: StatedCell, context: ReadingContext): Reading {
  const { separator } = rule.rule;
  const parts =
    separator === undefined
      ? [cell.text]
      : cell.text
          .split(separator)
          .map((part) => part.trim())
          .filter((part) => part !== "");
  const keys = new Set<string>();
  const problems: CellProblem[] = [];
  let reason: string | null = null;
  for (const part of parts.slice(0, MOST_PARTS)) {
    const translated = translate(rule, codes, part, context);
    if (translated === null) problems.push(...untranslated(cell, codes, part).problems);
    else if (translated.key !== NO_OPTION) {
      keys.add(translated.key);
      reason ??= reasonOf(translated);
    }
  }
  if (keys.size > 0) return { ...take([cell], [...keys].sort(), reason), problems };
  return problems.length > 0
    ? { ...NOTHING, problems }
    : { ...NOTHING, dropped: [{ position: cell.position, reason: NO_OPTION_REASON }] };
}

/** Whether a box is ticked; null: it is neither. */
export function isTicked(cell: StatedCell, { profile }: RowReader): boolean | null {
  const text = normaliseSource(cell.text);
  if (profile.ticked.has(text)) return true;
  return profile.unticked.has(text) ? false : null;
}

export const tickProblem = (cell: StatedCell): Reading => refuse(cell, "CODE_NOT_TRANSLATED", "NEITHER_TICKED_NOR_UNTICKED");

function readTicks({ columns }: CompiledRule, ticks: readonly (readonly [string, string])[], { row }: ReadingContext): Reading {
  const keys: string[] = [];
  const read = {
    used: [] as { position: number; reason: null }[],
    dropped: [] as { position: number; reason: string }[],
    problems: [] as CellProblem[],
  };
  for (const [index, [, key]] of ticks.entries()) {
    const cell = row.cell(columns[index] ?? "");
    if (cell === null) continue;
    const ticked = isTicked(cell, row);
    if (ticked === null) read.problems.push(...tickProblem(cell).problems);
    else if (ticked) {
      keys.push(key);
      read.used.push({ position: cell.position, reason: null });
    } else read.dropped.push({ position: cell.position, reason: "NOT_TICKED" });
  }
  return { ...read, value: keys.length === 0 ? undefined : keys };
}

/** The answer that stands in the column of a tick: whether a drug is taken. */
export function readAnswer(answer: CompiledRule, tick: Tick, context: ReadingContext): Reading {
  const cell = context.row.cell(tick.column);
  if (cell === null || answer.codes === null) return NOTHING;
  return isCoded(answer.item) ? readCode(answer, answer.codes, cell, context) : take([cell], cell.text);
}
