/** A number of a workbook as text: in plain digits, or as the date it stands for. */

import type { CellType, DateSystem } from "../../../../mappings/files/importer-cell.ts";
import { addDays } from "../../../lib/calendar-date.ts";
import type { NumberMeaning } from "./number-formats.ts";

/** Spreadsheets keep fifteen digits: what is behind them is rounding. */
const DIGITS = 15;
const MOST_WHOLE = 1e15;
/** 31 December 9999, the last day that a spreadsheet has. */
const LAST_SERIAL = { 1900: 2_958_465, 1904: 2_957_003 } as const satisfies Record<DateSystem, number>;
/** Day 60 is a 29 February 1900 that never was, so the days before it have another zero. */
const LEAP_THAT_NEVER_WAS = 60;
const DAY_ZERO = { 1900: "1899-12-30", 1904: "1904-01-01" } as const satisfies Record<DateSystem, string>;
const DAY_ZERO_BEFORE_MARCH_1900 = "1899-12-31";
const SECONDS_OF_DAY = 86_400;
const FIRST_OF_MONTH = "01";
const FIRST_OF_YEAR = "01-01";

export interface TypedText {
  readonly type: CellType;
  readonly text: string;
}

export function numberToText(number: number, meaning: NumberMeaning, system: DateSystem): TypedText {
  if (meaning.kind === "date") {
    const date = serialToDate(number, system);
    if (date !== null) return { type: "date", text: shorten(date, meaning.precision) };
  }
  const plain = toPlainDigits(number);
  if (meaning.kind === "padded" && Number.isInteger(number) && number >= 0)
    return { type: "text", text: plain.padStart(meaning.digits, "0") };
  return { type: "number", text: plain };
}

/** A first of the month that is shown without its day is a month; of any other day the cell holds a whole date. */
function shorten(date: string, precision: "day" | "month" | "year"): string {
  if (precision === "year" && date.endsWith(`-${FIRST_OF_YEAR}`)) return date.slice(0, 4);
  return precision !== "day" && date.endsWith(`-${FIRST_OF_MONTH}`) ? date.slice(0, 7) : date;
}

/** ISO date, with a time of day behind it where there is one; null for a number that is no day of the calendar. */
export function serialToDate(serial: number, system: DateSystem): string | null {
  const seconds = Math.round(serial * SECONDS_OF_DAY);
  const days = Math.floor(seconds / SECONDS_OF_DAY);
  if (!(days >= (system === 1900 ? 1 : 0)) || days > LAST_SERIAL[system] || (system === 1900 && days === LEAP_THAT_NEVER_WAS))
    return null;
  const zero = system === 1900 && days < LEAP_THAT_NEVER_WAS ? DAY_ZERO_BEFORE_MARCH_1900 : DAY_ZERO[system];
  const date = addDays(zero, days);
  const time = seconds - days * SECONDS_OF_DAY;
  return time === 0 ? date : `${date} ${toClock(time)}`;
}

const toClock = (seconds: number): string =>
  [seconds / 3_600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");

/** Without an exponent, but for numbers that have lost digits: those keep it, so that nobody takes them for whole. */
export function toPlainDigits(number: number): string {
  if (Math.abs(number) >= MOST_WHOLE) return number.toExponential().replace("e", "E");
  const exact = String(number);
  if (Number.isInteger(number) || (exact.length <= DIGITS && !exact.includes("e"))) return exact;
  const rounded = Number(number.toPrecision(DIGITS));
  const text = String(rounded);
  return text.includes("e") ? rounded.toFixed(20).replace(/\.?0+$/, "") : text;
}
