/** Agreements, in role `nacr_agreements`. A decision, what it makes of the agreement and its entry in the audit trail are one transaction. */
import type { Agreement, FrameworkContract } from "../agreements/agreement.ts";
import { USE_REFUSALS } from "../agreements/judge-use.ts";
import type { AgreementStore, ForeignAttempts, LoggedUse, TrailLine } from "../agreements/ports.ts";
import { createGroupCommit } from "../inbox/group-commit.ts";
import { toLondonDate } from "../lib/calendar-date.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { readAgreement, toAgreementRows, toRows } from "./agreement-row.ts";
import { writeAuditEntries, writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { readTimeAndAgreement, toCursor, toPage } from "./page-cursor.ts";
import {
  AGREEMENT_TRAIL,
  ATTENDED_AGREEMENTS,
  COUNT_AGREEMENTS,
  FIND_AGREEMENTS,
  FOREIGN_ATTEMPTS,
  LIST_CONTRACTS,
  LIST_USES,
  LOCK_AGREEMENT,
  PAGE_AGREEMENTS,
  PUT_AGREEMENT,
  PUT_BREACHES,
  PUT_CONTRACT,
  PUT_DESTRUCTION,
  PUT_SIGNATURES,
  PUT_STEPS,
  PUT_USE,
  PUT_VERSIONS,
  SIGNED_AGREEMENTS,
} from "./sql/agreement-statements.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf, textsOf, wordOf } from "./sql-row.ts";

export interface AgreementStoreDependencies {
  readonly database: Database;
  readonly newId: NewId;
}

const ROLE = { role: "nacr_agreements" } as const;
/** Uses of one read, and of one write. */
const MOST_AT_ONCE = 200;

export function createAgreementStore({ database, newId }: AgreementStoreDependencies): AgreementStore {
  const unit: Unit = (work) => database.withRole(ROLE, work);
  const [reads, logs] = [createReads(unit), createLogs(unit, newId)];
  const list = (sql: ConstantSql, values: readonly unknown[]): Promise<readonly SqlRow[]> =>
    unit((tx) => tx.$queryRaw<SqlRow[]>(sql(values)));
  const record = (entry: AuditEntry): Promise<void> => unit((tx) => writeAuditEntry(tx, entry, newId));
  return {
    insert: (agreement, entry) =>
      unit(async (tx) => {
        await writeAgreement(tx, agreement, null);
        await writeAuditEntry(tx, entry, newId);
      }),
    change: (id, reader, decide) =>
      unit(async (tx) => {
        const locked = await tx.$queryRaw<SqlRow[]>(LOCK_AGREEMENT([id, reader]));
        if (locked.length === 0) return null;
        const before = await findAgreement(tx, id);
        if (before === null) return null;
        const { agreement, entry } = await decide(before);
        if (agreement !== before) await writeAgreement(tx, agreement, before);
        if (entry !== null) await writeAuditEntry(tx, entry, newId);
        return agreement;
      }),
    find: async (id) => (await reads.add(id)).agreement,
    page: (reader, { first, after }) =>
      unit(async (tx) => {
        const position = after === null ? null : readTimeAndAgreement(after);
        const [counted] = await tx.$queryRaw<SqlRow[]>(COUNT_AGREEMENTS([reader]));
        const rows = await tx.$queryRaw<SqlRow[]>(
          PAGE_AGREEMENTS([reader, position?.time ?? null, position?.id ?? null, first + 1]),
        );
        const total = counted === undefined ? 0 : numberOf(counted, "total");
        return toPage(rows.map(readAgreement), first, total, ({ draftedAt, id }) => toCursor(draftedAt, id));
      }),
    signed: async () => (await list(SIGNED_AGREEMENTS, [])).map(readAgreement),
    attended: async (now) => (await list(ATTENDED_AGREEMENTS, [toLondonDate(new Date(now))])).map((row) => textOf(row, "id")),
    addContract: (contract, entry) =>
      unit(async (tx) => {
        const inserted = await tx.$executeRaw(PUT_CONTRACT([toRows([contract])]));
        if (inserted === 1) await writeAuditEntry(tx, entry, newId);
        return inserted === 1;
      }),
    contracts: async () => (await list(LIST_CONTRACTS, [])).map(readContract),
    recordUse: async (use, entry) => {
      await logs.add({ use, entry });
    },
    uses: async (agreementId, { from, to }, most) => (await list(LIST_USES, [agreementId, from, to, most])).map(readUse),
    trail: async (agreementId) => (await list(AGREEMENT_TRAIL, [agreementId])).map(readTrailLine),
    attempts: async (agreementId) => (await list(FOREIGN_ATTEMPTS, [agreementId])).map(readAttempts),
    recordEntry: record,
  };
}

/** As it stands, past every decision: for demo mode. Where there is one of its id, nothing is done. */
export const seedAgreement = (database: Database, agreement: Agreement, contract: FrameworkContract): Promise<void> =>
  database.withRole(ROLE, async (tx) => {
    if ((await findAgreement(tx, agreement.id)) !== null) return;
    await tx.$executeRaw(PUT_CONTRACT([toRows([contract])]));
    await writeAgreement(tx, agreement, null);
  });

async function findAgreements(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, Agreement>> {
  const rows = await tx.$queryRaw<SqlRow[]>(FIND_AGREEMENTS([toArrayLiteral([...new Set(ids)])]));
  return new Map(rows.map(readAgreement).map((agreement) => [agreement.id, agreement]));
}

const findAgreement = async (tx: Transaction, id: string): Promise<Agreement | null> =>
  (await findAgreements(tx, [id])).get(id) ?? null;

type Unit = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/**
 * Reads that come while one is under way are the next one: each begins after it was asked for, so that it sees every breach that was
 * committed before. 1,000 look-ups of one agreement are a few dozen statements.
 */
const createReads = (unit: Unit) =>
  createGroupCommit<string, { readonly agreement: Agreement | null }>({
    write: (ids) =>
      unit(async (tx) => {
        const found = await findAgreements(tx, ids);
        return ids.map((id) => ({ agreement: found.get(id) ?? null }));
      }),
    waitMs: 0,
    most: MOST_AT_ONCE,
  });

/** Lines of the logs, each with its entry: those that come while some are written are written together. */
const createLogs = (unit: Unit, newId: NewId) =>
  createGroupCommit<{ readonly use: LoggedUse; readonly entry: AuditEntry }, string>({
    write: (lines) =>
      unit(async (tx) => {
        await tx.$executeRaw(PUT_USE([toRows(lines.map(({ use }) => use))]));
        await writeAuditEntries(
          tx,
          lines.map(({ entry }) => entry),
          newId,
        );
        return lines.map(({ use }) => use.id);
      }),
    waitMs: 0,
    most: MOST_AT_ONCE,
  });

/** In the order of the references between the tables. Statements for rows that there are. */
async function writeAgreement(tx: Transaction, agreement: Agreement, before: Agreement | null): Promise<void> {
  const rows = toAgreementRows(agreement, before);
  const puts: readonly (readonly [ConstantSql, string])[] = [
    [PUT_AGREEMENT, rows.agreement],
    [PUT_VERSIONS, rows.versions],
    [PUT_SIGNATURES, rows.signatures],
    [PUT_STEPS, rows.steps],
    [PUT_BREACHES, rows.breaches],
    [PUT_DESTRUCTION, rows.destruction],
  ];
  for (const [put, json] of puts) if (json !== "[]") await tx.$executeRaw(put([json]));
}

const readContract = (row: SqlRow): FrameworkContract => ({
  id: textOf(row, "id"),
  organisation: textOf(row, "organisation"),
  signedOn: textOf(row, "signed_on"),
  endsOn: textOf(row, "ends_on"),
});

const readUse = (row: SqlRow): LoggedUse => ({
  id: textOf(row, "id"),
  agreementId: textOf(row, "agreement_id"),
  version: optionalNumberOf(row, "version"),
  at: textOf(row, "at"),
  clientId: textOf(row, "client_id"),
  purpose: textOf(row, "purpose"),
  product: textOf(row, "product"),
  outcome: wordOf(row, "outcome", ["PERMITTED", "REFUSED", "UNANSWERED"]),
  refusals: textsOf(row, "refusals").flatMap((code) => USE_REFUSALS.filter((refusal) => refusal === code)),
  question: textOf(row, "question"),
  questionDigest: textOf(row, "question_digest"),
  cutId: optionalTextOf(row, "cut_id"),
  cellsReturned: optionalNumberOf(row, "cells_returned"),
});

const readAttempts = (row: SqlRow): ForeignAttempts => ({
  agent: textOf(row, "agent_id"),
  role: optionalTextOf(row, "agent_role"),
  count: numberOf(row, "count"),
  firstAt: textOf(row, "first_at"),
  lastAt: textOf(row, "last_at"),
});

const readTrailLine = (row: SqlRow): TrailLine => ({
  id: textOf(row, "id"),
  at: textOf(row, "at"),
  type: textOf(row, "type"),
  outcome: textOf(row, "outcome"),
  agent: textOf(row, "agent_id"),
  role: optionalTextOf(row, "agent_role"),
});
