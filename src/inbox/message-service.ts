/** What the clinical team does with messages: look for them, see why they were parked, and have them worked on again. */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { KnownMessage, MessageReader } from "./inbox-ports.ts";

export interface MessageService extends Pick<MessageReader, "listeners" | "messages"> {
  /**
   * Messages that are not parked any more, not there, or whose content is gone are passed over.
   * @throws GatewayError LIMIT_EXCEEDED
   */
  replay(actor: OrganisationActor, ids: readonly string[]): Promise<readonly KnownMessage[]>;
}

export const createMessageService = (reader: MessageReader): MessageService => ({
  listeners: (actor) => reader.listeners(actor),
  messages: (actor, filter, page) => reader.messages(actor, filter, page),
  replay: (actor, ids) => {
    if (ids.length > LIMITS.messagesPerRequest)
      throw new GatewayError(
        "LIMIT_EXCEEDED",
        `The request is over the limit messagesPerRequest: at most ${LIMITS.messagesPerRequest}.`,
        {
          details: { limit: "messagesPerRequest", value: LIMITS.messagesPerRequest },
        },
      );
    return reader.replay(actor, ids);
  },
});
