/** Dates as spreadsheets and other countries write them. They are recognised so that they can be explained, never so that they are read. */
import { addDays, parseCalendarDate } from "../../src/lib/calendar-date.ts";
import type { DateSystem } from "./importer-cell.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** A day in the numbers of a spreadsheet: five digits reach from 1927 (or 1931) to 2173. */
const DAY_NUMBER = /^([1-9]\d{4})(?:\.\d+)?$/;
const DAY_ZERO = { 1900: "1899-12-30", 1904: "1904-01-01" } as const satisfies Record<DateSystem, string>;
const NUMERIC = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T,].*)?$/;
const YEAR_FIRST = /^(\d{4})([/.]?)(\d{2})\2(\d{2})(?:[ T,].*)?$/;
const DAY_MONTH_YEAR = /^(\d{1,2})(?:st|nd|rd|th)?[ \-/,.]+([A-Za-z]{3,9})\.?[ \-/,.]+(\d{4})(?:[ T,].*)?$/i;
const MONTH_DAY_YEAR = /^([A-Za-z]{3,9})\.?[ \-/.]+(\d{1,2})(?:st|nd|rd|th)?[ ,\-/.]+(\d{4})(?:[ T,].*)?$/i;
/** What a spreadsheet makes of `1-2`, `3/4` or `MAR15`: a day of the current year, or a month of a year. */
const SHORT_DATE = /^(?:\d{1,2}-[A-Z][a-z]{2}(?:-\d{2})?|[A-Z][a-z]{2}-\d{2})$/;
const LONGEST_DATE = 40;
const MONTHS_OF_YEAR = 12;

/** The date that a number of days stands for; null: it is none. */
export function dateOfDayNumber(text: string, system: DateSystem): string | null {
  const days = DAY_NUMBER.exec(text)?.[1];
  return days === undefined ? null : addDays(DAY_ZERO[system], Number(days));
}

/** Whether a spreadsheet wrote it for a date whose year it does not show. */
export const isShortDate = (text: string): boolean => SHORT_DATE.test(text) && monthOf(/[A-Za-z]{3}/.exec(text)?.[0] ?? "") !== 0;

/** Which of the first two numbers can only be a day: `DAY_FIRST`, `MONTH_FIRST`, or neither. Null: no date of three numbers, year last. */
export function orderOf(text: string): "DAY_FIRST" | "MONTH_FIRST" | "EITHER" | null {
  if (text.length > LONGEST_DATE) return null;
  const [, first, , second] = NUMERIC.exec(text) ?? [];
  if (first === undefined || second === undefined) return null;
  const [one, other] = [Number(first), Number(second)];
  if (one > MONTHS_OF_YEAR && other <= MONTHS_OF_YEAR) return "DAY_FIRST";
  return other > MONTHS_OF_YEAR && one <= MONTHS_OF_YEAR ? "MONTH_FIRST" : "EITHER";
}

/**
 * The date a text most probably means, as ISO text, for a suggestion; null where nothing is probable.
 * @param isMonthFirst what the other dates of its column say
 */
export function probableDate(text: string, isMonthFirst: boolean): string | null {
  if (text.length > LONGEST_DATE) return null;
  const [, first = "", , second = "", year = ""] = NUMERIC.exec(text) ?? [];
  if (year !== "") {
    const order = orderOf(text);
    const monthFirst = order === "MONTH_FIRST" || (order === "EITHER" && isMonthFirst);
    return toDate(year, monthFirst ? first : second, monthFirst ? second : first);
  }
  const [, isoYear, , isoMonth = "", isoDay = ""] = YEAR_FIRST.exec(text) ?? [];
  if (isoYear !== undefined) return toDate(isoYear, isoMonth, isoDay);
  const [, day = "", name, nameYear = ""] = DAY_MONTH_YEAR.exec(text) ?? [];
  if (name !== undefined) return toDate(nameYear, String(monthOf(name)), day);
  const [, firstName, nextDay = "", lastYear = ""] = MONTH_DAY_YEAR.exec(text) ?? [];
  return firstName === undefined ? null : toDate(lastYear, String(monthOf(firstName)), nextDay);
}

/** 1 to 12 by the first three letters; 0: no month of the English calendar. */
const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

const toDate = (year: string, month: string, day: string): string | null =>
  parseCalendarDate(`${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`);
