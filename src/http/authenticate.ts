/** No bearer, no parsing: the token is checked before a byte of the body is read. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Actor } from "../records/actor.ts";
import { sendRefusal } from "./graphql-error-body.ts";

/** `Bearer` and a token of the characters RFC 6750 allows; longer ones cannot be ours. */
const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,4096}=*)$/i;

/** Null for anything but a bearer's header. */
export const readBearer = (authorization: string | undefined): string | null => BEARER.exec(authorization ?? "")?.[1] ?? null;

export function createAuthentication(verifyToken: (token: string) => Promise<Actor | null>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const token = readBearer(request.headers.authorization);
    const actor = token === null ? null : await verifyToken(token);
    if (actor === null)
      return sendRefusal(reply, { status: 401, code: "UNAUTHENTICATED", message: "A valid access token is required." });
    request.actor = actor;
    return undefined;
  };
}
