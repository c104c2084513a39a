/** Messages on their way into submissions: what a worker takes, and what became of it. */
import type { Batch, InboxStore, Lane } from "../inbox/inbox-ports.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { contentPlace } from "./inbox-row.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import {
  BATCH_IN_WORK,
  COUNT_MESSAGES,
  DISSOLVE_BATCH,
  FORM_BATCH,
  INBOX_CHANNEL,
  KEEP_LANE,
  LEAVE_LANE,
  READ_BATCH,
  SETTLE_BATCH,
  TAKE_LANE,
} from "./sql/inbox-statements.ts";
import { bytesOf, numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

/** Three heartbeats of the work (`work-inbox.ts`): what a killed worker held, another one takes up within half a minute. */
const LEASE_MS = 24_000;

export function createInboxStore(database: Database, keyRing: KeyRing): InboxStore {
  const asWorker = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => database.withRole({ role: "nacr_worker" }, work);
  const within = <T>({ ods, programmeCode }: Lane, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole({ role: "nacr_app", ods, programmes: [programmeCode] }, work);
  return {
    takeLane: () => asWorker(async (tx) => readLane(await tx.$queryRaw<SqlRow[]>(TAKE_LANE([LEASE_MS])))),
    keepLane: (lane) => asWorker(async (tx) => readLane(await tx.$queryRaw<SqlRow[]>(KEEP_LANE([...held(lane), LEASE_MS])))),
    leaveLane: async (lane, { failures, waitMs }) => {
      await asWorker((tx) => tx.$executeRaw(LEAVE_LANE([...held(lane), failures, waitMs])));
    },
    nextBatch: async (lane, newBatchId, most) => {
      const keys = await keyRing.organisation(lane.ods);
      return await within(lane, (tx) => takeBatch(tx, lane, keys, newBatchId, most));
    },
    settle: async (lane, { id }, settled, submissionId, now) => {
      const ids = toColumnLiteral(settled, (message) => message.id);
      const reasons = toColumnLiteral(settled, ({ parkedFor }) => parkedFor);
      await within(lane, (tx) =>
        tx.$executeRaw(SETTLE_BATCH([lane.ods, lane.programmeCode, id, submissionId, now, ids, reasons])),
      );
    },
    dissolve: async (lane, { id }) => {
      await within(lane, (tx) => tx.$executeRaw(DISSOLVE_BATCH([lane.ods, lane.programmeCode, id])));
    },
    countWaiting: () =>
      asWorker(async (tx) => {
        const [row] = await tx.$queryRaw<SqlRow[]>(COUNT_MESSAGES([]));
        if (row === undefined) return { waiting: 0, parked: 0, oldestSeconds: 0 };
        return { waiting: numberOf(row, "waiting"), parked: numberOf(row, "parked"), oldestSeconds: numberOf(row, "oldest") };
      }),
  };
}

/** @returns stops listening. @throws GatewayError DATABASE_UNAVAILABLE */
export const listenForMessages = (database: Database, heard: () => void): Promise<() => Promise<void>> =>
  database.listen([INBOX_CHANNEL], heard, heard);

const held = ({ ods, programmeCode, lease }: Lane): readonly string[] => [ods, programmeCode, lease];

function readLane([row]: readonly SqlRow[]): Lane | null {
  if (row === undefined) return null;
  return {
    ods: textOf(row, "ods"),
    programmeCode: textOf(row, "programme_code"),
    failures: numberOf(row, "failures"),
    lease: textOf(row, "lease"),
  };
}

async function takeBatch(
  tx: Transaction,
  { ods, programmeCode }: Lane,
  keys: OrganisationKeys,
  newBatchId: string,
  most: number,
): Promise<Batch | null> {
  const [inWork] = await tx.$queryRaw<SqlRow[]>(BATCH_IN_WORK([ods, programmeCode]));
  const id = inWork === undefined ? newBatchId : textOf(inWork, "id");
  if (inWork === undefined) await tx.$executeRaw(FORM_BATCH([ods, programmeCode, id, most]));
  const rows = await tx.$queryRaw<SqlRow[]>(READ_BATCH([ods, programmeCode, id]));
  const [first] = rows;
  if (first === undefined) return null;
  return {
    id,
    listener: {
      ods,
      name: textOf(first, "name"),
      programmeCode: textOf(first, "programme_code"),
      clientId: textOf(first, "client_id"),
      sourceSystem: { vendor: textOf(first, "vendor"), product: textOf(first, "product"), version: textOf(first, "version") },
      profile: optionalTextOf(first, "profile"),
    },
    messages: rows.map((row) => ({
      id: textOf(row, "id"),
      attempts: numberOf(row, "attempts"),
      content: keys.open(bytesOf(row, "content"), contentPlace(textOf(row, "id"))),
    })),
  };
}
