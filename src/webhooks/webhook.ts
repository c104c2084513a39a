/** The words of webhooks: an organisation's address that is told of the events of its programmes. */

/** A registered address. Its secrets are shown when they are made and never again. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly programmeCodes: readonly string[];
  /** ISO instant. */
  readonly createdAt: string;
  /** How many secrets sign at present: two from a rotation until the old one is retired. */
  readonly liveSecrets: number;
  /** ISO instant; null while it is told of events. */
  readonly removedAt: string | null;
}

/** `FAILED` is tried again; `DEAD` was the last attempt; `REQUESTED` was asked for by hand and is not yet made. */
export const DELIVERY_STATES = ["DELIVERED", "FAILED", "DEAD", "REQUESTED"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Our words for what went wrong; the receiver's own text is never kept. */
export const DELIVERY_FAILURES = ["TIMEOUT", "REFUSED_ADDRESS", "DNS", "CONNECTION", "TLS", "HTTP_STATUS"] as const;
export type DeliveryFailure = (typeof DELIVERY_FAILURES)[number];

/** How one attempt ended. */
export interface PostResult {
  /** Null: it was delivered. */
  readonly failure: DeliveryFailure | null;
  /** Null where no answer came. */
  readonly statusCode: number | null;
}

/** One line of the delivery log: an attempt, or the wish for one. */
export interface WebhookDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly programmeCode: string;
  readonly eventId: string;
  readonly sequence: number;
  readonly attempt: number;
  readonly state: DeliveryState;
  readonly statusCode: number | null;
  readonly failure: DeliveryFailure | null;
  readonly durationMs: number | null;
  /** ISO instant; null while it is only asked for. */
  readonly attemptedAt: string | null;
  /** The delivery whose event is sent again by hand, outside the order. */
  readonly redeliveryOf: string | null;
}
