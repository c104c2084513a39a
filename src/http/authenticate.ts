/** No bearer, no parsing: the token is checked before a byte of the body is read. */
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Actor } from "../records/actor.ts";
import { sendRefusal } from "./graphql-error-body.ts";
import { isHolder } from "./peer-certificate.ts";

/** `Bearer` and a token of the characters RFC 6750 allows; longer ones cannot be ours. */
const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,8192}=*)$/i;

/** Null for anything but a bearer's header. */
export const readBearer = (authorization: string | undefined): string | null => BEARER.exec(authorization ?? "")?.[1] ?? null;

/** The organisation that a person with several asks to act for; null where none is asked for. */
export function readOrganisation(headers: IncomingHttpHeaders): string | null {
  const asked = headers["x-nacr-organisation"];
  return asked === undefined ? null : String(asked);
}

export function createAuthentication(verifyToken: (token: string, organisation: string | null) => Promise<Actor | null>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const token = readBearer(request.headers.authorization);
    const actor = token === null ? null : await verifyToken(token, readOrganisation(request.headers));
    if (actor === null || !isHolder(actor, request.raw.socket))
      return sendRefusal(reply, { status: 401, code: "UNAUTHENTICATED", message: "A valid access token is required." });
    request.actor = { ...actor, correlationId: request.correlationId };
    return undefined;
  };
}
