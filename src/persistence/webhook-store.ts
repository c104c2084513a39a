/** Webhooks as their organisation registers, changes and watches them, under row-level security. Secrets are sealed here. */
import { z } from "zod";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { DELIVERY_FAILURES, DELIVERY_STATES, type Webhook, type WebhookDelivery } from "../webhooks/webhook.ts";
import type { WebhookStore } from "../webhooks/webhook-ports.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import {
  ANNOUNCE_WISH,
  COUNT_DELIVERIES,
  COUNT_WEBHOOKS,
  FIND_WEBHOOK,
  INSERT_CURSORS,
  INSERT_WISH,
  LIST_WEBHOOKS,
  LOCK_DELIVERY,
  LOCK_REGISTRATION,
  LOCK_WEBHOOK,
  OPEN_WISH,
  PAGE_OF_DELIVERIES,
} from "./sql/webhook-queries.ts";
import { bytesOf, numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

const secretList = z.array(z.string()).min(1);
export const secretsPlace = (webhookId: string): string => `webhook|secrets|${webhookId}`;

/** The newest first. */
export const openSecrets = (keys: OrganisationKeys, webhookId: string, sealed: Uint8Array): readonly string[] =>
  secretList.parse(JSON.parse(keys.open(sealed, secretsPlace(webhookId)).toString("utf8")));

const sealSecrets = (keys: OrganisationKeys, webhookId: string, secrets: readonly string[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(keys.seal(JSON.stringify(secrets), secretsPlace(webhookId)));

export function createWebhookStore(database: Database, keys: KeyRing): WebhookStore {
  return new DatabaseWebhooks(database, keys);
}

class DatabaseWebhooks implements WebhookStore {
  readonly #database: Database;
  readonly #keys: KeyRing;

  constructor(database: Database, keys: KeyRing) {
    this.#database = database;
    this.#keys = keys;
  }

  register: WebhookStore["register"] = (actor, { id, url, programmeCodes, secret, createdAt }, most) =>
    this.#unit(actor, async (tx, keys) => {
      await tx.$executeRaw(LOCK_REGISTRATION([actor.ods]));
      const [count] = await tx.$queryRaw<SqlRow[]>(COUNT_WEBHOOKS([actor.ods]));
      if (count === undefined || numberOf(count, "total") >= most) return null;
      const programmes = [...programmeCodes];
      const secrets = sealSecrets(keys, id, [secret]);
      await tx.webhook.create({ data: { ods: actor.ods, id, url, programmes, secrets, createdAt, createdBy: actor.clientId } });
      await tx.$executeRaw(INSERT_CURSORS([actor.ods, id, toArrayLiteral(programmes)]));
      return { id, url, programmeCodes, createdAt, liveSecrets: 1, removedAt: null };
    });

  list: WebhookStore["list"] = (actor) =>
    this.#unit(actor, async (tx, keys) =>
      (await tx.$queryRaw<SqlRow[]>(LIST_WEBHOOKS(ownValues(actor)))).map((row) => readWebhook(row, keys)),
    );

  remove: WebhookStore["remove"] = (actor, id, removedAt) =>
    this.#unit(actor, async (tx, keys) => {
      const webhook = await find(LOCK_WEBHOOK, tx, keys, actor, id);
      if (webhook === null || webhook.removedAt !== null) return webhook;
      const key = { ods: actor.ods, webhookId: webhook.id };
      await tx.webhookCursor.deleteMany({ where: key });
      await tx.webhookDelivery.deleteMany({ where: { ...key, state: "REQUESTED" } });
      await tx.webhook.update({ where: { ods_id: { ods: actor.ods, id: webhook.id } }, data: { removedAt } });
      return { ...webhook, removedAt };
    });

  changeSecrets: WebhookStore["changeSecrets"] = (actor, id, change) =>
    this.#unit(actor, async (tx, keys) => {
      const webhook = await find(LOCK_WEBHOOK, tx, keys, actor, id);
      if (webhook === null || webhook.removedAt !== null) return null;
      const changed = change(webhook.secrets);
      const secrets = sealSecrets(keys, webhook.id, changed);
      await tx.webhook.update({ where: { ods_id: { ods: actor.ods, id: webhook.id } }, data: { secrets } });
      return { ...webhook, liveSecrets: changed.length };
    });

  deliveries: WebhookStore["deliveries"] = (actor, webhookId, states, { first, after }) =>
    this.#unit(actor, async (tx, keys) => {
      const last = after === null ? null : readTimeAndId(after);
      if ((await find(FIND_WEBHOOK, tx, keys, actor, webhookId)) === null) return null;
      const values = [actor.ods, webhookId, states === null ? null : toArrayLiteral(states)];
      const [count] = await tx.$queryRaw<SqlRow[]>(COUNT_DELIVERIES(values));
      const position = [last?.time ?? null, last?.id ?? null, first + 1];
      const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_DELIVERIES([...values, ...position]));
      const total = count === undefined ? 0 : numberOf(count, "total");
      const page = toPage(rows, first, total, (row) => toCursor(textOf(row, "attempted_at"), textOf(row, "id")));
      return { ...page, nodes: page.nodes.map(({ cursor, node }) => ({ cursor, node: readDelivery(node) })) };
    });

  requestRedelivery: WebhookStore["requestRedelivery"] = (actor, deliveryId, id) =>
    this.#unit(actor, async (tx) => {
      if (!isUuid(deliveryId)) return null;
      const [found] = await tx.$queryRaw<SqlRow[]>(LOCK_DELIVERY([...ownValues(actor), deliveryId]));
      if (found === undefined) return null;
      const { state } = readDelivery(found);
      if (state !== "DELIVERED" && state !== "DEAD") return "UNFINISHED";
      const [open] = await tx.$queryRaw<SqlRow[]>(OPEN_WISH([actor.ods, deliveryId]));
      if (open !== undefined) return readDelivery(open);
      const [wish] = await tx.$queryRaw<SqlRow[]>(INSERT_WISH([actor.ods, deliveryId, id]));
      if (wish === undefined) return null;
      const delivery = readDelivery(wish);
      await tx.$executeRaw(ANNOUNCE_WISH([actor.ods, delivery.programmeCode, String(delivery.sequence)]));
      return delivery;
    });

  /** Keys first: they may have to come from the database, whose only connection the transaction may hold. */
  async #unit<T>(actor: OrganisationActor, work: (tx: Transaction, keys: OrganisationKeys) => Promise<T>): Promise<T> {
    const keys = await this.#keys.organisation(actor.ods);
    const settings = { role: "nacr_app", ods: actor.ods, programmes: actor.programmes } as const;
    return this.#database.withRole(settings, (tx) => work(tx, keys));
  }
}

const ownValues = (actor: OrganisationActor): readonly string[] => [actor.ods, toArrayLiteral(actor.programmes)];

interface KnownWebhook extends Webhook {
  readonly secrets: readonly string[];
}

async function find(
  statement: ConstantSql,
  tx: Transaction,
  keys: OrganisationKeys,
  actor: OrganisationActor,
  id: string,
): Promise<KnownWebhook | null> {
  if (!isUuid(id)) return null;
  const [row] = await tx.$queryRaw<SqlRow[]>(statement([...ownValues(actor), id]));
  return row === undefined ? null : readWebhook(row, keys);
}

function readWebhook(row: SqlRow, keys: OrganisationKeys): KnownWebhook {
  const id = textOf(row, "id");
  const secrets = openSecrets(keys, id, bytesOf(row, "secrets"));
  return {
    id,
    url: textOf(row, "url"),
    programmeCodes: textOf(row, "programmes").split(","),
    createdAt: textOf(row, "created_at"),
    liveSecrets: secrets.length,
    removedAt: optionalTextOf(row, "removed_at"),
    secrets,
  };
}

function readDelivery(row: SqlRow): WebhookDelivery {
  const state = wordOf(row, "state", DELIVERY_STATES);
  return {
    id: textOf(row, "id"),
    webhookId: textOf(row, "webhook_id"),
    programmeCode: textOf(row, "programme_code"),
    eventId: textOf(row, "event_id"),
    sequence: numberOf(row, "sequence"),
    attempt: numberOf(row, "attempt"),
    state,
    statusCode: optionalNumberOf(row, "status_code"),
    failure: row.failure === null ? null : wordOf(row, "failure", DELIVERY_FAILURES),
    durationMs: optionalNumberOf(row, "duration_ms"),
    // Of a wish the column says when it is due.
    attemptedAt: state === "REQUESTED" ? null : textOf(row, "attempted_at"),
    redeliveryOf: optionalTextOf(row, "redelivery_of"),
  };
}
