/** A programme's report of a period: how many, how long, how patients fared, how complete, and where the programme stands. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { LongWork } from "../lib/long-work.ts";
import type { Actor } from "../records/actor.ts";
import { auditYearOf, countedDaysBy, type RehabilitationFacts } from "../standards/contributions.ts";
import { type PriorityGroup, STANDARDS } from "../standards/standards-data.ts";
import type { Clock } from "../submission/ports.ts";
import { type Certification, certify } from "./certify.ts";
import { type FieldCompleteness, listFields } from "./completeness.ts";
import { DEFAULT_FREQUENCY, type Lateness, latenessOf } from "./lateness.ts";
import { auditYearIn, auditYearPeriod, type Period, readPeriod } from "./period.ts";
import { type Quartiles, quartilesOf } from "./quartiles.ts";
import type {
  CompletenessStore,
  OutcomeChange,
  PeriodCounts,
  ProgrammeReportStore,
  ReportedProgramme,
  ReportingStore,
} from "./reporting-ports.ts";
import { requireOwnProgramme, toReportEntry } from "./reporting-scope.ts";
import { collectValues } from "./standard-figures.ts";

export interface DurationFigure {
  readonly label: string;
  /** Days; null: of nobody. */
  readonly days: Quartiles | null;
}

export interface ProgrammeReport {
  readonly programme: ReportedProgramme;
  readonly period: Period;
  /** ISO instant. */
  readonly madeAt: string;
  readonly counts: PeriodCounts;
  /** Starters for each hundred who could have come; null: the period is no audit year, or nobody recorded how many could. */
  readonly uptakePercent: number | null;
  readonly durations: readonly DurationFigure[];
  readonly outcomes: readonly OutcomeChange[];
  readonly completeness: readonly FieldCompleteness[];
  /** Of the audit year in which the period ends. */
  readonly certification: Certification;
  readonly lateness: Lateness;
}

export interface ProgrammeReportDependencies {
  readonly store: ReportingStore;
  readonly reports: ProgrammeReportStore;
  readonly completeness: CompletenessStore;
  readonly dictionary: Dictionary;
  readonly clock: Pick<Clock, "now">;
}

/** @throws GatewayError FORBIDDEN, BAD_USER_INPUT, DATABASE_UNAVAILABLE */
export type ReadProgrammeReport = (actor: Actor, programmeCode: string, period: Period) => Promise<ProgrammeReport>;

export const createReadProgrammeReport =
  ({ store, reports, completeness, dictionary, clock }: ProgrammeReportDependencies): ReadProgrammeReport =>
  async (actor, programmeCode, asked) => {
    const period = readPeriod(asked);
    const scope = await requireOwnProgramme(store, actor, programmeCode);
    const entry = toReportEntry(actor, scope, { action: "READ", type: "READ_PROGRAMME_REPORT", details: { ...period } });
    const { counts, outcomes } = await reports.read(scope, period, entry);
    const auditYear = auditYearOf(period.to);
    // One read for both: what certification counts is of the audit year, durations are of the period.
    const rows = await store.certificationRows(scope, { auditYear, period: around(period, auditYearPeriod(auditYear)) }, null);
    const values = await collectValues(rows.rehabilitations, auditYear);
    const { nation } = scope.programme;
    const now = clock.now();
    const eligible = auditYearIn(period) === null ? null : rows.eligible;
    return {
      programme: scope.programme,
      period,
      madeAt: now,
      counts,
      uptakePercent: eligible === null || eligible === 0 ? null : (100 * counts.started) / eligible,
      durations: await listDurations(rows.rehabilitations, period),
      outcomes,
      completeness: listFields(dictionary, await completeness.filled(scope, period, null), await completeness.national(period)),
      certification: certify({ auditYear, nation, values, survey: rows.survey, thresholds: rows.thresholds }),
      lateness: latenessOf(rows.frequency ?? DEFAULT_FREQUENCY, rows.lastSubmittedAt, now),
    };
  };

/** The wait of everybody, and what the standards count: of rehabilitations whose core began in the period. */
const DURATIONS = [
  {
    label: "Wait from referral to core start, all patients",
    measure: { by: "MEDIAN_DAYS", from: "REFERRAL", to: "CORE_START", groups: null as readonly PriorityGroup[] | null },
  } as const,
  ...STANDARDS.flatMap(({ label, measure }) => (measure.by === "MEDIAN_DAYS" ? [{ label, measure }] : [])),
];

const around = (one: Period, other: Period): Period => ({
  from: one.from < other.from ? one.from : other.from,
  to: one.to > other.to ? one.to : other.to,
});

async function listDurations(facts: readonly RehabilitationFacts[], { from, to }: Period): Promise<readonly DurationFigure[]> {
  const days: number[][] = DURATIONS.map(() => []);
  await new LongWork().each(facts, (each) => {
    if (each.coreStartDate === null || each.coreStartDate < from || each.coreStartDate > to) return;
    for (const [index, { measure }] of DURATIONS.entries()) {
      const counted = countedDaysBy(measure, each);
      if (counted !== null) days[index]?.push(counted);
    }
  });
  return DURATIONS.map(({ label }, index) => ({ label, days: quartilesOf(days[index] ?? []) }));
}
