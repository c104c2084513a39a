/**
 * Which of several values of one item an assessment takes: the nearest to the day the assessment is about; of two as near the later one;
 * of two of one time the one sent last. The halves of a blood pressure come from one reading.
 */
import { daysBetween } from "../../src/lib/calendar-date.ts";
import type { AssessmentWindow } from "./assessment-windows.ts";

/** What the choice looks at. */
export interface DatedValue {
  readonly target: { readonly recordType: string; readonly item: string };
  readonly date: {
    /** ISO calendar date. */
    readonly value: string;
    /** Milliseconds, where a time is stated. */
    readonly instant: number | null;
  };
  /** What belongs together; "": only the day says so. */
  readonly reading: string;
}

export interface Choice<T> {
  /** One value of each item, in the order in which the items were first met. */
  readonly chosen: readonly T[];
  /** Values of the window that another one was nearer than. */
  readonly lost: readonly T[];
}

const SYSTOLIC = "systolicMmHg";
const DIASTOLIC = "diastolicMmHg";

/** @param values of one person and one record type, in the order sent */
export function chooseNearest<T extends DatedValue>(values: readonly T[], window: AssessmentWindow): Choice<T> {
  const inside = values.filter(({ date }) => date.value <= window.to && (window.from === null || date.value >= window.from));
  const byItem = Map.groupBy(inside, ({ target }) => target.item);
  const whole = keepWholeReadings(byItem.get(SYSTOLIC) ?? [], byItem.get(DIASTOLIC) ?? []);
  const chosen: T[] = [];
  for (const [item, candidates] of byItem) {
    const fit =
      whole.size > 0 && (item === SYSTOLIC || item === DIASTOLIC) ? candidates.filter((one) => whole.has(one)) : candidates;
    const nearest = fit.reduce((best, value) => (isNearer(value, best, window.anchor) ? value : best), fit[0] ?? candidates[0]);
    if (nearest !== undefined) chosen.push(nearest);
  }
  const kept = new Set(chosen);
  return { chosen, lost: inside.filter((value) => !kept.has(value)) };
}

function isNearer(one: DatedValue, best: DatedValue | undefined, anchor: string): boolean {
  if (best === undefined) return true;
  const [near, nearest] = [one, best].map(({ date }) => Math.abs(daysBetween(anchor, date.value)));
  if (near !== nearest && near !== undefined && nearest !== undefined) return near < nearest;
  if (one.date.value !== best.date.value) return one.date.value > best.date.value;
  return one.date.instant === null || best.date.instant === null || one.date.instant >= best.date.instant;
}

/** The pressures that have their other half; where there are any, a lone half is no candidate. */
function keepWholeReadings<T extends DatedValue>(systolic: readonly T[], diastolic: readonly T[]): ReadonlySet<T> {
  const whole = new Set<T>();
  for (const one of systolic) {
    const other = diastolic.find((candidate) => isOneReading(one, candidate));
    if (other !== undefined) whole.add(one).add(other);
  }
  return whole;
}

const isOneReading = (one: DatedValue, other: DatedValue): boolean =>
  one.reading === other.reading &&
  (one.reading !== "" || (one.date.value === other.date.value && one.date.instant === other.date.instant));
