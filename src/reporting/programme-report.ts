/** A programme's report of a period: how many, how long, how patients fared, how complete, and where the programme stands. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { LongWork } from "../lib/long-work.ts";
import type { Actor } from "../records/actor.ts";
import { auditYearOf, countedDaysBy, type RehabilitationFacts } from "../standards/contributions.ts";
import { type PriorityGroup, STANDARDS } from "../standards/standards-data.ts";
import type { Clock } from "../submission/ports.ts";
import { type Certification, certify } from "./certify.ts";
import { type FieldCompleteness, listFields, readNationalFilled } from "./completeness.ts";
import { DEFAULT_FREQUENCY, type Lateness, latenessOf } from "./lateness.ts";
import {
  improvedQuestion,
  type NationalQuestion,
  type NationalSource,
  type ReadNationalFigures,
  STANDARD_QUESTIONS,
  START_WAIT,
} from "./national-figures.ts";
import { listOutcomes, type OutcomeChange } from "./outcomes.ts";
import { auditYearIn, auditYearPeriod, type Period, readPeriod } from "./period.ts";
import { type Quartiles, quartilesOf } from "./quartiles.ts";
import type {
  CompletenessStore,
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
  /** Median days of the nation; null: not published. */
  readonly nationalMedian: number | null;
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
  /** The cut that the figures of the nation are from; null: none is published of the year. */
  readonly national: NationalSource | null;
  /** Of the audit year in which the period ends. */
  readonly certification: Certification;
  readonly lateness: Lateness;
}

export interface ProgrammeReportDependencies {
  readonly store: Pick<ReportingStore, "programme">;
  readonly reports: ProgrammeReportStore;
  readonly completeness: CompletenessStore;
  readonly readNational: ReadNationalFigures;
  readonly dictionary: Dictionary;
  readonly clock: Pick<Clock, "now">;
}

/** @throws GatewayError FORBIDDEN, BAD_USER_INPUT, DATABASE_UNAVAILABLE */
export type ReadProgrammeReport = (actor: Actor, programmeCode: string, period: Period) => Promise<ProgrammeReport>;

export const createReadProgrammeReport =
  ({ store, reports, completeness, readNational, dictionary, clock }: ProgrammeReportDependencies): ReadProgrammeReport =>
  async (actor, programmeCode, wanted) => {
    const period = readPeriod(wanted);
    const scope = await requireOwnProgramme(store, actor, programmeCode);
    const entry = toReportEntry(actor, scope, { action: "READ", type: "READ_PROGRAMME_REPORT", details: { ...period } });
    const auditYear = auditYearOf(period.to);
    const asked = { period, auditYear, around: around(period, auditYearPeriod(auditYear)) };
    const [rows, filled, figures] = await Promise.all([
      reports.read(scope, asked, entry),
      completeness.filled(scope, period, null),
      readNational(auditYear),
    ]);
    const national = await readNationalFilled(completeness, figures);
    const { counts, rehabilitations } = rows;
    const values = await collectValues(rehabilitations, auditYear);
    const { nation } = scope.programme;
    const now = clock.now();
    const eligible = auditYearIn(period) === null ? null : rows.eligible;
    return {
      programme: scope.programme,
      period,
      madeAt: now,
      counts,
      uptakePercent: eligible === null || eligible === 0 ? null : (100 * counts.started) / eligible,
      durations: await listDurations(rehabilitations, period, (question) => figures?.of(nation, question) ?? null),
      outcomes: await listOutcomes(rehabilitations, period, (item) => {
        const question = improvedQuestion(item);
        return question && (figures?.of(nation, question) ?? null);
      }),
      national: figures?.source ?? null,
      completeness: listFields(dictionary, filled, national),
      certification: certify({ auditYear, nation, values, survey: rows.survey, thresholds: rows.thresholds }),
      lateness: latenessOf(rows.frequency ?? DEFAULT_FREQUENCY, rows.lastSubmittedAt, now),
    };
  };

/** The wait of everybody, and what the standards count: of rehabilitations whose core began in the period. */
const DURATIONS = [
  {
    label: "Wait from referral to core start, all patients",
    measure: { by: "MEDIAN_DAYS", from: "REFERRAL", to: "CORE_START", groups: null as readonly PriorityGroup[] | null },
    question: START_WAIT,
  } as const,
  ...STANDARDS.flatMap(({ name, label, measure }) =>
    measure.by === "MEDIAN_DAYS" ? [{ label, measure, question: STANDARD_QUESTIONS[name] ?? null }] : [],
  ),
];

const around = (one: Period, other: Period): Period => ({
  from: one.from < other.from ? one.from : other.from,
  to: one.to > other.to ? one.to : other.to,
});

async function listDurations(
  facts: readonly RehabilitationFacts[],
  { from, to }: Period,
  national: (question: NationalQuestion) => number | null,
): Promise<readonly DurationFigure[]> {
  const days: number[][] = DURATIONS.map(() => []);
  await new LongWork().each(facts, (each) => {
    if (each.coreStartDate === null || each.coreStartDate < from || each.coreStartDate > to) return;
    for (const [index, { measure }] of DURATIONS.entries()) {
      const counted = countedDaysBy(measure, each);
      if (counted !== null) days[index]?.push(counted);
    }
  });
  return DURATIONS.map(({ label, question }, index) => ({
    label,
    days: quartilesOf(days[index] ?? []),
    nationalMedian: question && national(question),
  }));
}
