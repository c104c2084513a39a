/** Events on their way to webhooks, of every organisation: what a sender takes, and what became of it. */
import type { KeyRing } from "../keys/key-ring.ts";
import type { AskedRedelivery, Attempt, DeliveryStore, Lane, LaneStep, TakenWork, Turn } from "../webhooks/webhook-ports.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { readEvent } from "./event-status.ts";
import {
  NEXT_EVENTS,
  RECORD_ATTEMPT,
  RECORD_REDELIVERY,
  TAKE_LANES,
  TAKE_WISHES,
  TARGET,
  WISHED_EVENT,
} from "./sql/webhook-queries.ts";
import { bytesOf, numberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";
import { openSecrets } from "./webhook-store.ts";

export interface DeliveryStoreOptions {
  /**
   * How long a sender holds what it took, in milliseconds: longer than one attempt may take. What a killed sender held, another one takes
   * up after this time.
   */
  readonly leaseMs: number;
}

export function createDeliveryStore(database: Database, keys: KeyRing, options: DeliveryStoreOptions): DeliveryStore {
  return new DatabaseDeliveries(database, keys, options.leaseMs);
}

class DatabaseDeliveries implements DeliveryStore {
  readonly #database: Database;
  readonly #keys: KeyRing;
  readonly #leaseMs: number;

  constructor(database: Database, keys: KeyRing, leaseMs: number) {
    this.#database = database;
    this.#keys = keys;
    this.#leaseMs = leaseMs;
  }

  take: DeliveryStore["take"] = ({ fresh, again, redeliveries }) =>
    this.#work(async (tx): Promise<TakenWork> => {
      const lanes = await tx.$queryRaw<SqlRow[]>(TAKE_LANES([fresh, again, this.#leaseMs]));
      const wishes = await tx.$queryRaw<SqlRow[]>(TAKE_WISHES([redeliveries, this.#leaseMs]));
      return {
        lanes: lanes.map(readLane),
        redeliveries: wishes.map((row) => ({ ods: textOf(row, "ods"), deliveryId: textOf(row, "id") })),
      };
    });

  readTurn(lane: Lane, most: number): Promise<Turn | null> {
    const { ods, webhookId, programmeCode } = lane;
    return this.#readTurn(ods, async (tx) => ({
      webhookId,
      events: await tx.$queryRaw<SqlRow[]>(NEXT_EVENTS([ods, webhookId, programmeCode, most])),
    }));
  }

  readRedelivery({ ods, deliveryId }: AskedRedelivery): Promise<Turn | null> {
    return this.#readTurn(ods, async (tx) => {
      const events = await tx.$queryRaw<SqlRow[]>(WISHED_EVENT([ods, deliveryId]));
      return { webhookId: events[0] === undefined ? null : textOf(events[0], "webhook_id"), events };
    });
  }

  async record(lane: Lane, attempt: Attempt, step: LaneStep): Promise<Lane | null> {
    const { ods, webhookId, programmeCode } = lane;
    const { id, event, state, statusCode, failure, durationMs, attemptedAt } = attempt;
    const move =
      step.step === "DONE"
        ? [event.sequence, 0, 0, step.keepLease ? this.#leaseMs : null]
        : [null, attempt.attempt, step.waitMs, null];
    const line = [id, event.id, event.sequence, attempt.attempt, state, statusCode, failure, durationMs, attemptedAt];
    const values = [ods, webhookId, programmeCode, lane.lease, ...move, ...line];
    const [moved] = await this.#work((tx) => tx.$queryRaw<SqlRow[]>(RECORD_ATTEMPT(values)));
    const lease = moved === undefined ? null : optionalTextOf(moved, "lease");
    return lease === null ? null : { ...lane, attempt: 0, lease };
  }

  async recordRedelivery({ ods, deliveryId }: AskedRedelivery, made: Omit<Attempt, "id" | "event">): Promise<void> {
    const { attempt, state, statusCode, failure, durationMs, attemptedAt } = made;
    const values = [ods, deliveryId, attempt, state, statusCode, failure, durationMs, attemptedAt];
    await this.#work((tx) => tx.$executeRaw(RECORD_REDELIVERY(values)));
  }

  #work<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.withRole({ role: "nacr_worker" }, work);
  }

  /** Keys are asked for outside the transaction: they may come from the database, whose only connection it may hold. */
  async #readTurn(
    ods: string,
    read: (tx: Transaction) => Promise<{ readonly webhookId: string | null; readonly events: readonly SqlRow[] }>,
  ): Promise<Turn | null> {
    const keys = await this.#keys.organisation(ods);
    return this.#work(async (tx) => {
      const { webhookId, events } = await read(tx);
      const [target] = webhookId === null ? [] : await tx.$queryRaw<SqlRow[]>(TARGET([ods, webhookId]));
      if (webhookId === null || target === undefined) return null;
      const secrets = openSecrets(keys, webhookId, bytesOf(target, "secrets"));
      return { url: textOf(target, "url"), secrets, events: events.map(readEvent) };
    });
  }
}

const readLane = (row: SqlRow): Lane => ({
  ods: textOf(row, "ods"),
  webhookId: textOf(row, "webhook_id"),
  programmeCode: textOf(row, "programme_code"),
  attempt: numberOf(row, "attempt"),
  lease: textOf(row, "lease"),
});
