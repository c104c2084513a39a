/** Webhooks: never for a vendor app, which would hear of what other vendors' products sent. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { DeliveryState, Webhook as KnownWebhook, WebhookDelivery as LoggedDelivery } from "../../webhooks/webhook.ts";
import type { WebhookRegistration as Registration, WebhookService } from "../../webhooks/webhook-service.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { WebhookDeliveryConnection } from "../types/connection-types.ts";
import {
  RegisterWebhookInput,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryStateEnum,
  WebhookRegistration,
} from "../types/webhook-types.ts";

const MAY_MANAGE: Policy = { SUBMITTER: true, CLINICAL_TEAM: true };

@Resolver()
export class WebhookResolver {
  readonly #webhooks: WebhookService;

  constructor(webhooks: WebhookService) {
    this.#webhooks = webhooks;
  }

  @Allow(MAY_MANAGE)
  @Query(() => [Webhook], { description: "Those that tell of none but your programmes, oldest first." })
  webhooks(@Ctx() { actor }: GraphqlContext): Promise<readonly KnownWebhook[]> {
    return this.#webhooks.list(requireOrganisation(actor));
  }

  @Allow(MAY_MANAGE)
  @Query(() => WebhookDeliveryConnection, { description: "The delivery log of a webhook, latest first." })
  async webhookDeliveries(
    @Arg("webhookId", () => ID) webhookId: string,
    @Arg("state", () => [WebhookDeliveryStateEnum], { nullable: true }) state: DeliveryState[] | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<LoggedDelivery>> {
    const page = readPageRequest(first, after);
    const found = await this.#webhooks.deliveries(requireOrganisation(actor), webhookId, state ?? null, page);
    return toConnection(found, (delivery) => delivery);
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => WebhookRegistration, { description: "From the next event on, the address is told of the programmes' events." })
  registerWebhook(
    @Arg("input", () => RegisterWebhookInput) { url, programmeCodes }: RegisterWebhookInput,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Registration> {
    return this.#webhooks.register(requireOrganisation(actor), url, programmeCodes ?? null);
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => Webhook, { description: "Nothing is sent there any more; the delivery log stays." })
  removeWebhook(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<KnownWebhook> {
    return this.#webhooks.remove(requireOrganisation(actor), id);
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => WebhookRegistration, {
    description: "A new secret. The former one signs too, until the next rotation or retireOldWebhookSecret.",
  })
  rotateWebhookSecret(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<Registration> {
    return this.#webhooks.rotateSecret(requireOrganisation(actor), id);
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => Webhook, { description: "From now on the newest secret signs alone." })
  retireOldWebhookSecret(@Arg("id", () => ID) id: string, @Ctx() { actor }: GraphqlContext): Promise<KnownWebhook> {
    return this.#webhooks.retireOldSecret(requireOrganisation(actor), id);
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => WebhookDelivery, {
    description: "One more attempt of a delivery that is DELIVERED or DEAD, at once and outside the order.",
  })
  redeliver(@Arg("deliveryId", () => ID) deliveryId: string, @Ctx() { actor }: GraphqlContext): Promise<LoggedDelivery> {
    return this.#webhooks.redeliver(requireOrganisation(actor), deliveryId);
  }
}
