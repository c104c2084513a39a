/** What reports need from outside. Reads are under the row-level security of the scope, with their entry in the audit trail in the same transaction. */
import type { Nation } from "../access/registration-ports.ts";
import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { Actor, OrganisationActor } from "../records/actor.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { RehabilitationFacts } from "../standards/contributions.ts";
import type { Survey } from "../standards/programme-survey.ts";
import type { Frequency } from "./lateness.ts";
import type { Period } from "./period.ts";
import type { CountedRehabilitation } from "./standard-figures.ts";
import type { RecordedSurvey } from "./survey.ts";
import type { Threshold } from "./threshold.ts";

export interface ReportedProgramme {
  readonly code: string;
  readonly name: string;
  readonly ods: string;
  readonly organisation: string;
  readonly nation: Nation;
}

/** One programme, seen by its own team, or by an administrator of the audit: only those of its patients who may go to the national side. */
export interface ReportingScope {
  readonly programme: ReportedProgramme;
  readonly view: "OWN" | "ADMINISTRATION";
}

/** What a certification is made of, beside its threshold rows. */
export interface CertificationRows<Rehabilitation = CountedRehabilitation> {
  /** Whose core programme began in the period. */
  readonly rehabilitations: readonly Rehabilitation[];
  readonly survey: RecordedSurvey | null;
  /** Those of the site, the latest first. */
  readonly thresholds: readonly Threshold[];
  readonly frequency: Frequency | null;
  readonly lastSubmittedAt: string | null;
  readonly eligible: number | null;
}

export interface RecordedThreshold extends Threshold {
  readonly id: string;
  readonly recordedAt: string;
}

export interface Denominator {
  readonly programmeCode: string;
  readonly auditYear: number;
  readonly eligible: number;
  /** Where the number comes from. */
  readonly source: string;
}

export interface ProgrammeStanding {
  readonly programme: ReportedProgramme;
  readonly frequency: Frequency | null;
  readonly lastSubmittedAt: string | null;
}

export interface ReportingStore {
  /** Null: there is none of this code. */
  programme(code: string): Promise<ReportedProgramme | null>;
  certificationRows(
    scope: ReportingScope,
    { auditYear, period }: { readonly auditYear: number; readonly period: Period },
    entry: AuditEntry | null,
  ): Promise<CertificationRows>;
  addSurvey(
    scope: ReportingScope,
    survey: Survey & Pick<RecordedSurvey, "id" | "auditYear">,
    entry: AuditEntry,
  ): Promise<RecordedSurvey>;
  /** The latest first, a hundred at most. */
  surveys(scope: ReportingScope, auditYear: number): Promise<readonly RecordedSurvey[]>;
  addThresholds(rows: readonly (Threshold & { readonly id: string })[], entry: AuditEntry): Promise<void>;
  /** Of the year and the years before, the latest first. */
  thresholds(auditYear: number): Promise<readonly RecordedThreshold[]>;
  /** How many of different codes are none of a registered programme. */
  missingProgrammes(codes: readonly string[]): Promise<number>;
  addDenominators(rows: readonly (Denominator & { readonly id: string })[], entry: AuditEntry): Promise<void>;
  /** @returns when the programme last submitted; null: never */
  setFrequency(scope: ReportingScope, id: string, frequency: Frequency, entry: AuditEntry): Promise<string | null>;
  /** By the programme's code. */
  standings(page: PageRequest, entry: AuditEntry): Promise<Page<ProgrammeStanding>>;
  /** The sender's own ids of patients, as far as the actor may see the submissions that made them. */
  sourceIdsOf(actor: OrganisationActor, patientIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Writes an entry of what was shown of patients. */
  note(actor: OrganisationActor, entry: AuditEntry): Promise<void>;
}

export interface PeriodCounts {
  readonly referred: number;
  readonly agreed: number;
  readonly started: number;
  /** Ended in the period, and completed. */
  readonly completed: number;
  /** By number, dated in the period. */
  readonly assessments: readonly { readonly number: number; readonly count: number }[];
}

export interface MeasuredAssessment {
  readonly number: number;
  readonly date: string | null;
  /** In the order of `OUTCOME_MEASURES`. */
  readonly scores: readonly (number | null)[];
}
export interface MeasuredRehabilitation extends RehabilitationFacts {
  readonly assessments: readonly MeasuredAssessment[];
}

export interface AskedReport {
  readonly period: Period;
  readonly auditYear: number;
  /** The period and the audit year: one read for both. */
  readonly around: Period;
}

export interface ProgrammeReportRows extends CertificationRows<MeasuredRehabilitation> {
  readonly counts: PeriodCounts;
}

export interface ProgrammeReportStore {
  read(scope: ReportingScope, asked: AskedReport, entry: AuditEntry): Promise<ProgrammeReportRows>;
}

/** How many rows of a month have an item. */
export interface FilledCount {
  readonly recordType: RecordTypeName;
  /** `YYYY-MM` of the referral, or of what stands for it. */
  readonly month: string;
  readonly rows: number;
  /** By item, in the order the statement asks for: known values, and those that say "unknown". */
  readonly items: ReadonlyMap<string, { readonly known: number; readonly unknown: number }>;
}

export interface NationalFilled {
  readonly recordType: RecordTypeName;
  readonly item: string;
  readonly rows: number;
  readonly filled: number;
  readonly organisations: number;
}

export interface CompletenessStore {
  filled(scope: ReportingScope, period: Period, entry: AuditEntry | null): Promise<readonly FilledCount[]>;
  /** Of the frozen rows of a cut that is not withdrawn. */
  national(cutId: string, auditYear: number): Promise<readonly NationalFilled[]>;
}

/** A patient's assessments under the own programmes. */
export interface ProgressRows {
  readonly patientId: string;
  /** Identifying items by name; null: not asked for. */
  readonly identity: Readonly<Record<string, Value | null>> | null;
  readonly rehabilitations: readonly {
    readonly id: string;
    readonly programmeCode: string;
    readonly eventType: string | null;
    readonly eventDate: string | null;
    readonly coreStartDate: string | null;
    readonly coreEndDate: string | null;
    readonly assessments: readonly {
      readonly number: number;
      readonly date: string | null;
      readonly values: Readonly<Record<string, string | number | null>>;
    }[];
  }[];
}

export interface ProgressStore {
  /** Null: there is no such patient. Writes its entry in either case. */
  read(actor: OrganisationActor, patientId: string, withIdentity: boolean): Promise<ProgressRows | null>;
}

/** A row of the importer's file, by the names of its columns. */
export type ImporterValues = Readonly<Record<string, Value | null>>;

export interface ImporterRowStore {
  /** Writes the entry of the whole export. */
  begin(actor: Actor, scope: ReportingScope, withIdentity: boolean): Promise<void>;
  /** Rows of one record type, some at a time, as they stand when the reader gets there. */
  rows(scope: ReportingScope, recordType: RecordTypeName, withIdentity: boolean): AsyncIterable<readonly ImporterValues[]>;
  /** The latest of each audit year. */
  surveys(scope: ReportingScope): Promise<readonly RecordedSurvey[]>;
}
