/** The audit trail as those see it who number, check and shorten it: roles of their own, for all organisations. */
import { CHAIN_START, type ChainHead, type ChainLink } from "../audit/chain.ts";
import type { ChainStore, NumberingPlace, TrailStore } from "../audit/trail-ports.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import {
  AWAIT_CHAIN,
  CHAIN_HEAD,
  CHAIN_PAGE,
  INSERT_CHAIN,
  INSERT_CHECKPOINT,
  LAST_CHECKPOINT,
  LAST_TO_REMOVE,
  LOCK_CHAIN,
  REMOVE_PREFIX,
  UNCHAINED,
  WAITING,
} from "./sql/audit-statements.ts";
import { booleanOf, numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

/** Some 50 ms of work, in which nobody waits for it. */
const ENTRIES_AT_ONCE = 2_000;
/** Pages of the check, and removals. */
const LONG_MS = 60_000;

const readHead = (row: SqlRow): ChainHead => ({ sequence: Number(textOf(row, "sequence")), mac: textOf(row, "mac") });

async function readChainHead(tx: Transaction): Promise<{ readonly head: ChainHead; readonly horizon: string }> {
  const [row] = await tx.$queryRaw<SqlRow[]>(CHAIN_HEAD([]));
  if (row === undefined) throw new Error("The head of the audit trail could not be read");
  return { head: row.sequence === null ? CHAIN_START : readHead(row), horizon: textOf(row, "horizon") };
}

/** The horizon of a pass is what it was when the pass began: whoever commits meanwhile with an earlier id is found in the next one. */
function placeAfter({ horizon, pass }: NumberingPlace, entries: readonly SqlRow[], now: string): NumberingPlace {
  const next = pass?.horizon ?? now;
  const last = entries.length < ENTRIES_AT_ONCE ? undefined : entries.at(-1);
  return last === undefined ? { horizon: next, pass: null } : { horizon, pass: { after: textOf(last, "id"), horizon: next } };
}

export function createChainStore(database: Database): ChainStore {
  return {
    number: async (place, extend) =>
      await database.withRole({ role: "nacr_auditor" }, async (tx) => {
        const [lock] = await tx.$queryRaw<SqlRow[]>(LOCK_CHAIN([]));
        if (lock === undefined || !booleanOf(lock, "locked")) return null;
        const known = await readChainHead(tx);
        const entries = await tx.$queryRaw<SqlRow[]>(UNCHAINED([place.horizon, place.pass?.after ?? null, ENTRIES_AT_ONCE]));
        const heads = extend(
          known.head,
          entries.map((row) => textOf(row, "content")),
        );
        if (entries.length > 0) {
          const ids = toColumnLiteral(entries, (row) => textOf(row, "id"));
          const [sequences, macs] = [
            toColumnLiteral(heads, ({ sequence }) => sequence),
            toColumnLiteral(heads, ({ mac }) => mac),
          ];
          await tx.$executeRaw(INSERT_CHAIN([sequences, ids, macs]));
        }
        return { taken: entries.length, place: placeAfter(place, entries, known.horizon) };
      }),
    withHead: async (write) =>
      await database.withRole({ role: "nacr_auditor" }, async (tx) => {
        await tx.$executeRaw(AWAIT_CHAIN([]));
        await write((await readChainHead(tx)).head);
      }),
  };
}

/** Number, mac and content between spaces; the content may hold more of them. */
function readLink(line: string): ChainLink {
  const [sequence = "", mac = ""] = line.split(" ", 2);
  const start = sequence.length + mac.length + 2;
  return { sequence: Number(sequence), mac, content: start > line.length ? null : line.slice(start) };
}

export function createTrailStore(database: Database, newId: NewId): TrailStore {
  const reading = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole({ role: "nacr_auditor" }, work, { timeoutMs: LONG_MS });
  return {
    checkpoint: () =>
      reading(async (tx) => {
        const [row] = await tx.$queryRaw<SqlRow[]>(LAST_CHECKPOINT([]));
        return row === undefined ? null : { ...readHead(row), signature: textOf(row, "signature") };
      }),
    links: (after, count) =>
      reading(async (tx) => {
        const [row = {}] = await tx.$queryRaw<SqlRow[]>(CHAIN_PAGE([after, count]));
        return optionalTextOf(row, "lines")?.split("\n").map(readLink) ?? [];
      }),
    waiting: () =>
      reading(async (tx) => {
        const [row = {}] = await tx.$queryRaw<SqlRow[]>(WAITING([]));
        return { count: numberOf(row, "waiting"), oldestSeconds: optionalNumberOf(row, "age") };
      }),
    removeBefore: async (before, count, sign) =>
      await database.withRole(
        { role: "nacr_audit_retention" },
        async (tx) => {
          await tx.$executeRaw(AWAIT_CHAIN([]));
          const [row] = await tx.$queryRaw<SqlRow[]>(LAST_TO_REMOVE([before, count]));
          if (row === undefined) return null;
          const head = readHead(row);
          await tx.$executeRaw(INSERT_CHECKPOINT([head.sequence, head.mac, sign(head)]));
          await tx.$executeRaw(REMOVE_PREFIX([head.sequence]));
          await writeAuditEntry(tx, removalOf(head), newId);
          return head;
        },
        { timeoutMs: LONG_MS },
      ),
  };
}

const removalOf = ({ sequence }: ChainHead) =>
  ({
    action: "DELETE",
    type: "SHORTEN_AUDIT_TRAIL",
    outcome: "DONE",
    ods: null,
    agent: { id: "gateway", role: null, ods: null },
    correlationId: null,
    details: { sequence },
  }) as const;
