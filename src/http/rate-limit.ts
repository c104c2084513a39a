/** Each request of a client counts; one too many is told when to come again. Headers as in the IETF's draft on rate limits. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type GraphqlRefusal, sendRefusal } from "./graphql-error-body.ts";

/** A client's budget after a request was counted. */
export interface Admission {
  readonly taken: boolean;
  readonly left: number;
  readonly waitSeconds: number;
  readonly perMinute: number;
}

export type AdmitRequest = (clientId: string) => Admission;

/** To be run after the client is known. */
export function createRateLimit(admit: AdmitRequest) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const admission = admit(request.actor?.clientId ?? "");
    const wait = Math.max(1, Math.ceil(admission.waitSeconds));
    reply.header("ratelimit-policy", `"requests";q=${admission.perMinute};w=60`);
    reply.header("ratelimit", `"requests";r=${admission.left};t=${admission.taken ? 0 : wait}`);
    return admission.taken ? undefined : sendRefusal(reply, toRefusal(admission.perMinute, wait));
  };
}

const toRefusal = (value: number, retryAfterSeconds: number): GraphqlRefusal => ({
  status: 429,
  code: "RATE_LIMITED",
  message: `This client may send ${value} requests a minute.`,
  details: { limit: "requestsPerMinute", value },
  retryable: true,
  retryAfterSeconds,
});
