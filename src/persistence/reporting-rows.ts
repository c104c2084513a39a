/** Rows of reports as the use case knows them. */
import { NATIONS } from "../access/registration-ports.ts";
import { STANDARD_NAMES } from "../records/standard-movement.ts";
import { FREQUENCIES, type Frequency } from "../reporting/lateness.ts";
import type { RecordedThreshold, ReportedProgramme } from "../reporting/reporting-ports.ts";
import type { CountedRehabilitation } from "../reporting/standard-figures.ts";
import type { RecordedSurvey, SurveyStaff } from "../reporting/survey.ts";
import { THRESHOLD_BASES, THRESHOLD_OPERATORS, THRESHOLD_STATUSES } from "../reporting/threshold.ts";
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

type FactRow = readonly [
  id: string,
  patientId: string,
  eventType: string | null,
  eventReferralDate: string | null,
  treatmentTypes: readonly string[],
  referralDate: string | null,
  coreStartDate: string | null,
  coreEndDate: string | null,
  assessments: readonly (readonly [number: number, date: string | null])[],
];

/** Of the statement `FACTS`. */
export function toFacts(row: SqlRow | undefined): readonly CountedRehabilitation[] {
  if (row === undefined) throw new Error("An aggregate returned no row");
  const facts: readonly FactRow[] = JSON.parse(textOf(row, "facts"));
  return facts.map(
    ([id, patientId, eventType, eventReferralDate, treatmentTypes, referralDate, coreStartDate, coreEndDate, list]) => ({
      id,
      patientId,
      eventType,
      eventReferralDate,
      treatmentTypes,
      referralDate,
      coreStartDate,
      coreEndDate,
      assessments: list.map(([number, date]) => ({ number, date })),
    }),
  );
}
