/** HL7 v2 messages that came by MLLP, for the clinical team: which were parked, why, and working on them again. */
import "reflect-metadata";
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import type { KnownListener, KnownMessage } from "../../inbox/inbox-ports.ts";
import type { MessageService } from "../../inbox/message-service.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { MllpMessageConnection } from "../types/connection-types.ts";
import { MllpListener, MllpMessage, MllpMessageFilter } from "../types/mllp-types.ts";

const MAY_MANAGE: Policy = { CLINICAL_TEAM: true };

@Resolver()
export class MllpResolver {
  readonly #messages: MessageService;

  constructor(messages: MessageService) {
    this.#messages = messages;
  }

  @Allow(MAY_MANAGE)
  @Query(() => [MllpListener], { description: "The doors for HL7 v2 messages of your programmes." })
  mllpListeners(@Ctx() { actor }: GraphqlContext): Promise<readonly KnownListener[]> {
    return this.#messages.listeners(requireOrganisation(actor));
  }

  @Allow(MAY_MANAGE)
  @Query(() => MllpMessageConnection, {
    description:
      "Messages that came by MLLP, latest first. Parked ones are removed after the days of the limit `parkedMessageDays`.",
  })
  async mllpMessages(
    @Arg("filter", () => MllpMessageFilter, { nullable: true }) filter: MllpMessageFilter | null | undefined,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): Promise<Connection<KnownMessage>> {
    const { state = null, reason = null, listener = null, programmeCode = null, controlId = null } = filter ?? {};
    const page = readPageRequest(first, after);
    const wanted = { state, reason, listener, programmeCode, controlId };
    return toConnection(await this.#messages.messages(requireOrganisation(actor), wanted, page), (message) => message);
  }

  @Allow(MAY_MANAGE)
  @Mutation(() => [MllpMessage], {
    description: "Has parked messages worked on again, with the mapping of now; answered are those that wait again. At most 500.",
  })
  replayParkedMessages(
    @Arg("ids", () => [ID]) ids: string[],
    @Ctx() { actor }: GraphqlContext,
  ): Promise<readonly KnownMessage[]> {
    return this.#messages.replay(requireOrganisation(actor), ids);
  }
}
