/** Messages as their organisation stores and sees them. What identifies one leaves this file sealed or as a keyed digest. */
import { createHash } from "node:crypto";
import type { JudgedMessage, MessageReader, MessageStore, Verdict } from "../inbox/inbox-ports.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntries } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { contentPlace, readKnownMessage, readVerdict } from "./inbox-row.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  ADD_MESSAGES,
  ANNOUNCE_MESSAGES,
  COUNT_LISTED,
  EARLIER_ANSWERS,
  LIST_LISTENERS,
  NOTE_BAD_FRAMES,
  OPEN_LANE,
  OPEN_LISTENER,
  PAGE_OF_MESSAGES,
  REPLAY_MESSAGES,
} from "./sql/inbox-statements.ts";
import { numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

/** What a repeated message is known by. The content goes in as its digest, so that nothing can be moved between the parts. */
function digestOf(keys: OrganisationKeys, { application, facility, controlId, content }: JudgedMessage): Buffer {
  const bytes = createHash("sha256").update(content).digest("hex");
  return Buffer.from(keys.mac("mllp-message", JSON.stringify([application, facility, controlId, bytes])), "hex");
}

const controlDigestOf = (keys: OrganisationKeys, controlId: string): Buffer | null =>
  controlId === "" ? null : Buffer.from(keys.mac("mllp-control-id", controlId), "hex");

interface Sealed {
  readonly message: JudgedMessage;
  readonly digest: Buffer;
}

export function createMessageStore(database: Database, keyRing: KeyRing, newId: NewId = createUuid7()): MessageStore {
  return {
    openListener: async (listener, openedAt) => {
      const { ods, name, programmeCode, clientId, sourceSystem, profile } = listener;
      const { vendor, product, version } = sourceSystem;
      await database.withRole({ role: "nacr_app", ods, programmes: [programmeCode] }, async (tx) => {
        await tx.$executeRaw(OPEN_LISTENER([ods, name, programmeCode, clientId, vendor, product, version, profile, openedAt]));
        await tx.$executeRaw(OPEN_LANE([ods, programmeCode]));
      });
    },
    add: async (ods, messages) => {
      const keys = await keyRing.organisation(ods);
      const sealed = messages.map((message) => ({ message, digest: digestOf(keys, message) }));
      const programmes = [...new Set(messages.map(({ listener }) => listener.programmeCode))];
      return await database.withRole({ role: "nacr_app", ods, programmes }, async (tx) => {
        const verdicts = await addMessages(tx, ods, keys, sealed);
        await writeAuditEntries(tx, toEntries(messages), newId);
        return verdicts;
      });
    },
    noteBadFrames: async ({ ods, name, programmeCode }, { count, lastReason, lastShape, lastAt }) => {
      await database.withRole({ role: "nacr_app", ods, programmes: [programmeCode] }, (tx) =>
        tx.$executeRaw(NOTE_BAD_FRAMES([ods, name, count, lastReason, lastShape, lastAt])),
      );
    },
  };
}

/** One for each listener. What the messages become, their submission's entry tells. */
function toEntries(messages: readonly JudgedMessage[]): readonly AuditEntry[] {
  const byListener = Map.groupBy(messages, ({ listener }) => listener.name);
  return [...byListener.values()].flatMap((together) =>
    together.slice(0, 1).map(({ listener }) => toEntry(listener, together.length)),
  );
}

const toEntry = ({ ods, programmeCode, clientId }: JudgedMessage["listener"], messages: number): AuditEntry => ({
  action: "CREATE",
  type: "RECEIVE_MESSAGES",
  outcome: "DONE",
  ods,
  programmeCode,
  agent: { id: clientId, role: "SUBMITTER", ods },
  correlationId: null,
  details: { messages },
});

async function addMessages(
  tx: Transaction,
  ods: string,
  keys: OrganisationKeys,
  sealed: readonly Sealed[],
): Promise<readonly Verdict[]> {
  const values = [
    toColumnLiteral(sealed, ({ message }) => message.id),
    toColumnLiteral(sealed, ({ message }) => message.listener.programmeCode),
    toColumnLiteral(sealed, ({ message }) => message.listener.name),
    toColumnLiteral(sealed, ({ digest }) => digest),
    toColumnLiteral(sealed, ({ message }) => controlDigestOf(keys, message.controlId)),
    toColumnLiteral(sealed, ({ message }) => message.messageType),
    toColumnLiteral(sealed, ({ message }) => message.receivedAt),
    toColumnLiteral(sealed, ({ message }) => message.answer),
    toColumnLiteral(sealed, ({ message }) => JSON.stringify(message.findings)),
    toColumnLiteral(sealed, ({ message }) => message.parkedFor),
    toColumnLiteral(sealed, ({ message }) => keys.seal(message.content, contentPlace(message.id), message.id)),
  ];
  const added = new Set((await tx.$queryRaw<SqlRow[]>(ADD_MESSAGES([ods, ...values]))).map((row) => textOf(row, "id")));
  const repeated = sealed.filter(({ message }) => !added.has(message.id));
  const earlier = repeated.length === 0 ? null : await readEarlier(tx, ods, repeated);
  await tx.$executeRaw(ANNOUNCE_MESSAGES([]));
  return sealed.map(({ message, digest }) => {
    if (added.has(message.id)) return { answer: message.answer, findings: message.findings };
    const known = earlier?.get(earlierKey(message.listener.programmeCode, digest.toString("hex")));
    // Removed at this moment, after 400 days.
    if (known === undefined) throw new Error("a message that was stored before is not there");
    return known;
  });
}

const earlierKey = (programmeCode: string, digest: string): string => `${programmeCode}/${digest}`;

async function readEarlier(tx: Transaction, ods: string, repeated: readonly Sealed[]): Promise<ReadonlyMap<string, Verdict>> {
  const rows = await tx.$queryRaw<SqlRow[]>(EARLIER_ANSWERS([ods, toColumnLiteral(repeated, ({ digest }) => digest)]));
  return new Map(rows.map((row) => [earlierKey(textOf(row, "programme_code"), textOf(row, "digest")), readVerdict(row)]));
}

export function createMessageReader(database: Database, keyRing: KeyRing): MessageReader {
  const asActor = <T>({ ods, programmes }: OrganisationActor, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole({ role: "nacr_app", ods, programmes }, work);
  return {
    listeners: (actor) =>
      asActor(actor, async (tx) => (await tx.$queryRaw<SqlRow[]>(LIST_LISTENERS([actor.ods]))).map(readListener)),
    messages: async (actor, { state, reason, listener, programmeCode, controlId }, { first, after }) => {
      const position = after === null ? null : readTimeAndId(after);
      const keys = await keyRing.organisation(actor.ods);
      const control = controlId === null ? null : controlDigestOf(keys, controlId);
      const filter = [actor.ods, state === null ? null : toArrayLiteral(state), reason, listener, programmeCode, control];
      return await asActor(actor, async (tx) => {
        const [count] = await tx.$queryRaw<SqlRow[]>(COUNT_LISTED(filter));
        const values = [...filter, position?.time ?? null, position?.id ?? null, first + 1];
        const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_MESSAGES(values));
        const total = count === undefined ? 0 : numberOf(count, "total");
        return toPage(rows.map(readKnownMessage), first, total, ({ receivedAt, id }) => toCursor(receivedAt, id));
      });
    },
    replay: (actor, ids) =>
      asActor(actor, async (tx) => {
        const rows = await tx.$queryRaw<SqlRow[]>(REPLAY_MESSAGES([actor.ods, toArrayLiteral(ids.filter(isUuid))]));
        await tx.$executeRaw(ANNOUNCE_MESSAGES([]));
        return rows.map(readKnownMessage);
      }),
  };
}

function readListener(row: SqlRow): Awaited<ReturnType<MessageReader["listeners"]>>[number] {
  const lastAt = optionalTextOf(row, "last_bad_at");
  return {
    name: textOf(row, "name"),
    programmeCode: textOf(row, "programme_code"),
    sourceSystem: { vendor: textOf(row, "vendor"), product: textOf(row, "product"), version: textOf(row, "version") },
    profile: optionalTextOf(row, "profile"),
    openedAt: textOf(row, "opened_at"),
    badFrames: numberOf(row, "bad_frames"),
    lastBadFrame:
      lastAt === null ? null : { lastAt, lastReason: textOf(row, "last_bad_reason"), lastShape: textOf(row, "last_bad_shape") },
  };
}
