/** Where the feed of the national side reads and writes, under its own role: it sees no value that identifies anybody (ADR 0032). */
import type { JudgeRelease } from "../consent/ports.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { NationalCounts, NationalStore } from "../national/national-ports.ts";
import type { Actor } from "../records/actor.ts";
import { type AuditEntry, entryOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { createFeedUnit } from "./national-unit.ts";
import { prepareQuintiles } from "./patient-quintiles.ts";
import { IS_REGISTERED, MARK_ORGANISATION } from "./sql/national-due-statements.ts";
import { TAKE_TURN } from "./sql/national-feed-queries.ts";
import { COUNT_DUE, COUNT_ROWS } from "./sql/national-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { booleanOf, numberOf, type SqlRow } from "./sql-row.ts";

/** A batch takes some 0.5 s; following a large import to its patients takes its share of the rest. */
const BATCH_TIMEOUT_MS = 120_000;
/** Counts and marks over everybody's rows. */
const WHOLE_TIMEOUT_MS = 60_000;
const COUNTED_AT_MOST = 100_000;
/** Of the pseudonyms of the national side (`KeyRing.pseudonyms`). */
export const NATIONAL_PURPOSE = "national";
const FEED = { role: "nacr_feed" } as const;

export interface NationalStoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly newId: NewId;
  readonly judgeRelease: JudgeRelease<Transaction>;
}

export function createNationalStore({ database, keys, newId, judgeRelease }: NationalStoreDependencies): NationalStore {
  const count = async (sql: ConstantSql, values: readonly unknown[]): Promise<SqlRow> => {
    const [row] = await database.withRole(FEED, (tx) => tx.$queryRaw<SqlRow[]>(sql(values)), { timeoutMs: WHOLE_TIMEOUT_MS });
    if (row === undefined) throw new Error("A count returned no row");
    return row;
  };
  return {
    inTurn: async (work) => {
      // Before the transaction: keys are read on a connection of its own, and the embedded database has one.
      const key = await keys.pseudonyms(NATIONAL_PURPOSE);
      const readQuintiles = await prepareQuintiles(database, keys);
      const inTransaction = async (tx: Transaction) => {
        const [turn] = await tx.$queryRaw<SqlRow[]>(TAKE_TURN([]));
        if (turn === undefined || !booleanOf(turn, "mine")) return null;
        return work(createFeedUnit({ tx, key, newId, judgeRelease, readQuintiles }));
      };
      return database.withRole(FEED, inTransaction, { timeoutMs: BATCH_TIMEOUT_MS });
    },
    countDue: async () => numberOf(await count(COUNT_DUE, [COUNTED_AT_MOST]), "total"),
    counts: async (): Promise<NationalCounts> => {
      const row = await count(COUNT_ROWS, []);
      return { journeys: numberOf(row, "journeys"), due: numberOf(row, "due"), withheld: numberOf(row, "withheld") };
    },
    rebuild: (actor, ods) =>
      database.withRole(
        FEED,
        async (tx) => {
          const [row] = await tx.$queryRaw<SqlRow[]>(IS_REGISTERED([ods]));
          if (row === undefined || !booleanOf(row, "registered")) return false;
          await tx.$executeRaw(MARK_ORGANISATION([ods]));
          await writeAuditEntry(tx, toEntry(actor, ods), newId);
          return true;
        },
        { timeoutMs: WHOLE_TIMEOUT_MS },
      ),
  };
}

const toEntry = (actor: Actor, ods: string): AuditEntry =>
  entryOf(actor, { action: "EXECUTE", type: "REBUILD_NATIONAL", entity: { kind: "ORGANISATION", id: ods } });
