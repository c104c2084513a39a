/** Certification of programmes, who is behind its figures, and what administrators set it by. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { Actor } from "../records/actor.ts";
import { entryOf } from "../records/audit-entry.ts";
import type { StandardName } from "../records/standard-movement.ts";
import type { Survey } from "../standards/programme-survey.ts";
import { STANDARDS } from "../standards/standards-data.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import { type Certification, certify } from "./certify.ts";
import { chooseThreshold } from "./choose-threshold.ts";
import { listComputed } from "./computed-thresholds.ts";
import { discloseCertification } from "./disclose-certification.ts";
import { DEFAULT_FREQUENCY, type Frequency, type Lateness, latenessOf } from "./lateness.ts";
import type { ReadNationalFigures } from "./national-figures.ts";
import { pageOfList } from "./page-of-list.ts";
import { auditYearPeriod, readAuditYear } from "./period.ts";
import { readDenominators, readThresholds } from "./read-settings.ts";
import type { Denominator, RecordedThreshold, ReportedProgramme, ReportingStore } from "./reporting-ports.ts";
import { requireActing, requireOwnProgramme, requireProgramme, toReportEntry } from "./reporting-scope.ts";
import { collectValues, type ListedRehabilitation, type ListedState, listBehind } from "./standard-figures.ts";
import { type RecordedSurvey, readSurvey } from "./survey.ts";
import type { Threshold } from "./threshold.ts";

export interface ProgrammeCertification extends Certification {
  readonly programme: ReportedProgramme;
  /** Patients are counted exactly, and may be listed. */
  readonly isOwn: boolean;
}

export interface ListedPatient extends ListedRehabilitation {
  /** The sender's own id; null: of an input that had none, or whose answer is not kept. */
  readonly sourceRecordId: string | null;
}

export interface PatientsBehind {
  readonly programmeCode: string;
  readonly auditYear: number;
  readonly standard: StandardName;
  /** Null: all. */
  readonly state: ListedState | null;
}

export interface StandingOfProgramme extends Lateness {
  readonly programme: ReportedProgramme;
}

/** Every call: @throws GatewayError FORBIDDEN (a programme of nobody's too), BAD_USER_INPUT, DATABASE_UNAVAILABLE */
export interface CertificationService {
  certification(actor: Actor, programmeCode: string, auditYear: number): Promise<ProgrammeCertification>;
  /** Of the own programme alone. By the id of the rehabilitation. */
  patients(actor: Actor, asked: PatientsBehind, page: PageRequest): Promise<Page<ListedPatient>>;
  recordSurvey(actor: Actor, programmeCode: string, auditYear: number, survey: Survey): Promise<RecordedSurvey>;
  surveys(actor: Actor, programmeCode: string, auditYear: number): Promise<readonly RecordedSurvey[]>;
  recordThresholds(actor: Actor, rows: readonly Threshold[]): Promise<readonly RecordedThreshold[]>;
  /** From the cut in force, of the audit year: UNCONFIRMED, until they are recorded again as CONFIRMED. @throws GatewayError NOT_PUBLISHED */
  computeThresholds(actor: Actor, auditYear: number): Promise<readonly RecordedThreshold[]>;
  thresholds(auditYear: number): Promise<readonly RecordedThreshold[]>;
  recordDenominators(actor: Actor, rows: readonly Denominator[]): Promise<number>;
  setFrequency(actor: Actor, programmeCode: string, frequency: Frequency): Promise<StandingOfProgramme>;
  lateness(actor: Actor, page: PageRequest): Promise<Page<StandingOfProgramme>>;
}

export interface CertificationDependencies {
  readonly store: ReportingStore;
  readonly clock: Pick<Clock, "now">;
  readonly newId: NewId;
  readonly readNational: ReadNationalFigures;
}

export function createCertificationService(dependencies: CertificationDependencies): CertificationService {
  const { store, newId, clock, readNational } = dependencies;
  return {
    certification: (actor, programmeCode, auditYear) => readCertification(dependencies, actor, programmeCode, auditYear),
    patients: (actor, asked, page) => readPatients(dependencies, actor, asked, page),
    recordSurvey: async (actor, programmeCode, auditYear, survey) => {
      const scope = await requireOwnProgramme(store, actor, programmeCode);
      const row = { id: newId(), auditYear: readAuditYear(auditYear), ...readSurvey(survey) };
      const details = { auditYear, staff: row.staff.length, groups: row.groupsOffered.length };
      return await store.addSurvey(scope, row, toReportEntry(actor, scope, { action: "CREATE", type: "RECORD_SURVEY", details }));
    },
    surveys: async (actor, programmeCode, auditYear) =>
      await store.surveys(await requireOwnProgramme(store, actor, programmeCode), readAuditYear(auditYear)),
    recordThresholds: (actor, rows) => addThresholds(dependencies, actor, rows, {}),
    computeThresholds: async (actor, auditYear) => {
      const figures = await readNational(readAuditYear(auditYear));
      if (figures === null)
        throw new GatewayError("NOT_PUBLISHED", "The cut in force has no published figures of this audit year.");
      const rows = listComputed(figures);
      if (rows.length === 0) throw new GatewayError("NOT_PUBLISHED", "The cut withholds every figure that a threshold could be.");
      return await addThresholds(dependencies, actor, rows, { cut: figures.source.cutId });
    },
    thresholds: (auditYear) => store.thresholds(readAuditYear(auditYear)),
    recordDenominators: async (actor, rows) => {
      const read = readDenominators(rows).map((row) => ({ ...row, id: newId() }));
      const codes = [...new Set(read.map(({ programmeCode: code }) => code))];
      if ((await store.missingProgrammes(codes)) > 0) throw new GatewayError("NOT_FOUND", "A programme is not registered.");
      const details = { rows: read.length };
      await store.addDenominators(read, entryOf(actor, { action: "CREATE", type: "RECORD_DENOMINATORS", details }));
      return read.length;
    },
    setFrequency: async (actor, programmeCode, frequency) => {
      const scope = await requireProgramme(store, actor, programmeCode);
      const act = { action: "UPDATE", type: "SET_SUBMISSION_FREQUENCY", details: { frequency } } as const;
      const lastSubmittedAt = await store.setFrequency(scope, newId(), frequency, toReportEntry(actor, scope, act));
      return { programme: scope.programme, ...latenessOf(frequency, lastSubmittedAt, clock.now()) };
    },
    lateness: async (actor, page) => {
      const now = clock.now();
      const found = await store.standings(page, entryOf(actor, { action: "READ", type: "LIST_LATENESS" }));
      const nodes = found.nodes.map(({ cursor, node: { programme, frequency, lastSubmittedAt } }) => ({
        cursor,
        node: { programme, ...latenessOf(frequency ?? DEFAULT_FREQUENCY, lastSubmittedAt, now) },
      }));
      return { ...found, nodes };
    },
  };
}

async function addThresholds(
  { store, newId }: CertificationDependencies,
  actor: Actor,
  rows: readonly Threshold[],
  from: Readonly<Record<string, string>>,
): Promise<readonly RecordedThreshold[]> {
  const read = readThresholds(rows).map((row) => ({ ...row, id: newId() }));
  const details = { rows: read.length, ...from };
  await store.addThresholds(read, entryOf(actor, { action: "CREATE", type: "RECORD_THRESHOLDS", details }));
  const ids = new Set(read.map(({ id }) => id));
  return (await store.thresholds(Math.max(...read.map(({ auditYear }) => auditYear)))).filter(({ id }) => ids.has(id));
}

async function readCertification(
  { store }: CertificationDependencies,
  actor: Actor,
  programmeCode: string,
  auditYear: number,
): Promise<ProgrammeCertification> {
  const scope = await requireProgramme(store, actor, programmeCode);
  readAuditYear(auditYear);
  const entry = toReportEntry(actor, scope, { action: "READ", type: "READ_CERTIFICATION", details: { auditYear } });
  const rows = await store.certificationRows(scope, { auditYear, period: auditYearPeriod(auditYear) }, entry);
  const values = await collectValues(rows.rehabilitations, auditYear);
  const { nation } = scope.programme;
  const exact = certify({ auditYear, nation, values, survey: rows.survey, thresholds: rows.thresholds });
  const isOwn = scope.view === "OWN";
  return { ...(isOwn ? exact : discloseCertification(exact)), programme: scope.programme, isOwn };
}

async function readPatients(
  { store }: CertificationDependencies,
  actor: Actor,
  { programmeCode, auditYear, standard: name, state }: PatientsBehind,
  page: PageRequest,
): Promise<Page<ListedPatient>> {
  const scope = await requireOwnProgramme(store, actor, programmeCode);
  readAuditYear(auditYear);
  const standard = STANDARDS.find((candidate) => candidate.name === name);
  if (standard === undefined) throw new Error("A standard of the list is not among the standards");
  const asked = { auditYear, period: auditYearPeriod(auditYear) };
  const { rehabilitations, thresholds } = await store.certificationRows(scope, asked, null);
  const threshold = chooseThreshold(thresholds, { standard: name, nation: scope.programme.nation, auditYear });
  const listed = listBehind(standard, rehabilitations, { auditYear, threshold }).filter(
    (row) => state === null || row.state === state,
  );
  const found = pageOfList(listed, page, ({ rehabilitationId }) => rehabilitationId);
  const acting = requireActing(actor);
  const patientIds = [...new Set(found.nodes.map(({ node }) => node.patientId))];
  const details = { auditYear, standard: name, shown: patientIds.length };
  const act = { action: "READ", type: "LIST_CERTIFICATION_PATIENTS", patientIds, details } as const;
  await store.note({ ...acting, programmes: [programmeCode] }, toReportEntry(actor, scope, act));
  const sourceIds = await store.sourceIdsOf(acting, patientIds);
  const nodes = found.nodes.map(({ cursor, node }) => ({
    cursor,
    node: { ...node, sourceRecordId: sourceIds.get(node.patientId) ?? null },
  }));
  return { ...found, nodes };
}
