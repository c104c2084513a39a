/** Dates as a profile says they are written. Only what is stated is read: no order of day and month and no century is guessed. */
import { addDays, parseCalendarDate, readDigits } from "../../src/lib/calendar-date.ts";
import type { DateSystem } from "./importer-cell.ts";
import type { ProfileCell } from "./profile-cell.ts";
import type { DateRule } from "./profile-schema.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TOKEN = /DD|D|MMM|MM|M|YYYY|YY/g;
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ].*)?$/;
/** Behind a date: a time of day, which is left out. */
const TIME = /^[T ,]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:\s?[AaPp][Mm])?$/;
const LONGEST_DATE = 40;
/** Day 1 of a spreadsheet's calendar; that of 1900 counts a 29 February which never was, so days before March 1900 are not read. */
const DAY_ZERO: Readonly<Record<DateSystem, string>> = { 1900: "1899-12-30", 1904: "1904-01-01" };
const FIRST_SERIAL = 61;
const LAST_SERIAL = 2_958_465;

/** ISO date, or null: it is not written as the profile says. */
export type DateReader = (cell: ProfileCell, system: DateSystem) => string | null;

/** A cell that is a date by its type, and a date written as ISO, need no format: they can be read in one way only. */
export function createDateReader({ formats, firstYear }: DateRule): DateReader {
  const readers = formats.filter((format) => format !== "EXCEL").map((format) => createFormatReader(format, firstYear ?? null));
  const countsDays = formats.includes("EXCEL");
  return ({ type, text }, system) => {
    const written = text.trim();
    if (written.length > LONGEST_DATE) return null;
    if (type === "date" || ISO.test(written)) return parseCalendarDate(written);
    if (countsDays) {
      const date = fromSerial(written, system);
      if (date !== null) return date;
    }
    for (const read of readers) {
      const date = read(written);
      if (date !== null) return date;
    }
    return null;
  };
}

/** The day that a spreadsheet's number means; its fraction is a time of day. */
function fromSerial(text: string, system: DateSystem): string | null {
  if (!/^\d{1,7}(?:\.\d+)?$/.test(text)) return null;
  const serial = Math.floor(Number(text));
  return serial < FIRST_SERIAL || serial > LAST_SERIAL ? null : addDays(DAY_ZERO[system], serial);
}

type Part = { readonly token: string } | { readonly literal: string };

function createFormatReader(format: string, firstYear: number | null): (text: string) => string | null {
  const parts = splitFormat(format);
  return (text) => {
    const found: { day?: number; month?: number; year?: number } = {};
    let at = 0;
    for (const part of parts) {
      const end = "literal" in part ? readLiteral(text, at, part.literal) : readToken(text, at, part.token, firstYear, found);
      if (end === null) return null;
      at = end;
    }
    if (at < text.length && !TIME.test(text.slice(at))) return null;
    const { day, month, year } = found;
    return day === undefined || month === undefined || year === undefined ? null : toIso(year, month, day);
  };
}

/** Whether every date of the format has day, month and year, and its years can be told. */
export function isWholeFormat(format: string, firstYear: number | undefined): boolean {
  if (format === "EXCEL") return true;
  const tokens: readonly string[] = format.match(TOKEN) ?? [];
  const counts = ["D", "M", "Y"].map((kind) => tokens.filter((token) => token.startsWith(kind)).length);
  return counts.every((count) => count === 1) && (!tokens.includes("YY") || firstYear !== undefined);
}

function splitFormat(format: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { 0: token, index } of format.matchAll(TOKEN)) {
    if (index > at) parts.push({ literal: format.slice(at, index) });
    parts.push({ token });
    at = index + token.length;
  }
  return parts;
}

const readLiteral = (text: string, at: number, literal: string): number | null =>
  text.startsWith(literal, at) ? at + literal.length : null;

function readToken(
  text: string,
  at: number,
  token: string,
  firstYear: number | null,
  found: { day?: number; month?: number; year?: number },
): number | null {
  if (token === "MMM") return readMonthName(text, at, found);
  const length = token === "D" || token === "M" ? countDigits(text, at) : token.length;
  const number = length === 0 ? Number.NaN : readDigits(text, at, length);
  if (Number.isNaN(number)) return null;
  if (token.startsWith("D")) found.day = number;
  else if (token.startsWith("M")) found.month = number;
  else if (token === "YYYY") found.year = number;
  else found.year = toFullYear(number, firstYear);
  return at + length;
}

/** One digit or two. */
const countDigits = (text: string, at: number): number => (/^\d{1,2}/.exec(text.slice(at, at + 2))?.[0] ?? "").length;

/** English names, short or whole. */
function readMonthName(text: string, at: number, found: { month?: number }): number | null {
  const [name] = /^[A-Za-z]{3,9}/.exec(text.slice(at)) ?? [""];
  const month = MONTHS.indexOf(name.slice(0, 3).toLowerCase());
  if (month === -1) return null;
  found.month = month + 1;
  return at + name.length;
}

/** Without a first year the year stays as it is written, which is no year of the calendar anybody means. */
function toFullYear(year: number, firstYear: number | null): number {
  if (firstYear === null) return Number.NaN;
  const century = Math.floor(firstYear / 100) * 100;
  return century + year < firstYear ? century + 100 + year : century + year;
}

const toIso = (year: number, month: number, day: number): string | null =>
  parseCalendarDate([String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-"));
