/** Which months an extract is of. Its form says how often such an extract may be made. */
import type { EXTRACT_FREQUENCIES } from "../../agreements/terms.ts";
import { toLondonDate } from "../../lib/calendar-date.ts";
import { auditYearOf } from "../cube/coded-journeys.ts";

export type ExtractFrequency = Exclude<(typeof EXTRACT_FREQUENCIES)[number], "NONE">;

/** Months of one audit year, side by side. */
export interface ExtractPeriod {
  /** As it was asked for: `2024-07`, `2024-Q2`, `2024`. */
  readonly name: string;
  readonly frequency: ExtractFrequency;
  /** Year in which the audit year began, in April. */
  readonly auditYear: number;
  /** First days of the first and the last month, ISO dates. */
  readonly from: string;
  readonly to: string;
}

const MONTHS_OF_QUARTER = 3;
const MONTHS_OF_YEAR = 12;
const FIRST_MONTH = 4;

/** The first day of the month that comes `months` after the first month of an audit year. */
function monthOf(auditYear: number, months: number): string {
  const month = FIRST_MONTH - 1 + months;
  const year = auditYear + Math.floor(month / MONTHS_OF_YEAR);
  return `${year}-${String((month % MONTHS_OF_YEAR) + 1).padStart(2, "0")}-01`;
}

interface PeriodForm {
  readonly frequency: ExtractFrequency;
  readonly form: RegExp;
  readonly months: (matched: readonly string[]) => Pick<ExtractPeriod, "auditYear" | "from" | "to">;
}

/** From the beginning of the audit year on. */
const upTo = (auditYear: number, months: number) => ({
  auditYear,
  from: monthOf(auditYear, 0),
  to: monthOf(auditYear, months - 1),
});

const FORMS: readonly PeriodForm[] = [
  {
    frequency: "MONTHLY",
    form: /^20\d{2}-(?:0[1-9]|1[0-2])$/,
    months: ([name = ""]) => ({ auditYear: auditYearOf(`${name}-01`), from: `${name}-01`, to: `${name}-01` }),
  },
  {
    frequency: "QUARTERLY_CUMULATIVE",
    form: /^(20\d{2})-Q([1-4])$/,
    months: ([, year = "", quarter = ""]) => upTo(Number(year), Number(quarter) * MONTHS_OF_QUARTER),
  },
  { frequency: "YEARLY", form: /^(20\d{2})$/, months: ([, year = ""]) => upTo(Number(year), MONTHS_OF_YEAR) },
];

/** @returns null for what is no period */
export function readPeriod(name: string): ExtractPeriod | null {
  for (const { frequency, form, months } of FORMS) {
    const matched = form.exec(name);
    if (matched !== null) return { name, frequency, ...months(matched) };
  }
  return null;
}

/** @param month the first day of one */
export const isWithin = ({ from, to }: ExtractPeriod, month: string): boolean => month >= from && month <= to;

/** Whether all of its days had passed in London. @param at ISO instant: that of the cut */
export const isOver = ({ to }: ExtractPeriod, at: string): boolean => toLondonDate(new Date(at)).slice(0, 7) > to.slice(0, 7);
