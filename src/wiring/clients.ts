/** The systems of organisations: who looks after them, the keys they publish, and what the trail says of those that are refused. */
import { type ClientService, createClientService } from "../access/client-service.ts";
import { createKeySets, type FetchKeySet, type KeySets } from "../access/key-sets.ts";
import type { TokenRefusal } from "../access/ports.ts";
import { readPublishedSet } from "../access/public-keys.ts";
import { createRefusalNotes } from "../access/refusal-notes.ts";
import { createAddressRule } from "../lib/outbound-address.ts";
import { systemClock } from "../lib/system-clock.ts";
import { getPinned } from "../notifications/get-pinned.ts";
import { createOutboundCalls } from "../notifications/outbound-calls.ts";
import { describeFailure } from "../observability/logger.ts";
import { createClientRegister } from "../persistence/client-register.ts";
import { createRefusalTrail } from "../persistence/refused-tokens.ts";
import type { Parts } from "./parts.ts";

/** Keys in a published set, usable or not. */
const MOST_PUBLISHED = 20;

export const wireClients = ({ config, database, clients, newId }: Parts): ClientService =>
  createClientService({
    register: createClientRegister(database, newId),
    checkUrl: createOutboundCalls({ judge: createAddressRule(config.outboundAllow) }).checkUrl,
    programmesOf: async (odsCode) =>
      (await clients.organisations([odsCode])).flatMap(({ programmes }) => programmes.map(({ code }) => code)),
    asksForCertificates: (config.tls?.clientCaFile ?? null) !== null,
    clock: systemClock,
    newId,
  });

export function wireKeySets({ config }: Parts): KeySets {
  const judge = createAddressRule(config.outboundAllow);
  const fetchSet: FetchKeySet = async (url) => {
    const answer = await getPinned(url, { judge });
    const keys = answer === null ? null : readPublishedSet(answer.text, MOST_PUBLISHED);
    return answer === null || keys === null ? null : { keys, maxAgeSeconds: readMaxAge(answer.cacheControl) };
  };
  return createKeySets(fetchSet);
}

/** Null where it does not say, or says that nothing may be kept. */
export function readMaxAge(cacheControl: string | null): number | null {
  const directives = (cacheControl ?? "").toLowerCase();
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])/.exec(directives)?.[1];
  return seconds === undefined || /no-(?:store|cache)/.test(directives) ? null : Number(seconds);
}

/** What becomes of refused token requests. */
export interface Refusals {
  report(refusal: TokenRefusal): Promise<void>;
  close(): Promise<void>;
}

/** In the operator's log each of them, in the audit trail as `refusal-notes.ts` says. */
export function wireRefusals({ database, newId, logger }: Parts): Refusals {
  const notes = createRefusalNotes({
    write: createRefusalTrail(database, newId),
    reportFault: (error) => logger.log("error", "refusal-not-audited", describeFailure(error)),
  });
  return {
    report: async (refusal) => {
      const { clientId, ...told } = refusal;
      logger.log("warn", "token-refused", { ...told, ...(clientId === null ? {} : { clientId }) });
      await notes.note(refusal);
    },
    close: notes.close,
  };
}
