/** What administrators of the audit do with cuts: ask for one, see how far it is, withdraw one. */
import { GatewayError } from "../../errors/gateway-error.ts";
import type { Page, PageRequest } from "../../lib/page.ts";
import type { Actor } from "../../records/actor.ts";
import { entryOf } from "../../records/audit-entry.ts";
import type { Clock, NewId } from "../../submission/ports.ts";
import { readReason } from "../../submission/read-reason.ts";
import type { Cut } from "./cut.ts";
import { nextCutFrom } from "./monthly-rule.ts";
import type { CutPublication } from "./publication.ts";
import type { PublicationStore } from "./publication-ports.ts";

export interface CutService {
  /** Asks a worker for a cut. @throws GatewayError CONFLICT TOO_SOON with the day `from` which one may be published, IN_WORK */
  publish(actor: Actor): Promise<CutPublication>;
  /** Nothing is answered from it any more; the cut before is not brought back. @throws GatewayError NOT_FOUND, BAD_USER_INPUT */
  withdraw(actor: Actor, id: string, reason: string): Promise<Cut>;
  /** @returns null where there is none */
  publication(id: string): Promise<CutPublication | null>;
  publications(page: PageRequest): Promise<Page<CutPublication>>;
}

export interface CutServiceDependencies {
  readonly store: PublicationStore;
  readonly clock: Clock;
  readonly newId: NewId;
}

export function createCutService({ store, clock, newId }: CutServiceDependencies): CutService {
  return {
    publish: async (actor) => {
      const last = await store.lastPublishedAt();
      const from = last === null ? null : nextCutFrom(last);
      if (from !== null && clock.today() < from)
        throw new GatewayError("CONFLICT", `There is a month between two cuts: the next one from ${from} on.`, {
          details: { reason: "TOO_SOON", from },
        });
      const id = newId();
      const entry = entryOf(actor, { action: "CREATE", type: "ASK_CUT", entity: { kind: "CUT_PUBLICATION", id } });
      const asked = await store.ask({ id, askedBy: actor.clientId, askedAt: clock.now() }, entry);
      if (asked === null) throw new GatewayError("CONFLICT", "A cut is being published.", { details: { reason: "IN_WORK" } });
      return asked;
    },
    withdraw: async (actor, id, reason) => {
      const entry = entryOf(actor, { action: "UPDATE", type: "WITHDRAW_CUT", entity: { kind: "CUT", id } });
      const withdrawal = { at: clock.now(), by: actor.clientId, reason: readReason(reason, "reason") };
      const cut = await store.withdraw(id, withdrawal, entry);
      if (cut === null) throw new GatewayError("NOT_FOUND", "There is no such cut.");
      return cut;
    },
    publication: (id) => store.find(id),
    publications: (page) => store.page(page),
  };
}
