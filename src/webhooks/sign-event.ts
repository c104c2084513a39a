/** Secrets of webhooks and what is signed with them. docs/webhooks.md tells receivers how to check it. */
import { createHmac, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;

export const createWebhookSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString("base64url")}`;

/**
 * The value of `NACR-Signature`: `t=<seconds>,v1=<hex>`, with a `v1` for each secret that signs, so that a receiver can change from one to
 * the other at any time. HMAC-SHA-256 over `<seconds>.<event id>.<body>`; the key is the secret's text as it was shown. Time and id
 * are inside, so a receiver can refuse what is old or what it has had.
 */
export function signEvent(secrets: readonly string[], seconds: number, eventId: string, body: string): string {
  const signed = `${seconds}.${eventId}.${body}`;
  const signatures = secrets.map((secret) => `v1=${createHmac("sha256", secret).update(signed, "utf8").digest("hex")}`);
  return [`t=${seconds}`, ...signatures].join(",");
}
