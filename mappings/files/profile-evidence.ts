/** What the values of a column look like: how many of them an item could read. Values are counted, never repeated. */
import type { CompiledItem } from "../../src/dataset/dictionary.ts";
import { checkNhsNumber } from "../../src/dataset/nhs-number.ts";
import { readValue } from "../../src/dataset/read-value.ts";
import type { ProfileCell } from "./profile-cell.ts";
import { normaliseSource, readOption } from "./profile-codes.ts";
import { isCoded, isDate, isNumeric } from "./profile-compile.ts";
import { createDateReader } from "./profile-dates.ts";
import { readPlainNumber } from "./profile-numbers.ts";
import { VALUE_SYNONYMS } from "./profile-synonyms.ts";

/** The cells of a column that state something. */
export interface ColumnValues {
  readonly name: string;
  readonly cells: readonly ProfileCell[];
}

export interface Fit {
  /** 0 to 1: the share of stated cells that the item could read; null: nothing is stated, or the item reads any text. */
  readonly share: number | null;
  readonly dateFormats: readonly string[];
  /** Both orders of day and month would read every date. */
  readonly orderUntold: boolean;
  /** Translated source values to keys, of a coded item. */
  readonly codes: Readonly<Record<string, string>>;
  /** Different values that were not translated. */
  readonly untranslated: number;
}

/** Day first: this is a UK audit. American order is proposed only where British order cannot be. */
const DATE_FORMATS = [
  "DD/MM/YYYY",
  "D/M/YYYY",
  "DD-MM-YYYY",
  "DD.MM.YYYY",
  "D MMM YYYY",
  "DD-MMM-YYYY",
  "YYYY/MM/DD",
  "MM/DD/YYYY",
  "EXCEL",
];
const DAY_FIRST = new Set(["DD/MM/YYYY", "D/M/YYYY"]);
const ENOUGH = 0.9;
const ANY_DAY = "9999-12-31";
const EMPTY: Fit = { share: null, dateFormats: [], orderUntold: false, codes: {}, untranslated: 0 };
/** A coded column has few values; one with more is text. */
const MOST_CODES = 60;

const shareOf = (cells: readonly ProfileCell[], isRead: (cell: ProfileCell) => boolean): number =>
  cells.filter(isRead).length / cells.length;

export function judgeFit(item: CompiledItem, { cells }: ColumnValues): Fit {
  if (cells.length === 0) return EMPTY;
  if (item.kind === "nhsNumber") return { ...EMPTY, share: shareOf(cells, ({ text }) => checkNhsNumber(text).ok) };
  if (isDate(item)) return judgeDates(cells);
  if (isNumeric(item)) return { ...EMPTY, share: shareOf(cells, ({ text }) => readsNumber(item, text)) };
  if (isCoded(item)) return judgeCodes(item, cells);
  if (item.kind === "text" || item.kind === "programme") return EMPTY;
  return { ...EMPTY, share: shareOf(cells, ({ text }) => readValue(item, text, ANY_DAY).problem === null) };
}

function readsNumber(item: CompiledItem, text: string): boolean {
  const number = readPlainNumber(text, { decimal: ".", thousands: "" });
  return number !== null && readValue(item, number, ANY_DAY).problem === null;
}

function judgeDates(cells: readonly ProfileCell[]): Fit {
  const shares = DATE_FORMATS.map((format) => {
    const read = createDateReader({ formats: [format] });
    return { format, share: shareOf(cells, (cell) => isLikely(read(cell, 1900))) };
  });
  const best = shares.reduce((one, other) => (other.share > one.share ? other : one));
  const american = shares.find(({ format }) => format === "MM/DD/YYYY")?.share ?? 0;
  const typed = shareOf(cells, ({ type, text }) => type === "date" || /^\d{4}-\d{2}-\d{2}/.test(text));
  return {
    ...EMPTY,
    share: best.share,
    // Dates that need no format still need a rule; the usual one does no harm.
    dateFormats: typed === 1 || best.share === 0 ? ["DD/MM/YYYY"] : [best.format],
    orderUntold: DAY_FIRST.has(best.format) && american === best.share && typed < 1,
  };
}

/** Serial numbers are only taken for dates of the last hundred years: 17 to 120 are scores. */
const isLikely = (date: string | null): boolean => date !== null && date > "1905" && date < "2100";

function judgeCodes(item: CompiledItem, cells: readonly ProfileCell[]): Fit {
  const values = new Map(cells.map(({ text }) => [normaliseSource(text), text]));
  const synonyms = new Map(
    Object.entries(VALUE_SYNONYMS[item.list ?? ""] ?? {}).map(([source, key]) => [normaliseSource(source), key]),
  );
  const codes: Record<string, string> = {};
  let untranslated = 0;
  for (const [folded, text] of values) {
    const key = synonyms.get(folded) ?? (isBareNumber(text) ? undefined : readOption(item, text));
    if (key === undefined) untranslated += 1;
    else codes[text] = key;
  }
  if (values.size > MOST_CODES) return { ...EMPTY, share: 0, untranslated };
  const share = shareOf(cells, ({ text }) => Object.hasOwn(codes, values.get(normaliseSource(text)) ?? ""));
  return { ...EMPTY, share, codes, untranslated };
}

/** A number is a code of the sender's own list, whatever it means in ours. */
const isBareNumber = (text: string): boolean => /^\d+$/.test(text.trim());

/** Whether the column looks like a tick box. */
export function looksTicked({ cells }: ColumnValues, words: ReadonlySet<string>): boolean {
  return cells.length > 0 && shareOf(cells, ({ text }) => words.has(normaliseSource(text))) >= ENOUGH;
}

/** Whether a column holds NHS numbers, whatever it is called. */
export const holdsNhsNumbers = ({ cells }: ColumnValues): boolean =>
  cells.length > 0 && shareOf(cells, ({ text }) => checkNhsNumber(text).ok) >= ENOUGH;
