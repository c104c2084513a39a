/**
 * A client proves itself with a signed assertion (RFC 7523, as NHS England's API platform and SMART Backend Services use it).
 * Every refusal looks the same to the caller.
 */
import { createLocalJWKSet, decodeJwt, type JWTPayload, jwtVerify } from "jose";
import type { ClientStore, RegisteredClient } from "./ports.ts";

/** Signature algorithms NHS England and SMART ask for; anything else is refused. */
export const ASSERTION_ALGORITHMS = ["RS384", "RS512", "ES384"] as const;
/** An assertion lives five minutes at most; longer ones are refused, with this much tolerance for the sender's clock. */
const MAX_LIFETIME_SECONDS = 300;
const CLOCK_TOLERANCE_SECONDS = 5;
/** Longer texts are not worth parsing: a real assertion has about 700 characters. */
const MAX_ASSERTION_LENGTH = 8_192;

export interface AssertionContext {
  readonly store: ClientStore;
  /** The issuer or the token address: an assertion names exactly one of them, as a string. */
  readonly audiences: readonly string[];
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The client the assertion proves, or null. */
export async function verifyAssertion(assertion: string, context: AssertionContext): Promise<RegisteredClient | null> {
  if (assertion.length > MAX_ASSERTION_LENGTH) return null;
  try {
    const claimed = decodeJwt(assertion);
    if (typeof claimed.iss !== "string") return null;
    const client = await context.store.findClient(claimed.iss);
    if (client === null || !client.active) return null;
    const payload = await verifySignature(assertion, client, context);
    return payload !== null && (await isFirstUse(payload, client, context)) ? client : null;
  } catch {
    return null;
  }
}

async function verifySignature(
  assertion: string,
  client: RegisteredClient,
  context: AssertionContext,
): Promise<JWTPayload | null> {
  const keys = createLocalJWKSet({ keys: client.keys.map(({ kid, jwk }) => ({ ...jwk, kid })) });
  const { payload, protectedHeader } = await jwtVerify(assertion, keys, {
    algorithms: [...ASSERTION_ALGORITHMS],
    issuer: client.id,
    subject: client.id,
    audience: [...context.audiences],
    requiredClaims: ["exp", "jti", "iat"],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(context.now() * 1000),
  });
  // Audience injection: jose accepts a list that holds our address among others; only the single string is ours alone.
  const addressed = typeof payload.aud === "string";
  return addressed && typeof protectedHeader.kid === "string" && isShortLived(payload, context.now()) ? payload : null;
}

function isShortLived({ exp, iat }: JWTPayload, now: number): boolean {
  if (exp === undefined || iat === undefined) return false;
  const latest = MAX_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS;
  return exp - now <= latest && exp - iat <= latest && iat - now <= CLOCK_TOLERANCE_SECONDS;
}

async function isFirstUse({ jti, exp }: JWTPayload, client: RegisteredClient, { store }: AssertionContext): Promise<boolean> {
  if (typeof jti !== "string" || jti.length === 0 || jti.length > 128 || exp === undefined) return false;
  // Kept past the tolerance, so that it cannot be used again in its last seconds.
  return await store.rememberAssertion(client.id, jti, new Date((exp + 2 * CLOCK_TOLERANCE_SECONDS) * 1000));
}
