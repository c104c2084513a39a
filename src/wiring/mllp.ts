/** The listeners for HL7 v2 over MLLP of a process that talks to clients. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { createClientStanding } from "../access/client-standing.ts";
import { DEMO_IDENTITIES } from "../access/demo-identities.ts";
import type { Config } from "../config/load-config.ts";
import { type ConfiguredListener, readMllpListeners } from "../config/mllp-listeners.ts";
import { renderIssue } from "../dataset/issue-text.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { StartRefused } from "../errors/start-refused.ts";
import { type BadFrameNotes, createBadFrameNotes } from "../inbox/bad-frame-notes.ts";
import type { ListenerIdentity } from "../inbox/inbox-ports.ts";
import { createJudgeMessage } from "../inbox/judge-message.ts";
import { createReceiveMessage, type ReceiveMessage } from "../inbox/receive-message.ts";
import { toActor } from "../inbox/work-inbox.ts";
import { readPrivateFile } from "../lib/private-file.ts";
import { systemClock } from "../lib/system-clock.ts";
import { describeFailure } from "../observability/logger.ts";
import { createMessageStore } from "../persistence/message-store.ts";
import { dictionariesInService } from "../records/dictionaries.ts";
import { withOwnTexts } from "../sources/mllp/answer-message.ts";
import { BUDGET_BYTES, CONNECTION_LIMITS, toControlId } from "../sources/mllp/connection-limits.ts";
import { createListeners, type OpenListener } from "../sources/mllp/listeners.ts";
import type { Listener, ListenerTls, MllpObserver } from "../sources/mllp/mllp-ports.ts";
import { createWorkBudget } from "../sources/mllp/work-budget.ts";
import { decodeMessage } from "./inbox.ts";
import type { Parts } from "./parts.ts";
import type { Submissions } from "./submissions.ts";

export interface Mllp {
  readonly open: readonly OpenListener[];
  /** Answers what is in hand, then ends every connection. */
  close(): Promise<void>;
}

/** @throws StartRefused for a listener that cannot be what it is configured to be; what binding a port throws */
export async function openMllp(
  parts: Parts,
  { dependencies }: Submissions,
  withReceive: (receive: ReceiveMessage) => ReceiveMessage = (receive) => receive,
): Promise<Mllp> {
  const { config, database, keys, logger, newId } = parts;
  const [dictionary] = dictionariesInService();
  const listeners = config.roles.has("api") ? await readListeners(config) : [];
  if (listeners.length === 0) return { open: [], close: async () => undefined };
  const store = createMessageStore(database, keys);
  const judge = createJudgeMessage(dependencies);
  for (const { identity } of listeners) {
    await requireOrganisation(parts, identity);
    // Finds a profile that does not exist before a sender does.
    await judge("", identity).catch((error: unknown) => refuseUnknownProfile(identity, error));
    await store.openListener(identity, systemClock.now());
  }
  const notes = createBadFrameNotes(store, (error) => logger.log("warn", "mllp-trouble", describeFailure(error)));
  const isInForce = createStanding(parts);
  const receive = createReceiveMessage({ store, judge, decode: decodeMessage, isInForce, clock: systemClock, newId });
  const doors = createListeners(listeners, {
    receive: withReceive(receive),
    observer: createObserver(parts, notes),
    budget: createWorkBudget(BUDGET_BYTES),
    textOf: withOwnTexts((finding) => renderIssue(dictionary, finding, "PATIENT")),
    now: systemClock.now,
    newControlId: () => toControlId(newId()),
    limits: CONNECTION_LIMITS,
  });
  const open = await doors.open();
  for (const { name, port } of open) logger.log("info", "mllp-listening", { listener: name, port });
  return {
    open,
    close: async () => {
      await doors.close();
      await notes.flush();
    },
  };
}

async function readListeners({ mode, mllp }: Config): Promise<readonly Listener[]> {
  const demo = mode === "demo" && mllp.demoPort !== null ? [demoListener(mllp.demoPort)] : [];
  return mllp.listenersFile === null ? demo : [...demo, ...(await readListenersFile(mllp.listenersFile))];
}

async function readListenersFile(file: string): Promise<readonly Listener[]> {
  const text = await readText(file);
  const read = readMllpListeners(text);
  if (!read.ok) throw refusal(read.problems.join("; "));
  return await Promise.all(read.listeners.map((listener) => toListener(listener, path.dirname(file))));
}

const refusal = (problem: string): StartRefused => new StartRefused(`NACR_MLLP_LISTENERS: ${problem}`);

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw refusal(`a file cannot be read: ${file}`);
  }
}

async function toListener(configured: ConfiguredListener, folder: string): Promise<Listener> {
  const { name, host, port, organisation, programme, client, sourceSystem, profile, senders, processingIds, tls } = configured;
  return {
    identity: { ods: organisation, name, programmeCode: programme, clientId: client, sourceSystem, profile: profile ?? null },
    host,
    port,
    senders: senders.map(({ application, facility }) => ({ application: application ?? null, facility })),
    processingIds,
    tls: tls === undefined ? null : await readTls(tls, folder),
  };
}

async function readTls(tls: NonNullable<ConfiguredListener["tls"]>, folder: string): Promise<ListenerTls> {
  const key = readPrivateFile(path.resolve(folder, tls.key));
  if (!key.ok) throw refusal(`tls.key ${key.problem}`);
  const [certificate, clientAuthority] = await Promise.all([
    readText(path.resolve(folder, tls.certificate)),
    tls.clientAuthority === undefined ? null : readText(path.resolve(folder, tls.clientAuthority)),
  ]);
  return { certificate, key: key.bytes.toString("utf8"), clientAuthority, clientNames: tls.clientNames ?? [] };
}

/** Whom the demo's messages are from and for. */
function demoListener(port: number): Listener {
  const { clientId, ods, programmes } = DEMO_IDENTITIES.submitter ?? {};
  const [programmeCode] = programmes ?? [];
  if (!clientId || !ods || programmeCode === undefined) throw new StartRefused("MLLP_PORT: there is no demo submitter");
  const sourceSystem = { vendor: "Demo Vendor", product: "Demo PAS", version: "1" };
  return {
    identity: { ods, name: "demo", programmeCode, clientId, sourceSystem, profile: null },
    host: "127.0.0.1",
    port,
    senders: [],
    processingIds: [],
    tls: null,
  };
}

async function requireOrganisation({ clients }: Parts, { ods, programmeCode, name }: ListenerIdentity): Promise<void> {
  const [organisation] = await clients.organisations([ods]);
  if (organisation?.programmes.some(({ code }) => code === programmeCode)) return;
  throw new StartRefused(`The MLLP listener ${name}: its organisation is not registered, or has no such programme.`);
}

function refuseUnknownProfile({ name }: ListenerIdentity, error: unknown): never {
  if (error instanceof GatewayError && error.code === "BAD_USER_INPUT")
    throw new StartRefused(`The MLLP listener ${name}: there is no mapping profile of its name.`);
  throw error;
}

/** A client that was revoked may not send here either; demo clients are registered nowhere. */
function createStanding({ config, clients }: Parts): (listener: ListenerIdentity) => Promise<boolean> {
  const standing = createClientStanding(clients, systemClock.today);
  const demo = new Set(config.mode === "demo" ? Object.values(DEMO_IDENTITIES).map(({ clientId }) => clientId) : []);
  return async (listener) => demo.has(listener.clientId) || (await standing.isGood(toActor(listener)));
}

function createObserver({ logger, metrics: { mllp } }: Parts, notes: BadFrameNotes): MllpObserver {
  const nameOf = ({ identity }: Listener) => ({ ods: identity.ods, listener: identity.name });
  return {
    connectionOpened: mllp.connectionOpened,
    connectionEnded: mllp.connectionEnded,
    connectionClosed: (listener, reason) => {
      mllp.connectionClosed(reason);
      logger.log("warn", "mllp-closed", { ...nameOf(listener), reason });
    },
    frameRead: mllp.frameRead,
    badFrame: ({ identity }, lastReason, lastShape) => {
      mllp.badFrame(lastReason);
      notes.note(identity, { lastReason, lastShape, lastAt: systemClock.now() });
    },
    acknowledged: mllp.acknowledged,
    fault: (listener, error) => logger.log("error", "mllp-fault", { ...nameOf(listener), ...describeFailure(error) }),
  };
}
