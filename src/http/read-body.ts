/** Reads a request body up to the limit of its bearer, before anything is parsed. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS, type LimitName } from "../lib/limits.ts";
import type { Actor } from "../records/actor.ts";

export const maySubmit = (actor: Actor | null): boolean =>
  actor !== null &&
  actor.breakGlass === undefined &&
  (actor.role === "SUBMITTER" || actor.role === "CLINICAL_TEAM" || actor.scopes.includes("submissions:write"));

export const bodyLimitOf = (actor: Actor | null): LimitName => (maySubmit(actor) ? "submitBodyBytes" : "queryBodyBytes");

/**
 * The body's bytes, which are UTF-8.
 * @throws GatewayError LIMIT_EXCEEDED as soon as one byte is too many, with nothing of the rest kept; BAD_USER_INPUT for a body
 * that breaks off or is not UTF-8
 */
export async function readBody(payload: IncomingMessage, limit: LimitName): Promise<Buffer> {
  const announced = Number(payload.headers["content-length"] ?? 0);
  if (announced > LIMITS[limit]) throw tooLarge(limit);
  const chunks = await collect(payload, limit);
  const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  // Decoding would put a replacement character where a name was.
  if (!isUtf8(body)) throw new GatewayError("BAD_USER_INPUT", "The body is not valid UTF-8.");
  return body;
}

async function collect(payload: IncomingMessage, limit: LimitName): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // The stream must outlive a refusal: destroying it would take the connection, and the answer, with it.
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("A request body is read as bytes.");
      bytes += chunk.length;
      if (bytes > LIMITS[limit]) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    // The rest is let through unread until the sender is done or the request times out.
    payload.resume();
    if (payload.complete || !payload.destroyed) throw error;
    throw new GatewayError("BAD_USER_INPUT", "The request body broke off.");
  }
  return chunks;
}

const tooLarge = (limit: LimitName): GatewayError =>
  new GatewayError("LIMIT_EXCEEDED", `The request body is larger than ${LIMITS[limit]} bytes.`, {
    details: { limit, value: LIMITS[limit] },
  });
