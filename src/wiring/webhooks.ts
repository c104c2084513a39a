/** Webhooks: the service that registers them, and the sender, which runs where the process is a worker. */
import { createAddressRule } from "../lib/outbound-address.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createOutboundCalls } from "../notifications/outbound-calls.ts";
import { describeFailure } from "../observability/logger.ts";
import { createDeliveryStore } from "../persistence/delivery-store.ts";
import { createWebhookStore } from "../persistence/webhook-store.ts";
import type { BackOff } from "../webhooks/back-off.ts";
import type { AttemptReport } from "../webhooks/run-turn.ts";
import { createWebhookSender, type WebhookSender } from "../webhooks/webhook-sender.ts";
import { createWebhookService, type WebhookService } from "../webhooks/webhook-service.ts";
import type { Parts } from "./parts.ts";

export interface Webhooks {
  readonly service: WebhookService;
  /** Does nothing until it is started. To be woken by every notification of a new event. */
  readonly sender: WebhookSender;
}

/** An event that no notification told of is found by the next look. */
const POLL_MS = 5_000;
/** Three times what one attempt may take. */
const LEASE_MS = 30_000;
const SECOND_MS = 1_000;
/** Nineteen waits: 2 s, 4 s, …, then an hour each; with full jitter 4 to 5 hours on average, 9 at most. */
const BACK_OFF: BackOff = { firstMs: 2 * SECOND_MS, mostMs: 3_600 * SECOND_MS, attempts: 20 };

export function wireWebhooks(parts: Parts): Webhooks {
  const { config, database, keys, newId, logger } = parts;
  const calls = createOutboundCalls({ judge: createAddressRule(config.outboundAllow) });
  return {
    service: createWebhookService({ store: createWebhookStore(database, keys), calls, clock: systemClock, newId }),
    sender: createWebhookSender({
      store: createDeliveryStore(database, keys, { leaseMs: LEASE_MS }),
      calls,
      clock: systemClock,
      newId,
      random: Math.random,
      backOff: BACK_OFF,
      pollMs: POLL_MS,
      reportAttempt: (report) => reportAttempt(parts, report),
      reportFault: (error) => logger.log("error", "webhook-fault", describeFailure(error)),
    }),
  };
}

/** Of the URL the host alone: what follows may be the receiver's secret. */
function reportAttempt({ metrics, logger }: Parts, report: AttemptReport): void {
  const { ods, url, state, failure, statusCode, attempt, durationMs } = report;
  metrics.webhookAttempted(state, failure ?? "NONE");
  if (failure === null) return;
  const status = statusCode === null ? {} : { status: statusCode };
  const host = new URL(url).host;
  logger.log("warn", "webhook-failed", { ods, host, outcome: state, code: failure, count: attempt, durationMs, ...status });
}
