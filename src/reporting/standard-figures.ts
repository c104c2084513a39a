/**
 * What the seven standards come to, from what each rehabilitation contributes (src/standards/contributions.ts, the one definition) and the
 * programme's survey. Exact: who may see it is decided elsewhere.
 */
import { LongWork } from "../lib/long-work.ts";
import type { StandardName } from "../records/standard-movement.ts";
import { auditYearOf, contributionsOf, priorityGroupOf, type RehabilitationFacts } from "../standards/contributions.ts";
import type { Survey } from "../standards/programme-survey.ts";
import { type Measure, PRIORITY_GROUPS, STANDARDS } from "../standards/standards-data.ts";
import { medianOf } from "./quartiles.ts";
import { regularProfessions } from "./survey.ts";
import { isReached, type Threshold } from "./threshold.ts";

/** A rehabilitation with the ids of its row and its patient's. */
export interface CountedRehabilitation extends RehabilitationFacts {
  readonly id: string;
  readonly patientId: string;
}

export const FIGURE_UNITS = ["PROFESSIONS", "GROUPS", "DAYS", "PERCENT"] as const;
export type FigureUnit = (typeof FIGURE_UNITS)[number];

export interface StandardFigure {
  readonly standard: StandardName;
  readonly unit: FigureUnit;
  /** Of a share: with the assessment. Of a median: within the threshold, null without one. Of the survey: what it names. */
  readonly numerator: number | null;
  /** Rehabilitations that count; of the survey what could be named. */
  readonly denominator: number | null;
  /** What is compared with the threshold; null: no data. */
  readonly value: number | null;
}

/** Standards in their order, each with the values of the year's rehabilitations that count for it. */
export type StandardValues = ReadonlyMap<StandardName, readonly number[]>;

export async function collectValues(rehabilitations: Iterable<RehabilitationFacts>, auditYear: number): Promise<StandardValues> {
  const values = new Map<StandardName, number[]>(STANDARDS.map(({ name }) => [name, []]));
  await new LongWork().each(rehabilitations, (facts) => {
    for (const contribution of contributionsOf(facts))
      if (contribution.auditYear === auditYear) values.get(contribution.standard)?.push(contribution.value);
  });
  return values;
}

export const figureUnitOf = (name: StandardName, { by }: Measure): FigureUnit => {
  if (by === "SHARE") return "PERCENT";
  if (by === "MEDIAN_DAYS") return "DAYS";
  return name === "PRIORITY_GROUPS" ? "GROUPS" : "PROFESSIONS";
};

export function figureOf(
  { name, measure }: { readonly name: StandardName; readonly measure: Measure },
  values: readonly number[],
  { survey, threshold }: { readonly survey: Survey | null; readonly threshold: Threshold | null },
): StandardFigure {
  const figure = { standard: name, unit: figureUnitOf(name, measure) };
  if (measure.by === "SURVEY") return { ...figure, ...surveyed(name, survey) };
  const denominator = values.length;
  if (denominator === 0) return { ...figure, numerator: null, denominator, value: null };
  if (measure.by === "MEDIAN_DAYS") {
    const numerator = threshold && values.filter((days) => isReached(threshold, days)).length;
    return { ...figure, numerator, denominator, value: medianOf(values) };
  }
  const numerator = values.reduce((sum, value) => sum + value, 0);
  return { ...figure, numerator, denominator, value: (100 * numerator) / denominator };
}

function surveyed(name: StandardName, survey: Survey | null): Pick<StandardFigure, "numerator" | "denominator" | "value"> {
  if (survey === null) return { numerator: null, denominator: null, value: null };
  if (name === "PRIORITY_GROUPS") {
    const offered = survey.groupsOffered.length;
    return { numerator: offered, denominator: PRIORITY_GROUPS.length, value: offered };
  }
  const professions = regularProfessions(survey);
  return { numerator: professions, denominator: null, value: professions };
}

/** `NO_VALUE`: it would count, but for a date that is missing or out of range. */
export const LISTED_STATES = ["MET", "NOT_MET", "NO_VALUE"] as const;
export type ListedState = (typeof LISTED_STATES)[number];

export interface ListedRehabilitation {
  readonly rehabilitationId: string;
  readonly patientId: string;
  readonly state: ListedState;
  /** Days of a median; null of a share, and where there is none. */
  readonly days: number | null;
}

/** Who is behind a figure: those in the numerator, those who keep it from growing, those who are not counted for want of a date. */
export function listBehind(
  { name, measure }: { readonly name: StandardName; readonly measure: Measure },
  rehabilitations: readonly CountedRehabilitation[],
  { auditYear, threshold }: { readonly auditYear: number; readonly threshold: Threshold | null },
): readonly ListedRehabilitation[] {
  const listed: ListedRehabilitation[] = [];
  for (const facts of rehabilitations) {
    if (facts.coreStartDate === null || auditYearOf(facts.coreStartDate) !== auditYear || !isConcerned(measure, facts)) continue;
    const value = contributionsOf(facts).find(({ standard }) => standard === name)?.value ?? null;
    const days = measure.by === "SHARE" ? null : value;
    listed.push({ rehabilitationId: facts.id, patientId: facts.patientId, state: stateOf(measure, value, threshold), days });
  }
  return listed;
}

function stateOf({ by }: Measure, value: number | null, threshold: Threshold | null): ListedState {
  if (value === null) return "NO_VALUE";
  const isMet = by === "SHARE" ? value === 1 : threshold !== null && isReached(threshold, value);
  return isMet ? "MET" : "NOT_MET";
}

function isConcerned(measure: Measure, facts: RehabilitationFacts): boolean {
  if (measure.by === "SURVEY") return false;
  if (measure.by === "SHARE" || measure.groups === null) return true;
  const group = priorityGroupOf(facts);
  return group !== null && measure.groups.includes(group);
}
