/**
 * Calendar dates as ISO text (`YYYY-MM-DD`). All arithmetic is on the Gregorian calendar itself, so no time zone and no daylight
 * saving can move a date; the one place where a zone matters is an instant in universal time, which is read as the date in London.
 */

/** Days of each month, March first is month 3; February is decided by the year. */
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DATE_LENGTH = 10;
const HYPHEN = 45;
const SLASH = 47;
const ZERO = 48;

/** The part after a date: hours and minutes, optional seconds and fraction, optional offset. */
const TIME_PART = /^[T ]([01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?$/;
const UNIVERSAL_TIME = /^(?:Z|\+00:?00)$/;
/** London is ahead of universal time by an hour in summer (two in the war years), so only late hours can be another day. */
const FIRST_HOUR_OF_ANOTHER_DAY = 22;

const londonDate = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Number of days of a month (1 to 12); 0 for a month that does not exist. */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

/** The number written by `count` digits at `at`, or NaN where one of them is no digit. */
export function readDigits(text: string, at: number, count: number): number {
  let number = 0;
  for (let i = at; i < at + count; i += 1) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/**
 * Reads `YYYY-MM-DD` or `DD/MM/YYYY`, each also with a time part. The date is the one written, in the sender's own offset; a time in
 * `Z` or `+00:00` is read in Europe/London, because programs that keep dates as midnight instants write 31 May 23:00Z for 1 June.
 * Null for everything else: two-digit years, days that do not exist, week dates, numbers.
 */
export function parseCalendarDate(text: string): string | null {
  const iso = parseDatePart(text);
  if (iso === null || text.length === DATE_LENGTH) return iso;
  const time = TIME_PART.exec(text.slice(DATE_LENGTH));
  if (time === null) return null;
  if (!UNIVERSAL_TIME.test(time[2] ?? "") || Number(time[1]) < FIRST_HOUR_OF_ANOTHER_DAY) return iso;
  return toLondonDate(new Date(`${iso}T${time[1]}:00:00Z`));
}

function parseDatePart(text: string): string | null {
  if (text.length < DATE_LENGTH) return null;
  if (text.charCodeAt(4) === HYPHEN && text.charCodeAt(7) === HYPHEN) {
    if (!isCalendarDate(readDigits(text, 0, 4), readDigits(text, 5, 2), readDigits(text, 8, 2))) return null;
    return text.length === DATE_LENGTH ? text : text.slice(0, DATE_LENGTH);
  }
  if (text.charCodeAt(2) === SLASH && text.charCodeAt(5) === SLASH) {
    if (!isCalendarDate(readDigits(text, 6, 4), readDigits(text, 3, 2), readDigits(text, 0, 2))) return null;
    return `${text.slice(6, 10)}-${text.slice(3, 5)}-${text.slice(0, 2)}`;
  }
  return null;
}

/** NaN compares false, so a part that was no number makes no date. */
function isCalendarDate(year: number, month: number, day: number): boolean {
  return year >= 1 && day >= 1 && day <= daysInMonth(year, month);
}

/** The date it is in London at an instant. */
export function toLondonDate(instant: Date): string {
  const [day, month, year] = londonDate.format(instant).split("/");
  return `${year}-${month}-${day}`;
}

/** Days since 1 March 0000 of a valid ISO date: differences of it are numbers of days. */
export function toDayNumber(isoDate: string): number {
  const month = readDigits(isoDate, 5, 2);
  // The year begins in March, so that the leap day is its last day.
  const year = readDigits(isoDate, 0, 4) - (month <= 2 ? 1 : 0);
  const monthOfYear = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthOfYear + 2) / 5) + readDigits(isoDate, 8, 2) - 1;
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear;
}

/** Days from one ISO date to another; negative where the second is the earlier one. */
export const daysBetween = (from: string, to: string): number => toDayNumber(to) - toDayNumber(from);

/** The ISO date `days` after another; years 0001 to 9999. */
export function addDays(isoDate: string, days: number): string {
  const date = new Date(`${isoDate}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, DATE_LENGTH);
}

/** Whole years between two ISO dates: age at the last birthday. Born on 29 February: a year older on 1 March. */
export function wholeYearsBetween(from: string, to: string): number {
  const years = readDigits(to, 0, 4) - readDigits(from, 0, 4);
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}
