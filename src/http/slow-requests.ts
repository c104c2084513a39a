/**
 * Requests that do not arrive. Node's own `requestTimeout` ends every request at the same age, so it would end a large upload over a
 * slow line; here the routes that take a whole body at once have an age, and the others are watched for silence instead.
 */
import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";

export interface ArrivalTimes {
  /** From the headers to the last byte of an ordinary request. */
  readonly requestMs: number;
  /** Without a byte of an upload. */
  readonly silenceMs: number;
}

export const ARRIVAL_TIMES: ArrivalTimes = { requestMs: 30_000, silenceMs: 30_000 };

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route reads its body with `readArriving`, for as long as it takes. */
    takesItsTime?: boolean;
  }
}

/** Ends the request where its body is not there in time; `end` answers and closes the connection. */
export function limitArrival(request: FastifyRequest, reply: FastifyReply, ms: number, end: () => void): void {
  if (request.raw.complete || request.routeOptions.config.takesItsTime) return;
  const timer = setTimeout(() => {
    if (!request.raw.complete) end();
  }, ms);
  reply.raw.once("close", () => clearTimeout(timer));
}

/**
 * The body's bytes as they come, waiting for the sender only: while the reader is busy no time runs. The connection outlives a reader
 * that stops early.
 * @throws GatewayError BAD_USER_INPUT where the body breaks off or nothing comes for `silenceMs`
 */
export async function* readArriving(payload: IncomingMessage, silenceMs: number): AsyncGenerator<Buffer> {
  for (;;) {
    const chunk: unknown = payload.read();
    if (Buffer.isBuffer(chunk)) yield chunk;
    else if (payload.readableEnded) return;
    else if (payload.destroyed) throw new GatewayError("BAD_USER_INPUT", "The request body broke off.");
    else if (!(await changes(payload, silenceMs)))
      throw new GatewayError("BAD_USER_INPUT", `No byte of the request body came for ${silenceMs / 1000} seconds.`);
  }
}

const CHANGES = ["readable", "end", "error", "close"] as const;

/** False where nothing happens in time. */
function changes(payload: IncomingMessage, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (changed: boolean): void => {
      clearTimeout(timer);
      for (const event of CHANGES) payload.off(event, onChange);
      resolve(changed);
    };
    const onChange = (): void => settle(true);
    const timer = setTimeout(settle, ms, false);
    for (const event of CHANGES) payload.on(event, onChange);
  });
}

/** How long the rest of a refused upload is let through unread: closed at once, the sender would lose the answer too. */
const LINGER_MS = 5_000;

/** After the answer: takes the connection from who goes on sending. */
export function endUnreadBody({ raw }: FastifyRequest): void {
  if (raw.complete) return;
  raw.resume();
  const timer = setTimeout(() => raw.destroy(), LINGER_MS);
  raw.once("close", () => clearTimeout(timer));
}
