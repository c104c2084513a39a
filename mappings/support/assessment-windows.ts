/**
 * Which days each of the three assessments takes its values from: decided by date, never by order of arrival (interop, Decisions). Of
 * several values of one item the nearest to the window's own day counts: core start, core end (else twelve weeks), a year (dataset 5.1).
 */
import { addDays } from "../../src/lib/calendar-date.ts";

/** The days an assessment's values are taken from, both inclusive. */
export interface AssessmentWindow {
  readonly number: 1 | 2 | 3;
  /** Null: open. */
  readonly from: string | null;
  readonly to: string;
  /** The day the assessment is about. */
  readonly anchor: string;
}

export type DatedWindow = AssessmentWindow & { readonly from: string };

/** Assessment 1 stands from four weeks before to two weeks after core start (dataset rule D10). */
const FIRST_FROM_DAYS = -28;
const FIRST_TO_DAYS = 14;
/** Assessment 2 counts up to twenty weeks after the first (D11); with no stated end it stands near twelve weeks, from week eight on. */
const SECOND_FROM_DAYS = 56;
const SECOND_NEAR_DAYS = 84;
const SECOND_TO_DAYS = 140;
const BEFORE_CORE_END_DAYS = 14;
/** A programme that ended later than that is assessed then all the same; it is kept, and does not count toward the audit (Decision 23). */
const AFTER_CORE_END_DAYS = 28;
/** Assessment 3 stands a year after the first (D12). */
const THIRD_FROM_DAYS = 305;
const THIRD_NEAR_DAYS = 365;
const THIRD_TO_DAYS = 455;

/** @param coreEnd null: not stated */
export function toAssessmentWindows(coreStart: string, coreEnd: string | null): readonly DatedWindow[] {
  const firstTo = addDays(coreStart, FIRST_TO_DAYS);
  const thirdFrom = addDays(coreStart, THIRD_FROM_DAYS);
  const nearEnd = coreEnd === null ? addDays(coreStart, SECOND_FROM_DAYS) : addDays(coreEnd, -BEFORE_CORE_END_DAYS);
  const secondTo = addDays(coreStart, SECOND_TO_DAYS);
  const afterEnd = coreEnd === null ? secondTo : addDays(coreEnd, AFTER_CORE_END_DAYS);
  return [
    { number: 1, from: addDays(coreStart, FIRST_FROM_DAYS), to: firstTo, anchor: coreStart },
    {
      number: 2,
      from: laterOf(nearEnd, addDays(firstTo, 1)),
      to: earlierOf(laterOf(secondTo, afterEnd), addDays(thirdFrom, -1)),
      anchor: coreEnd ?? addDays(coreStart, SECOND_NEAR_DAYS),
    },
    { number: 3, from: thirdFrom, to: addDays(coreStart, THIRD_TO_DAYS), anchor: addDays(coreStart, THIRD_NEAR_DAYS) },
  ];
}

/** One assessment of the latest values up to a day. */
export const toLatestWindow = (until: string): AssessmentWindow => ({ number: 1, from: null, to: until, anchor: until });

/** ISO dates order as text. */
const laterOf = (one: string, other: string): string => (one > other ? one : other);
const earlierOf = (one: string, other: string): string => (one < other ? one : other);
