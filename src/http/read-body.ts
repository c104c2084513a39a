/** Reads a request body up to the limit of its bearer, before anything is parsed. */
import type { FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS, type LimitName } from "../lib/limits.ts";
import type { Actor } from "../records/actor.ts";

export function bodyLimitOf(actor: Actor | null): LimitName {
  const submits =
    actor !== null &&
    (actor.role === "SUBMITTER" || actor.role === "CLINICAL_TEAM" || actor.scopes.includes("submissions:write"));
  return submits ? "submitBodyBytes" : "queryBodyBytes";
}

/**
 * @throws GatewayError LIMIT_EXCEEDED as soon as one byte is too many; the rest is not read.
 */
export async function readBody(request: FastifyRequest, payload: NodeJS.ReadableStream, limit: LimitName): Promise<Buffer> {
  const most = LIMITS[limit];
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > most) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of payload) {
    const part = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    bytes += part.length;
    if (bytes > most) throw tooLarge(limit);
    chunks.push(part);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes);
}

const tooLarge = (limit: LimitName): GatewayError =>
  new GatewayError("LIMIT_EXCEEDED", `The request body is larger than ${LIMITS[limit]} bytes.`, {
    details: { limit, value: LIMITS[limit] },
  });
