/**
 * Keeps the database's objections and the ledger the same: what changes here is due there until it stands there, and what a restored
 * backup lost comes back from there.
 */
import type { LedgerEntry, LedgerKeeper, ObjectionLedger } from "../consent/objection-ports.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { concernedPatients } from "./concerned-patients.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { foldEntries } from "./ledger-lines.ts";
import { markDue } from "./national-due.ts";
import { readSubject } from "./objection-subjects.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import {
  LEDGER_DUE,
  LEDGER_HAS,
  REMOVE_SUBJECTS_OF_WITHDRAWN,
  RESTORE_CERTIFICATES,
  RESTORE_OBJECTIONS,
  RESTORE_SUBJECTS,
  RESTORE_WITHDRAWALS,
  SUBJECTS_OF_OBJECTIONS,
} from "./sql/ledger-statements.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

const LINES_AT_ONCE = 500;
const ENTRIES_AT_ONCE = 1_000;
const REPLAY_TIMEOUT_MS = 60_000;

export interface LedgerKeeperDependencies {
  readonly database: Database;
  readonly ledger: ObjectionLedger;
  readonly newId: NewId;
}

export function createLedgerKeeper({ database, ledger, newId }: LedgerKeeperDependencies): LedgerKeeper {
  const flushSome = (): Promise<number> =>
    database.withRole({ role: "nacr_consent" }, async (tx) => {
      const rows = await tx.$queryRaw<SqlRow[]>(LEDGER_DUE([LINES_AT_ONCE]));
      const entries = rows.map((row): LedgerEntry => JSON.parse(textOf(row, "entry")));
      if (entries.length === 0) return 0;
      await ledger.append(entries);
      await tx.$executeRaw(LEDGER_HAS([toArrayLiteral(entries.map(({ id }) => id))]));
      return entries.length;
    });
  return {
    flush: async () => {
      while ((await flushSome()) === LINES_AT_ONCE);
    },
    replay: async () => {
      const entries = foldEntries(await ledger.read());
      let changed = 0;
      for (let from = 0; from < entries.length; from += ENTRIES_AT_ONCE) {
        const some = entries.slice(from, from + ENTRIES_AT_ONCE);
        const options = { timeoutMs: REPLAY_TIMEOUT_MS };
        changed += await database.withRole({ role: "nacr_consent" }, (tx) => restore(tx, some, newId), options);
      }
      return changed;
    },
  };
}

const idsOf = (rows: readonly SqlRow[]): readonly string[] => rows.map((row) => textOf(row, "id"));

async function restore(tx: Transaction, entries: readonly LedgerEntry[], newId: NewId): Promise<number> {
  const text = JSON.stringify(entries);
  const lost = idsOf(await tx.$queryRaw<SqlRow[]>(RESTORE_OBJECTIONS([text])));
  const widened = idsOf(await tx.$queryRaw<SqlRow[]>(RESTORE_SUBJECTS([text])));
  const withdrawn = idsOf(await tx.$queryRaw<SqlRow[]>(RESTORE_WITHDRAWALS([text])));
  await tx.$executeRaw(RESTORE_CERTIFICATES([text]));
  const changed = [...new Set([...lost, ...widened, ...withdrawn])];
  if (changed.length === 0) return 0;
  await tellNationalSide(tx, changed);
  await tx.$executeRaw(REMOVE_SUBJECTS_OF_WITHDRAWN([toArrayLiteral(changed)]));
  const details = { restored: lost.length, withdrawn: withdrawn.length };
  const agent = { id: "gateway", role: null, ods: null };
  const act = { action: "EXECUTE", type: "REPLAY_OBJECTIONS", outcome: "DONE", ods: null, agent, correlationId: null } as const;
  await writeAuditEntry(tx, { ...act, details }, newId);
  return changed.length;
}

async function tellNationalSide(tx: Transaction, objectionIds: readonly string[]): Promise<void> {
  const rows = await tx.$queryRaw<SqlRow[]>(SUBJECTS_OF_OBJECTIONS([toArrayLiteral(objectionIds)]));
  for (const [ods, own] of Map.groupBy(rows, (row) => textOf(row, "ods"))) {
    const subjects = own.map(readSubject);
    await markDue(tx, await concernedPatients(tx, ods, subjects));
  }
}
