/** Where reports read and write: a team's own programme as `nacr_app`, administration as `nacr_reporter`, which sees what figures are made of. */
import type { Page } from "../lib/page.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { CertificationRows, ProgrammeStanding, ReportingScope, ReportingStore } from "../reporting/reporting-ports.ts";
import type { NewId } from "../submission/ports.ts";
import type { StatusStore } from "../submission/status-ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction, UnitOptions, UnitSettings } from "./database/unit.ts";
import { readCode, toCursor, toPage } from "./page-cursor.ts";
import { toFacts, toFrequency, toProgramme, toSurvey, toThreshold } from "./reporting-rows.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  COUNT_PROGRAMMES,
  COUNT_REGISTERED,
  CREATED_PLACES,
  ELIGIBLE,
  FACTS,
  FIND_PROGRAMMES,
  INSERT_DENOMINATORS,
  INSERT_FREQUENCY,
  INSERT_SURVEY,
  INSERT_THRESHOLDS,
  STANDINGS,
  SURVEYS,
  THRESHOLDS,
} from "./sql/reporting-queries.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

export interface ReportingStoreDependencies {
  readonly database: Database;
  readonly newId: NewId;
  /** For the sender's own ids, which stand in the answers that were given. */
  readonly status: Pick<StatusStore, "resultsAt">;
}

/** Figures of a large programme on a busy machine. */
export const REPORT_TIMEOUT: UnitOptions = { timeoutMs: 30_000 };
const REPORTER: UnitSettings = { role: "nacr_reporter" };
const SURVEYS_SHOWN = 100;

/** One programme at a time, whoever asks. */
export const settingsOf = ({ programme: { ods, code }, view }: ReportingScope): UnitSettings => ({
  role: view === "OWN" ? "nacr_app" : "nacr_reporter",
  ods,
  programmes: [code],
});

/** An act with its entry, in one transaction. */
type Act = <T>(settings: UnitSettings, entry: AuditEntry | null, work: (tx: Transaction) => Promise<T>) => Promise<T>;

export function createReportingStore({ database, newId, status }: ReportingStoreDependencies): ReportingStore {
  const act: Act = (settings, entry, work) =>
    database.withRole(
      settings,
      async (tx) => {
        const result = await work(tx);
        if (entry !== null) await writeAuditEntry(tx, entry, newId);
        return result;
      },
      REPORT_TIMEOUT,
    );
  return {
    ...createProgrammeSide(act),
    ...createAdministrationSide(act),
    sourceIdsOf: async (actor, patientIds) => {
      const places = await act(ownUnit(actor), null, (tx) => rowsOf(tx, CREATED_PLACES, [actor.ods, toArrayLiteral(patientIds)]));
      const asked = places.map((row) => ({ submissionId: textOf(row, "submission_id"), index: numberOf(row, "idx") }));
      const results = await status.resultsAt(actor, asked);
      return new Map(
        places.flatMap((row, index) => {
          const sourceId = results[index]?.sourceRecordId ?? null;
          return sourceId === null ? [] : [[textOf(row, "id"), sourceId] as const];
        }),
      );
    },
    note: (actor, entry) => act(ownUnit(actor), entry, () => Promise.resolve()),
  };
}

type ProgrammeSide = Pick<ReportingStore, "programme" | "certificationRows" | "addSurvey" | "surveys">;

const createProgrammeSide = (act: Act): ProgrammeSide => ({
  programme: (code) =>
    act(REPORTER, null, async (tx) => {
      const [row] = await rowsOf(tx, FIND_PROGRAMMES, [code, null, 1]);
      return row === undefined ? null : toProgramme(row);
    }),
  certificationRows: (scope, asked, entry) => act(settingsOf(scope), entry, (tx) => readCertification(tx, scope, asked)),
  addSurvey: (scope, { id, auditYear, staff, groupsOffered }, entry) =>
    act(settingsOf(scope), entry, async (tx) => {
      const { ods, code } = scope.programme;
      const values = [id, ods, code, auditYear, JSON.stringify(staff), toArrayLiteral(groupsOffered), entry.agent.id, null];
      return toSurvey(one(await rowsOf(tx, INSERT_SURVEY, values)));
    }),
  surveys: (scope, auditYear) =>
    act(settingsOf(scope), null, async (tx) => {
      const { ods, code } = scope.programme;
      return (await rowsOf(tx, SURVEYS, [ods, code, auditYear, SURVEYS_SHOWN])).map(toSurvey);
    }),
});

type AdministrationSide = Pick<
  ReportingStore,
  "addThresholds" | "thresholds" | "missingProgrammes" | "addDenominators" | "setFrequency" | "standings"
>;

const THRESHOLD_COLUMNS = ["id", "auditYear", "nation", "standard", "operator", "value", "basis", "status", "source"] as const;
const DENOMINATOR_COLUMNS = ["id", "programmeCode", "auditYear", "eligible", "source"] as const;

const createAdministrationSide = (act: Act): AdministrationSide => ({
  addThresholds: (rows, entry) =>
    act(REPORTER, entry, async (tx) => {
      const columns = THRESHOLD_COLUMNS.map((name) => toColumnLiteral(rows, (row) => row[name]));
      await tx.$executeRaw(INSERT_THRESHOLDS([...columns, entry.agent.id]));
    }),
  thresholds: (auditYear) => act(REPORTER, null, async (tx) => (await rowsOf(tx, THRESHOLDS, [auditYear])).map(toThreshold)),
  missingProgrammes: (codes) =>
    act(REPORTER, null, async (tx) => {
      const found = one(await rowsOf(tx, COUNT_REGISTERED, [toArrayLiteral(codes)]));
      return codes.length - numberOf(found, "total");
    }),
  addDenominators: (rows, entry) =>
    act(REPORTER, entry, async (tx) => {
      const columns = DENOMINATOR_COLUMNS.map((name) => toColumnLiteral(rows, (row) => row[name]));
      await tx.$executeRaw(INSERT_DENOMINATORS([...columns, entry.agent.id]));
    }),
  setFrequency: (scope, id, frequency, entry) =>
    act(settingsOf(scope), entry, async (tx) => {
      const { ods, code } = scope.programme;
      await tx.$executeRaw(INSERT_FREQUENCY([id, ods, code, frequency, entry.agent.id]));
      return optionalTextOf(one(await rowsOf(tx, STANDINGS, [toArrayLiteral([code])])), "last_submitted_at");
    }),
  standings: (page, entry) => act(REPORTER, entry, (tx) => readStandings(tx, page)),
});

const ownUnit = ({ ods, programmes }: OrganisationActor): UnitSettings => ({ role: "nacr_app", ods, programmes });

const rowsOf = (tx: Transaction, sql: ConstantSql, values: readonly unknown[]): Promise<SqlRow[]> =>
  tx.$queryRaw<SqlRow[]>(sql(values));

function one(rows: readonly SqlRow[]): SqlRow {
  const [row] = rows;
  if (row === undefined) throw new Error("A statement returned no row");
  return row;
}

async function readCertification(
  tx: Transaction,
  scope: ReportingScope,
  { auditYear, period }: Parameters<ReportingStore["certificationRows"]>[1],
): Promise<CertificationRows> {
  const { ods, code } = scope.programme;
  const [facts] = await rowsOf(tx, FACTS[scope.view], [ods, code, period.from, period.to]);
  return { ...(await readStanding(tx, scope, auditYear)), rehabilitations: toFacts(facts) };
}

/** What stands beside the rehabilitations of an audit year. */
export async function readStanding(
  tx: Transaction,
  { programme: { ods, code } }: ReportingScope,
  auditYear: number,
): Promise<Omit<CertificationRows, "rehabilitations">> {
  const [survey] = await rowsOf(tx, SURVEYS, [ods, code, auditYear, 1]);
  const thresholds = await rowsOf(tx, THRESHOLDS, [auditYear]);
  const [standing] = await rowsOf(tx, STANDINGS, [toArrayLiteral([code])]);
  const [eligible] = await rowsOf(tx, ELIGIBLE, [ods, code, auditYear]);
  return {
    survey: survey === undefined ? null : toSurvey(survey),
    thresholds: thresholds.map(toThreshold),
    frequency: toFrequency(standing),
    lastSubmittedAt: standing === undefined ? null : optionalTextOf(standing, "last_submitted_at"),
    eligible: eligible === undefined ? null : numberOf(eligible, "eligible"),
  };
}

async function readStandings(
  tx: Transaction,
  { first, after }: Parameters<ReportingStore["standings"]>[0],
): Promise<Page<ProgrammeStanding>> {
  const total = numberOf(one(await rowsOf(tx, COUNT_PROGRAMMES, [])), "total");
  const programmes = (await rowsOf(tx, FIND_PROGRAMMES, [null, after && readCode(after), first + 1])).map(toProgramme);
  const rows = await rowsOf(tx, STANDINGS, [toArrayLiteral(programmes.map(({ code }) => code))]);
  const byCode = new Map(rows.map((row) => [textOf(row, "code"), row]));
  const standings = programmes.map((programme): ProgrammeStanding => {
    const row = byCode.get(programme.code);
    const lastSubmittedAt = row === undefined ? null : optionalTextOf(row, "last_submitted_at");
    return { programme, frequency: toFrequency(row), lastSubmittedAt };
  });
  return toPage(standings, first, total, ({ programme }) => toCursor(programme.code));
}
