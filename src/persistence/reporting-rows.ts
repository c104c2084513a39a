/** Rows of reports as the use case knows them. */
import { NATIONS } from "../access/registration-ports.ts";
import { LongWork } from "../lib/long-work.ts";
import { STANDARD_NAMES } from "../records/standard-movement.ts";
import { FREQUENCIES, type Frequency } from "../reporting/lateness.ts";
import type { MeasuredRehabilitation, RecordedThreshold, ReportedProgramme } from "../reporting/reporting-ports.ts";
import type { CountedRehabilitation } from "../reporting/standard-figures.ts";
import type { RecordedSurvey } from "../reporting/survey.ts";
import { THRESHOLD_BASES, THRESHOLD_OPERATORS, THRESHOLD_STATUSES } from "../reporting/threshold.ts";
import { OUTCOME_MEASURES, scoreOf } from "../standards/outcome-measures.ts";
import type { SurveyStaff } from "../standards/programme-survey.ts";
import { PRIORITY_GROUPS } from "../standards/standards-data.ts";
import { numberOf, type SqlRow, textOf, textsOf, wordOf } from "./sql-row.ts";

export const toProgramme = (row: SqlRow): ReportedProgramme => ({
  code: textOf(row, "code"),
  name: textOf(row, "name"),
  ods: textOf(row, "ods"),
  organisation: textOf(row, "organisation"),
  nation: wordOf(row, "nation", NATIONS),
});

export function toSurvey(row: SqlRow): RecordedSurvey {
  const staff: readonly SurveyStaff[] = JSON.parse(textOf(row, "staff"));
  const offered = new Set(textsOf(row, "groups_offered"));
  return {
    id: textOf(row, "id"),
    auditYear: numberOf(row, "audit_year"),
    staff,
    groupsOffered: PRIORITY_GROUPS.filter((group) => offered.has(group)),
    recordedAt: textOf(row, "recorded_at"),
  };
}

export const toThreshold = (row: SqlRow): RecordedThreshold => ({
  id: textOf(row, "id"),
  auditYear: numberOf(row, "audit_year"),
  nation: wordOf(row, "nation", NATIONS),
  standard: wordOf(row, "standard", STANDARD_NAMES),
  operator: wordOf(row, "operator", THRESHOLD_OPERATORS),
  value: numberOf(row, "value"),
  basis: wordOf(row, "basis", THRESHOLD_BASES),
  status: wordOf(row, "status", THRESHOLD_STATUSES),
  source: textOf(row, "source"),
  recordedAt: textOf(row, "recorded_at"),
});

export const toFrequency = (row: SqlRow | undefined): Frequency | null =>
  row === undefined || row.frequency === null ? null : wordOf(row, "frequency", FREQUENCIES);

type AssessmentRow = readonly [number: number, date: string | null, ...measures: (string | number | null)[]];

/** As `compileFacts` selects them; the ids where it was asked for them. */
type FactRow = readonly [
  eventType: string | null,
  eventReferralDate: string | null,
  treatmentTypes: readonly string[],
  referralDate: string | null,
  coreStartDate: string | null,
  coreEndDate: string | null,
  assessments: readonly AssessmentRow[],
  ...ids: string[],
];

/** Of the statement `FACTS`. */
export const toFacts = (row: SqlRow | undefined): readonly CountedRehabilitation[] =>
  readFacts(row).map((fact) => {
    const [, , , , , , , id, patientId] = fact;
    if (id === undefined || patientId === undefined) throw new Error("A rehabilitation has its id and its patient's");
    return { ...toRehabilitation(fact, ([number, date]) => ({ number, date })), id, patientId };
  });

/** Of `compileMeasuredFacts`. */
export const toMeasuredFacts = (row: SqlRow | undefined): Promise<readonly MeasuredRehabilitation[]> =>
  new LongWork().map(readFacts(row), (fact) =>
    toRehabilitation(fact, ([number, date, ...values]) => ({
      number,
      date,
      scores: OUTCOME_MEASURES.map((measure, index) => scoreOf(measure, values[index] ?? null)),
    })),
  );

function readFacts(row: SqlRow | undefined): readonly FactRow[] {
  if (row === undefined) throw new Error("An aggregate returned no row");
  return JSON.parse(textOf(row, "facts"));
}

function toRehabilitation<Assessment>(
  [eventType, eventReferralDate, treatmentTypes, referralDate, coreStartDate, coreEndDate, list]: FactRow,
  toAssessment: (row: AssessmentRow) => Assessment,
) {
  const dates = { eventReferralDate, referralDate, coreStartDate, coreEndDate };
  return { eventType, treatmentTypes, ...dates, assessments: list.map(toAssessment) };
}
