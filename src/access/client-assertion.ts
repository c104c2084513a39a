/**
 * A client proves itself with a signed assertion (RFC 7523, as NHS England's API platform and SMART Backend Services use it).
 * Every refusal looks the same to the caller; the reason is for the operator's log.
 */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import { type ClientCertificate, mayComeWith } from "./client-certificate.ts";
import type { KeySets } from "./key-sets.ts";
import type { ClientStore, RefusalReason, RegisteredClient } from "./ports.ts";

/** Signature algorithms NHS England and SMART ask for; anything else is refused. */
const ASSERTION_ALGORITHMS = ["RS384", "RS512", "ES384"] as const;
/** An assertion lives five minutes at most; longer ones are refused, with this much tolerance for the sender's clock. */
const MAX_LIFETIME_SECONDS = 300;
const CLOCK_TOLERANCE_SECONDS = 5;
/** Longer texts are not worth parsing: a real assertion has about 700 characters. */
const MAX_ASSERTION_LENGTH = 8_192;
const MAX_JTI_LENGTH = 128;

export interface AssertionContext {
  readonly store: Pick<ClientStore, "findClient" | "rememberAssertion">;
  readonly keySets: KeySets;
  /** The issuer or the token address: an assertion names exactly one of them, as a string. */
  readonly audiences: readonly string[];
  /** Seconds since 1970. */
  readonly now: () => number;
}

export type VerifiedAssertion =
  | { readonly client: RegisteredClient; readonly refused: null }
  /** `client` is a registered one the assertion claims to be, or null. */
  | { readonly client: RegisteredClient | null; readonly refused: RefusalReason };

/**
 * The client the assertion proves. `certificate`: of the connection it came over; null: none.
 * @throws GatewayError DATABASE_UNAVAILABLE: the assertion was not judged
 */
export async function verifyAssertion(
  assertion: string,
  certificate: ClientCertificate | null,
  context: AssertionContext,
): Promise<VerifiedAssertion> {
  const claimed = readClaimedIssuer(assertion);
  if (claimed === null) return { client: null, refused: "MALFORMED" };
  const client = await context.store.findClient(claimed);
  if (client === null) return { client, refused: "UNKNOWN_CLIENT" };
  if (!client.active) return { client, refused: "CLIENT_REVOKED" };
  const payload = await verifySignature(assertion, client, context);
  if (payload === null) return { client, refused: "NOT_VERIFIED" };
  // Before it counts as used: whoever copied an assertion must not be able to use up the client's own.
  if (!mayComeWith(client.certificates, certificate)) return { client, refused: "OTHER_CERTIFICATE" };
  return { client, refused: (await isFirstUse(payload, client, context)) ? null : "REPLAYED" };
}

function readClaimedIssuer(assertion: string): string | null {
  if (assertion.length > MAX_ASSERTION_LENGTH) return null;
  try {
    return decodeJwt(assertion).iss ?? null;
  } catch {
    return null;
  }
}

interface UsableClaims {
  readonly jti: string;
  readonly exp: number;
}

async function verifySignature(
  assertion: string,
  client: RegisteredClient,
  context: AssertionContext,
): Promise<UsableClaims | null> {
  try {
    const { kid } = decodeProtectedHeader(assertion);
    const known = client.jwksUrl === null ? client.keys : await context.keySets.keysOf(client.jwksUrl, kid);
    const keys = createLocalJWKSet({ keys: known.map((key) => ({ ...key.jwk, kid: key.kid })) });
    const { payload } = await jwtVerify(assertion, keys, {
      algorithms: [...ASSERTION_ALGORITHMS],
      issuer: client.id,
      subject: client.id,
      audience: [...context.audiences],
      requiredClaims: ["exp", "jti", "iat"],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(context.now() * 1000),
    });
    // Without `kid` jose would try the client's only key.
    return typeof kid === "string" ? readClaims(payload, context.now()) : null;
  } catch {
    return null;
  }
}

/** What jose does not ask: one audience alone, a short life, a usable id. */
function readClaims({ aud, exp, iat, jti }: JWTPayload, now: number): UsableClaims | null {
  // Audience injection: jose accepts a list that holds our address among others; only the single string is ours alone.
  if (typeof aud !== "string" || exp === undefined || iat === undefined) return null;
  const latest = MAX_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS;
  const shortLived = exp - now <= latest && exp - iat <= latest && iat - now <= CLOCK_TOLERANCE_SECONDS;
  const usableId = typeof jti === "string" && jti.length > 0 && jti.length <= MAX_JTI_LENGTH;
  return shortLived && usableId ? { jti, exp } : null;
}

async function isFirstUse({ jti, exp }: UsableClaims, client: RegisteredClient, { store }: AssertionContext): Promise<boolean> {
  // Kept past the tolerance, so that it cannot be used again in its last seconds.
  return await store.rememberAssertion(client.id, jti, new Date((exp + 2 * CLOCK_TOLERANCE_SECONDS) * 1000));
}
