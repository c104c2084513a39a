/** What one rehabilitation contributes to the standards of its programme. Pure: the same for a preview, a commit and a statistic. */
import { daysBetween } from "../lib/calendar-date.ts";
import type { StandardName } from "../records/standard-movement.ts";
import { ASSESSMENT_2_DAYS, COUNTED_DAYS, GROUP_SIGNS, type Measure, type PriorityGroup, STANDARDS } from "./standards-data.ts";

/** A rehabilitation with what standards ask of its event and assessments. ISO dates, keys of the dictionary's lists. */
export interface RehabilitationFacts {
  readonly eventType: string | null;
  readonly eventReferralDate: string | null;
  readonly treatmentTypes: readonly string[];
  readonly referralDate: string | null;
  readonly coreStartDate: string | null;
  readonly coreEndDate: string | null;
  readonly assessments: readonly { readonly number: number; readonly date: string | null }[];
}

export interface Contribution {
  readonly standard: StandardName;
  /** The year in which the audit year began: 2025 is April 2025 to March 2026. Where the core start lies. */
  readonly auditYear: number;
  /** A share: 1 where the assessment is there, else 0. A median: the days. */
  readonly value: number;
}

const FIRST_MONTH = 4;

export function auditYearOf(date: string): number {
  const year = Number(date.slice(0, 4));
  return Number(date.slice(5, 7)) < FIRST_MONTH ? year - 1 : year;
}

/** At most one for each standard; none before the core programme has started. */
export function contributionsOf(facts: RehabilitationFacts): readonly Contribution[] {
  if (facts.coreStartDate === null) return [];
  const auditYear = auditYearOf(facts.coreStartDate);
  const group = priorityGroupOf(facts);
  return STANDARDS.flatMap(({ name, measure }) => {
    const value = countedValue(measure, facts, group);
    return value === null ? [] : [{ standard: name, auditYear, value }];
  });
}

/** Days of one rehabilitation as a median counts them; null: it does not count. */
export const countedDaysBy = (
  measure: Extract<Measure, { readonly by: "MEDIAN_DAYS" }>,
  facts: RehabilitationFacts,
): number | null => countedValue(measure, facts, priorityGroupOf(facts));

/** Null: the rehabilitation does not count. */
function countedValue(measure: Measure, facts: RehabilitationFacts, group: PriorityGroup | null): number | null {
  switch (measure.by) {
    case "SURVEY":
      return null;
    case "SHARE":
      return hasAssessment(facts, measure.assessment) ? 1 : 0;
    case "MEDIAN_DAYS": {
      if (measure.groups !== null && (group === null || !measure.groups.includes(group))) return null;
      return countedDays(dateOf(facts, measure.from), dateOf(facts, measure.to));
    }
  }
}

/** Heart failure before bypass before PCI before infarction; null: none of the five (dataset Decision 27). */
export function priorityGroupOf({
  eventType,
  treatmentTypes,
}: Pick<RehabilitationFacts, "eventType" | "treatmentTypes">): PriorityGroup | null {
  const { heartFailureEvents, infarctionEvents, bypassTreatments, pciTreatments } = GROUP_SIGNS;
  if (eventType !== null && heartFailureEvents.has(eventType)) return "HEART_FAILURE";
  if (treatmentTypes.some((type) => bypassTreatments.has(type))) return "CABG";
  const infarction = eventType !== null && infarctionEvents.has(eventType);
  if (treatmentTypes.some((type) => pciTreatments.has(type))) return infarction ? "MI_PCI" : "PCI";
  return infarction ? "MI" : null;
}

/** The rehabilitation's own referral, else its event's, starts the wait. */
function dateOf(facts: RehabilitationFacts, date: "REFERRAL" | "CORE_START" | "CORE_END"): string | null {
  if (date === "REFERRAL") return facts.referralDate ?? facts.eventReferralDate;
  return date === "CORE_START" ? facts.coreStartDate : facts.coreEndDate;
}

function countedDays(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  const days = daysBetween(from, to);
  return days < COUNTED_DAYS.from || days > COUNTED_DAYS.to ? null : days;
}

function hasAssessment({ assessments }: RehabilitationFacts, wanted: number): boolean {
  const found = assessments.find(({ number }) => number === wanted);
  if (found === undefined || wanted !== 2) return found !== undefined;
  return isSecondInTime(assessments.find(({ number }) => number === 1)?.date ?? null, found.date);
}

/** By the dates of assessments 1 and 2; without one of them nobody can say that the second came too late. */
export const isSecondInTime = (first: string | null, second: string | null): boolean =>
  first === null || second === null || daysBetween(first, second) <= ASSESSMENT_2_DAYS;
