/** Reads calendar dates, whole (`YYYY-MM-DD`) and partial (`YYYY`, `YYYY-MM`). */
import { parseCalendarDate, readDigits } from "../lib/calendar-date.ts";
import { FORMAT_INVALID, type ReadResult, type ScalarReader, toProblem, toValue } from "./read-result.ts";

/** Nobody in the audit was born earlier; older dates are fillers such as 1800-01-01 or a slip of the century. */
const EARLIEST_DATE = "1880";
const YEAR_LENGTH = 4;
const MONTH_LENGTH = 7;
const DATE_IN_FUTURE = toProblem("DATE_IN_FUTURE");

/**
 * Numbers are never dates: what a spreadsheet's 45,000 means depends on the spreadsheet. The limits are compared as text, which orders
 * ISO dates, also one that ends with its month or year.
 */
export const readDate: ScalarReader = (raw, today) =>
  typeof raw === "string" ? judge(parseCalendarDate(raw), today) : FORMAT_INVALID;

/** Also `MM/YYYY`, and a year as a number, which a spreadsheet's day number cannot be mistaken for within the accepted years. */
export const readPartialDate: ScalarReader = (raw, today) => {
  if (typeof raw === "boolean") return FORMAT_INVALID;
  return judge(parsePartialDate(String(raw)), today);
};

function judge(date: string | null, today: string): ReadResult {
  if (date === null || date < EARLIEST_DATE) return FORMAT_INVALID;
  return date > today.slice(0, date.length) ? DATE_IN_FUTURE : toValue(date);
}

function parsePartialDate(text: string): string | null {
  if (text.length === YEAR_LENGTH) return Number.isNaN(readDigits(text, 0, YEAR_LENGTH)) ? null : text;
  if (text.length !== MONTH_LENGTH) return parseCalendarDate(text);
  // A month is read as its first day, so that one parser decides which months exist.
  const month = text[2] === "/" ? parseCalendarDate(`01/${text}`) : parseCalendarDate(`${text}-01`);
  return month === null ? null : month.slice(0, MONTH_LENGTH);
}
