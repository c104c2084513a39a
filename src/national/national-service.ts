/** What administrators of the audit see of the feed, and the one thing they can ask of it. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor } from "../records/actor.ts";
import { roundForDisclosure } from "./disclosed-count.ts";
import type { NationalStore } from "./national-ports.ts";

/** Counts as they may be shown; null: between one and seven. */
export interface NationalFeedStatus {
  readonly rows: number | null;
  readonly due: number | null;
  readonly withheld: number | null;
}

export interface NationalService {
  status(): Promise<NationalFeedStatus>;
  /** Makes all national rows of an organisation's patients anew. @throws GatewayError NOT_FOUND */
  rebuild(actor: Actor, odsCode: string): Promise<NationalFeedStatus>;
}

export function createNationalService(store: NationalStore): NationalService {
  const status = async (): Promise<NationalFeedStatus> => {
    const { journeys, due, withheld } = await store.counts();
    return { rows: roundForDisclosure(journeys), due: roundForDisclosure(due), withheld: roundForDisclosure(withheld) };
  };
  return {
    status,
    rebuild: async (actor, odsCode) => {
      if (!(await store.rebuild(actor, odsCode))) throw new GatewayError("NOT_FOUND", "There is no such organisation.");
      return status();
    },
  };
}
