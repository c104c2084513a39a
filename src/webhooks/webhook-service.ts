/** Registering, looking after and removing the webhooks of an organisation. */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import { createWebhookSecret } from "./sign-event.ts";
import type { DeliveryState, Webhook, WebhookDelivery } from "./webhook.ts";
import type { OutboundCalls, WebhookStore } from "./webhook-ports.ts";

/** The one time a secret is shown. */
export interface WebhookRegistration {
  readonly webhook: Webhook;
  readonly secret: string;
}

export interface WebhookService {
  /**
   * @param programmeCodes null: every programme the actor has now
   * @throws GatewayError FORBIDDEN for a programme that is not the actor's, BAD_USER_INPUT for an address that may not be called, LIMIT_EXCEEDED
   */
  register(actor: OrganisationActor, url: string, programmeCodes: readonly string[] | null): Promise<WebhookRegistration>;
  list(actor: OrganisationActor): Promise<readonly Webhook[]>;
  /** @throws GatewayError NOT_FOUND, as everything below */
  remove(actor: OrganisationActor, id: string): Promise<Webhook>;
  /** The former secret goes on signing beside the new one, until the next rotation or `retireOldSecret`. */
  rotateSecret(actor: OrganisationActor, id: string): Promise<WebhookRegistration>;
  retireOldSecret(actor: OrganisationActor, id: string): Promise<Webhook>;
  deliveries(
    actor: OrganisationActor,
    webhookId: string,
    states: readonly DeliveryState[] | null,
    page: PageRequest,
  ): Promise<Page<WebhookDelivery>>;
  /** @throws GatewayError NOT_FOUND, CONFLICT for a delivery that will be tried again anyway */
  redeliver(actor: OrganisationActor, deliveryId: string): Promise<WebhookDelivery>;
}

export interface WebhookServiceDependencies {
  readonly store: WebhookStore;
  readonly calls: Pick<OutboundCalls, "checkUrl">;
  readonly clock: Pick<Clock, "now">;
  readonly newId: NewId;
}

const found = <T>(answer: T | null): T => {
  if (answer !== null) return answer;
  throw new GatewayError("NOT_FOUND", "The organisation has no such webhook or delivery.");
};

export function createWebhookService({ store, calls, clock, newId }: WebhookServiceDependencies): WebhookService {
  return {
    register: async (actor, url, wanted) => {
      const programmeCodes = chooseProgrammes(actor, wanted);
      const secret = createWebhookSecret();
      const registered = { id: newId(), url: await checkUrl(calls, url), programmeCodes, secret, createdAt: clock.now() };
      const webhook = await store.register(actor, registered, LIMITS.webhooksPerOrganisation);
      if (webhook === null) throw overLimit("webhooksPerOrganisation");
      return { webhook, secret };
    },
    list: (actor) => store.list(actor),
    remove: async (actor, id) => found(await store.remove(actor, id, clock.now())),
    rotateSecret: async (actor, id) => {
      const secret = createWebhookSecret();
      return {
        webhook: found(await store.changeSecrets(actor, id, ([newest]) => [secret, ...(newest ? [newest] : [])])),
        secret,
      };
    },
    retireOldSecret: async (actor, id) => found(await store.changeSecrets(actor, id, (secrets) => secrets.slice(0, 1))),
    deliveries: async (actor, webhookId, states, page) => found(await store.deliveries(actor, webhookId, states, page)),
    redeliver: async (actor, deliveryId) => {
      const delivery = found(await store.requestRedelivery(actor, deliveryId, newId()));
      if (delivery !== "UNFINISHED") return delivery;
      throw new GatewayError("CONFLICT", "This delivery has not come to its end: it is or will be tried again.");
    },
  };
}

function chooseProgrammes(actor: OrganisationActor, wanted: readonly string[] | null): readonly string[] {
  const codes = [...new Set(wanted ?? actor.programmes)].sort();
  if (codes.some((code) => !actor.programmes.includes(code)))
    throw new GatewayError("FORBIDDEN", "A programme of the list is not one you may act for.");
  if (codes.length > 0) return codes;
  throw new GatewayError("BAD_USER_INPUT", "A webhook needs at least one programme.", {
    details: { path: "input.programmeCodes" },
  });
}

/** One text for every reason: another would tell which names and addresses exist in our own network. */
async function checkUrl(calls: WebhookServiceDependencies["calls"], url: string): Promise<string> {
  if (url.length > LIMITS.webhookUrlLength) throw overLimit("webhookUrlLength");
  const callable = await calls.checkUrl(url);
  if (callable !== null) return callable;
  throw new GatewayError(
    "BAD_USER_INPUT",
    "The URL cannot be called: it must be https, on port 443 or 8443, without credentials or fragment, and its host must have public addresses only.",
    { details: { path: "input.url" } },
  );
}

const overLimit = (limit: "webhooksPerOrganisation" | "webhookUrlLength"): GatewayError =>
  new GatewayError("LIMIT_EXCEEDED", `The request is over the limit ${limit}: at most ${LIMITS[limit]}.`, {
    details: { limit, value: LIMITS[limit] },
  });
