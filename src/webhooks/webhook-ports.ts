/** What webhooks need from outside: a place for registrations, a place for what is on its way, and a way to call an address. */
import type { OrganisationActor } from "../records/actor.ts";
import type { ProgrammeEvent } from "../records/programme-event.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import type { DeliveryState, PostResult, Webhook, WebhookDelivery } from "./webhook.ts";

export interface WebhookToRegister {
  readonly id: string;
  readonly url: string;
  readonly programmeCodes: readonly string[];
  readonly secret: string;
  readonly createdAt: string;
}

/**
 * Registrations, under the actor's row-level security. An actor has the webhooks of its organisation that tell of none but the actor's
 * own programmes; what it does not have is answered with null.
 */
export interface WebhookStore {
  /** Begins behind the last event of each programme. Null where the organisation has `most` already. */
  register(actor: OrganisationActor, webhook: WebhookToRegister, most: number): Promise<Webhook | null>;
  /** Those not removed, oldest first. */
  list(actor: OrganisationActor): Promise<readonly Webhook[]>;
  /** No event is sent any more once it returns, but for an attempt that is being made. Again for one that was removed: as it is. */
  remove(actor: OrganisationActor, id: string, removedAt: string): Promise<Webhook | null>;
  /** `change` gets the secrets that sign, the newest first, and says which shall from now on. */
  changeSecrets(
    actor: OrganisationActor,
    id: string,
    change: (secrets: readonly string[]) => readonly string[],
  ): Promise<Webhook | null>;
  /** Latest first, also of a webhook that was removed. */
  deliveries(
    actor: OrganisationActor,
    webhookId: string,
    states: readonly DeliveryState[] | null,
    page: PageRequest,
  ): Promise<Page<WebhookDelivery> | null>;
  /** A wish that is still open is answered again. `UNFINISHED`: it is being tried anyway. */
  requestRedelivery(actor: OrganisationActor, deliveryId: string, id: string): Promise<WebhookDelivery | "UNFINISHED" | null>;
}

/** The events of one programme for one webhook, held by one sender until the lease runs out. */
export interface Lane {
  readonly ods: string;
  readonly webhookId: string;
  readonly programmeCode: string;
  /** Attempts of the next event so far. */
  readonly attempt: number;
  /** Proves that the lane is still held; another one after each record. */
  readonly lease: string;
}

/** What a lane has to send next. */
export interface Turn {
  readonly url: string;
  /** The newest first; each of them signs. */
  readonly secrets: readonly string[];
  readonly events: readonly ProgrammeEvent[];
}

/** A wish of `requestRedelivery`, held by one sender. */
export interface AskedRedelivery {
  readonly ods: string;
  readonly deliveryId: string;
}

/** A finished attempt for the log. */
export interface Attempt extends PostResult {
  readonly id: string;
  readonly event: ProgrammeEvent;
  readonly attempt: number;
  readonly state: Exclude<DeliveryState, "REQUESTED">;
  readonly durationMs: number;
  /** ISO instant at which it began. */
  readonly attemptedAt: string;
}

/** `DONE`: the lane goes on to the next event. `AGAIN`: the same event, after a wait. */
export type LaneStep =
  | { readonly step: "DONE"; readonly keepLease: boolean }
  | { readonly step: "AGAIN"; readonly waitMs: number };

/** How much of each kind: lanes whose next event was not tried yet, lanes whose next event failed before, redeliveries. */
export interface WorkWanted {
  readonly fresh: number;
  readonly again: number;
  readonly redeliveries: number;
}

export interface TakenWork {
  readonly lanes: readonly Lane[];
  readonly redeliveries: readonly AskedRedelivery[];
}

/** What is on its way, of every organisation. Times are the database's own, so that senders on several machines agree. */
export interface DeliveryStore {
  /** Takes what is due and held by nobody, the longest waiting first. */
  take(wanted: WorkWanted): Promise<TakenWork>;
  /** Null where the webhook was removed. */
  readTurn(lane: Lane, most: number): Promise<Turn | null>;
  /** Logs the attempt and moves the lane. @returns the lane where its lease is kept, else null: it was given up or lost */
  record(lane: Lane, attempt: Attempt, step: LaneStep): Promise<Lane | null>;
  /** One event; null where the webhook was removed. */
  readRedelivery(asked: AskedRedelivery): Promise<Turn | null>;
  recordRedelivery(asked: AskedRedelivery, attempt: Omit<Attempt, "id" | "event">): Promise<void>;
}

export interface SignedPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Calls out. Never throws: what goes wrong out there is a result. */
export interface OutboundCalls {
  post(request: SignedPost): Promise<PostResult>;
  /** The URL as it will be called; null for one that may not be, whose host is not found, or that is no URL. */
  checkUrl(url: string): Promise<string | null>;
}
