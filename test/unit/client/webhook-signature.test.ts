import { describe, expect, it } from "vitest";
import { isFromGateway, OLDEST_SIGNATURE } from "../../../src/client/webhook-signature.ts";
import { createWebhookSecret, signEvent } from "../../../src/webhooks/sign-event.ts";

const secret = createWebhookSecret();
const body = '{"type":"SUBMISSION_COMPLETED"}';
const NOW = 1_772_444_100;
const messageOf = (signature: string, more: object = {}) => ({
  headers: { "nacr-signature": signature, "nacr-event-id": "e-1" },
  body,
  ...more,
});
const signed = messageOf(signEvent([secret], NOW, "e-1", body));

describe("a webhook's message", () => {
  it("is the gateway's as text and as bytes, also while two secrets sign", () => {
    expect(isFromGateway(secret, signed, NOW)).toBe(true);
    expect(isFromGateway(secret, { ...signed, body: Buffer.from(body) }, NOW)).toBe(true);
    const two = messageOf(signEvent([createWebhookSecret(), secret], NOW, "e-1", body));
    expect(isFromGateway(secret, two, NOW)).toBe(true);
  });

  it.each([
    ["with another body", { ...signed, body: `${body} ` }],
    ["under another id", { ...signed, headers: { ...signed.headers, "nacr-event-id": "e-2" } }],
    ["signed with another secret", messageOf(signEvent([createWebhookSecret()], NOW, "e-1", body))],
    ["without a signature", { headers: {}, body }],
    ["with a time that is none", messageOf(signed.headers["nacr-signature"].replace(/^t=\d+/, "t=soon"))],
    ["with an empty time", messageOf("t=,v1=00")],
    ["with a time that was changed", messageOf(signed.headers["nacr-signature"].replace(/^t=\d+/, `t=${NOW + 1}`))],
  ])("is not %s", (_what, message) => {
    expect(isFromGateway(secret, message, NOW)).toBe(false);
  });

  it("is refused once it is old, and before its time", () => {
    expect(isFromGateway(secret, signed, NOW + OLDEST_SIGNATURE)).toBe(true);
    expect(isFromGateway(secret, signed, NOW + OLDEST_SIGNATURE + 1)).toBe(false);
    expect(isFromGateway(secret, signed, NOW - OLDEST_SIGNATURE - 1)).toBe(false);
  });
});
