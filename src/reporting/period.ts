/** What time a report is of. Calendar dates, both ends included. */
import { GatewayError } from "../errors/gateway-error.ts";
import { daysBetween, parseCalendarDate } from "../lib/calendar-date.ts";

export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Ten years and a leap day or three: more is a mistake, and a table nobody reads. */
const LONGEST_DAYS = 3_660;
const EARLIEST_YEAR = 2000;
const LATEST_YEAR = 2100;

/** The audit's year is the financial year (dataset page 6): 2025 is April 2025 to March 2026. */
export const auditYearPeriod = (auditYear: number): Period => ({ from: `${auditYear}-04-01`, to: `${auditYear + 1}-03-31` });

/** The audit year that the period is; null: it is none, or not exactly one. */
export function auditYearIn({ from, to }: Period): number | null {
  const auditYear = Number(from.slice(0, 4));
  const year = auditYearPeriod(auditYear);
  return year.from === from && year.to === to ? auditYear : null;
}

/** @throws GatewayError BAD_USER_INPUT */
export function readPeriod({ from, to }: Period, path = "period"): Period {
  if (parseCalendarDate(from) !== from || parseCalendarDate(to) !== to)
    throw refuse("A period has two calendar dates, YYYY-MM-DD.", path);
  const days = daysBetween(from, to);
  if (days < 0 || days > LONGEST_DAYS) throw refuse(`A period ends after it begins, and within ${LONGEST_DAYS} days.`, path);
  return { from, to };
}

export const isAuditYear = (auditYear: number): boolean =>
  Number.isInteger(auditYear) && auditYear >= EARLIEST_YEAR && auditYear < LATEST_YEAR;

/** @throws GatewayError BAD_USER_INPUT */
export function readAuditYear(auditYear: number): number {
  if (isAuditYear(auditYear)) return auditYear;
  throw refuse("An audit year is the year in which it begins: 2025 is April 2025 to March 2026.", "auditYear");
}

const refuse = (message: string, path: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });
