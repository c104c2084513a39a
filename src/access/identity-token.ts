/**
 * Tokens of the identity providers an operator has configured. What is taken from one is who its bearer is: issuer and subject, with the
 * strength of the sign-in that the operator asks for. What the person may do stands in the gateway's own register.
 */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import type { PublicKey } from "./public-keys.ts";
import type { Identity } from "./registration.ts";

/** Signatures by somebody else's private key only: a shared secret, or none, proves nothing (RFC 8725). */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] as const;

/** An issuer, and what its tokens must be. */
export interface IdentityProvider {
  readonly issuer: string;
  /** A token names this one alone, as a string. */
  readonly audience: string;
  readonly subjectClaim: string;
  /** Holds a word, or a list of words, of which one must be in `acrValues`. */
  readonly acrClaim: string;
  readonly acrValues: readonly string[];
  /** Media types of the header `typ`, in lower case; a token without one is a `jwt`. */
  readonly tokenTypes: readonly string[];
  /** Between `iat` and `exp`. */
  readonly maxLifetimeSeconds: number;
  readonly clockToleranceSeconds: number;
  /** Its live public keys; none where they cannot be had. */
  readonly keysOf: (kid: string) => Promise<readonly PublicKey[]>;
}

export interface IdentityTokens {
  /** Null for anything but a token of a configured issuer that is in force; why is nobody's business. */
  verify(token: string): Promise<Identity | null>;
}

interface Verified {
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A token is not verified again for so long: a key its issuer withdrew is refused within this and the time its keys are kept. */
const REMEMBER_MS = 30_000;
/** Tokens in use at once; beyond, the one first seen is verified again. */
const REMEMBERED = 1_000;
/** A subject is an opaque word of its issuer; OpenID Connect allows 255 characters. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

/** `now` in milliseconds since 1970. */
export function createIdentityTokens(providers: readonly IdentityProvider[], now: () => number = Date.now): IdentityTokens {
  const byIssuer = new Map(providers.map((provider) => [provider.issuer, provider]));
  const remembered = new Map<string, Verified>();
  return {
    async verify(token) {
      const known = remembered.get(token);
      if (known !== undefined && known.until > now()) return known.identity;
      remembered.delete(token);
      const provider = byIssuer.get(readIssuer(token) ?? "");
      const verified = provider === undefined ? null : await verify(token, provider, now);
      if (verified === null) return null;
      const oldest = remembered.size < REMEMBERED ? undefined : remembered.keys().next().value;
      if (oldest !== undefined) remembered.delete(oldest);
      remembered.set(token, verified);
      return verified.identity;
    },
  };
}

/** What it says of itself decides only whose keys it is held against. */
function readIssuer(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch {
    return null;
  }
}

async function verify(token: string, provider: IdentityProvider, now: () => number): Promise<Verified | null> {
  try {
    const { kid, typ = "jwt" } = decodeProtectedHeader(token);
    // Without a name every unknown key would be worth a question to the issuer.
    if (typeof kid !== "string" || !provider.tokenTypes.includes(toMediaType(typ))) return null;
    const keys = await provider.keysOf(kid);
    const { payload } = await jwtVerify(
      token,
      createLocalJWKSet({ keys: keys.map(({ jwk, kid: name }) => ({ ...jwk, kid: name })) }),
      {
        algorithms: [...ALGORITHMS],
        issuer: provider.issuer,
        audience: provider.audience,
        requiredClaims: ["exp", "iat"],
        clockTolerance: provider.clockToleranceSeconds,
        currentDate: new Date(now()),
      },
    );
    const identity = readClaims(payload, provider, now() / 1_000);
    if (identity === null || payload.exp === undefined) return null;
    const end = (payload.exp + provider.clockToleranceSeconds) * 1_000;
    return { identity, until: Math.min(end, now() + REMEMBER_MS) };
  } catch {
    return null;
  }
}

/** RFC 7515, 4.1.9: `application/` may be left out. */
const toMediaType = (typ: string): string => typ.toLowerCase().replace(/^application\//, "");

/** What jose does not ask. */
function readClaims(payload: JWTPayload, provider: IdentityProvider, now: number): Identity | null {
  const { aud, exp = 0, iat = 0 } = payload;
  // Audience injection: jose accepts a list that holds ours among others; only the single string is ours alone.
  if (typeof aud !== "string") return null;
  // Bound to a key of the bearer's (DPoP, mutual TLS): whoever shows it without that proof has stolen it.
  if (payload.cnf !== undefined) return null;
  const isShortLived = exp - iat <= provider.maxLifetimeSeconds && iat - now <= provider.clockToleranceSeconds;
  const subject = payload[provider.subjectClaim];
  if (!isShortLived || !isStrong(payload[provider.acrClaim], provider.acrValues)) return null;
  return typeof subject === "string" && SUBJECT.test(subject) ? { issuer: provider.issuer, subject } : null;
}

const isStrong = (claim: unknown, wanted: readonly string[]): boolean =>
  (Array.isArray(claim) ? claim : [claim]).some((value) => typeof value === "string" && wanted.includes(value));
