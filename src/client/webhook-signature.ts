/** Whether a webhook's message is the gateway's (docs/webhooks.md). */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Seconds: what is older may be a message that somebody caught. */
export const OLDEST_SIGNATURE = 300;

export interface WebhookMessage {
  /** Names in lower case, as Node and `Object.fromEntries(request.headers)` give them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came, before anything parses it. */
  readonly body: Uint8Array | string;
}

/**
 * @param secret as it was shown at registration, `whsec_` included
 * @param now seconds since 1970
 */
export function isFromGateway(secret: string, { headers, body }: WebhookMessage, now: number = Date.now() / 1000): boolean {
  const [time, ...signatures] = String(headers["nacr-signature"] ?? "")
    .split(",")
    .map((part) => part.slice(part.indexOf("=") + 1));
  // Not a number is not within any span.
  if (!(Math.abs(now - Number(time || Number.NaN)) <= OLDEST_SIGNATURE)) return false;
  const hmac = createHmac("sha256", secret)
    .update(`${time}.${String(headers["nacr-event-id"] ?? "")}.`)
    .update(body);
  const expected = Buffer.from(hmac.digest("hex"));
  const given = signatures.map((signature) => Buffer.from(signature));
  return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}
