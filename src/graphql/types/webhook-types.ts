/** Addresses that an organisation wants to be told at, and the log of what was sent there. docs/webhooks.md is for receivers. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { DELIVERY_FAILURES, DELIVERY_STATES } from "../../webhooks/webhook.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";

export const WebhookDeliveryStateEnum = registerNames("WebhookDeliveryState", "How far a delivery is.", DELIVERY_STATES, {
  FAILED: "It is tried again; later events of the programme wait.",
  DEAD: "The last attempt failed; later events went on. `redeliver` tries once more.",
  REQUESTED: "Asked for by `redeliver` and not yet made.",
});

const WebhookDeliveryFailureEnum = registerNames(
  "WebhookDeliveryFailure",
  "Why an attempt failed. What the receiver answered is not kept.",
  DELIVERY_FAILURES,
  {
    REFUSED_ADDRESS: "The host has an address that the gateway does not call.",
    HTTP_STATUS: "The receiver answered, and not with 2xx; redirects are not followed.",
  },
);

@InputType()
export class RegisterWebhookInput {
  @Field(() => String, { description: "https, on port 443 or 8443." }) url!: string;
  @Field(() => [String], { nullable: true, description: "Absent: every programme you may act for now." })
  programmeCodes?: string[] | null;
}

@ObjectType({ simpleResolvers: true, description: "An address that is told of the events of programmes." })
export class Webhook {
  @Field(() => ID) id!: string;
  @Field(() => String) url!: string;
  @Field(() => [String]) programmeCodes!: readonly string[];
  @Field(() => DateTimeScalar) createdAt!: string;
  @Field(() => Int, { description: "Secrets that sign: two from a rotation until the old one is retired." }) liveSecrets!: number;
  @Field(() => DateTimeScalar, { nullable: true }) removedAt!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class WebhookRegistration {
  @Field(() => Webhook) webhook!: Webhook;
  @Field(() => String, { description: "The key of the signatures. Shown this once." }) secret!: string;
}

@ObjectType({ simpleResolvers: true, description: "One attempt to deliver an event, or the wish for one." })
export class WebhookDelivery {
  @Field(() => ID) id!: string;
  @Field(() => ID) webhookId!: string;
  @Field(() => String) programmeCode!: string;
  @Field(() => ID) eventId!: string;
  @Field(() => Int) sequence!: number;
  @Field(() => Int, { description: "Which attempt of this event it was." }) attempt!: number;
  @Field(() => WebhookDeliveryStateEnum) state!: string;
  @Field(() => Int, { nullable: true, description: "Null where no answer came." }) statusCode!: number | null;
  @Field(() => WebhookDeliveryFailureEnum, { nullable: true }) failure!: string | null;
  @Field(() => Int, { nullable: true }) durationMs!: number | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Null while it is only asked for." }) attemptedAt!: string | null;
  @Field(() => ID, { nullable: true, description: "The delivery whose event was sent again by hand, outside the order." })
  redeliveryOf!: string | null;
}
