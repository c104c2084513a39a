/** Webhooks over the test database: registered, told of events, and sent by real calls to receivers on loopback. */

import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createAddressRule } from "../../../src/lib/outbound-address.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { createOutboundCalls } from "../../../src/notifications/outbound-calls.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import type { Database } from "../../../src/persistence/database/database.ts";
import { createDeliveryStore } from "../../../src/persistence/delivery-store.ts";
import { appendEvent } from "../../../src/persistence/programme-events.ts";
import { createWebhookStore } from "../../../src/persistence/webhook-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { ProgrammeEvent } from "../../../src/records/programme-event.ts";
import type { BackOff } from "../../../src/webhooks/back-off.ts";
import type { WebhookDelivery } from "../../../src/webhooks/webhook.ts";
import { createWebhookSender, type SenderDependencies, type WebhookSender } from "../../../src/webhooks/webhook-sender.ts";
import { createWebhookService, type WebhookService } from "../../../src/webhooks/webhook-service.ts";
import { headerOf, newId } from "../stores/store-fixture.ts";

const BACK_OFF: BackOff = { firstMs: 20, mostMs: 100, attempts: 4 };

export interface WebhookBench {
  readonly service: WebhookService;
  readonly faults: readonly unknown[];
  /** Makes and starts one; the test stops it. */
  startSender(more?: Partial<SenderDependencies>, leaseMs?: number): WebhookSender;
  /** As the commit of a submission tells it. @returns how many were told */
  tell(actor: OrganisationActor, programmeCode: string, count?: number): Promise<void>;
  log(actor: OrganisationActor, webhookId: string): Promise<readonly WebhookDelivery[]>;
}

export function createWebhookBench(database: Database): WebhookBench {
  const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
  const calls = createOutboundCalls({
    judge: createAddressRule(["127.0.0.0/8"]),
    limits: { connectMs: 200, wholeMs: 400 },
  });
  const service = createWebhookService({ store: createWebhookStore(database, keys), calls, clock: systemClock, newId });
  const faults: unknown[] = [];
  return {
    service,
    faults,
    startSender: (more = {}, leaseMs = 5_000) => {
      const sender = createWebhookSender({
        store: createDeliveryStore(database, keys, { leaseMs }),
        calls,
        clock: systemClock,
        newId,
        random: () => 0.5,
        backOff: BACK_OFF,
        pollMs: 50,
        reportAttempt: () => undefined,
        reportFault: (error) => faults.push(error),
        ...more,
      });
      sender.start();
      return sender;
    },
    tell: async (actor, programmeCode, count = 1) => {
      for (let told = 0; told < count; told += 1) {
        const header = headerOf(actor, { programmeCode }, []);
        await database.withRole({ role: "nacr_app", ods: actor.ods, programmes: actor.programmes }, (tx) =>
          appendEvent(tx, header),
        );
      }
    },
    log: async (actor, webhookId) => {
      const page = await service.deliveries(actor, webhookId, null, { first: 100, after: null });
      return page.nodes.map(({ node }) => node).reverse();
    },
  };
}

/** What a delivery or a body says of the event. */
export const sequencesOf = (events: readonly Pick<ProgrammeEvent, "sequence">[]): readonly number[] =>
  events.map(({ sequence }) => sequence);
