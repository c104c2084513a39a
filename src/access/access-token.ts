/**
 * Access tokens: short-lived, issued and verified by the gateway alone, so a keyed digest (HS512, key derived from the gateway's key
 * store) serves better than a key pair that would have to be shared by all processes. They carry the acting organisation, the
 * programmes and the role; nothing in a request can widen them.
 */
import { type JWTHeaderParameters, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { LIMITS } from "../lib/limits.ts";
import { type Actor, ROLES } from "../records/actor.ts";

export interface TokenIssuer {
  /** `seconds` is at most 300. */
  issue(actor: Actor, tokenId: string, seconds?: number): Promise<string>;
  /** Null for anything but a token of ours that is in force; why is nobody's business. */
  verify(token: string): Promise<Actor | null>;
}

const ALGORITHM = "HS512";
const TOKEN_TYPE = "at+jwt";
/** Two processes' clocks may differ this much. */
const CLOCK_TOLERANCE_SECONDS = 2;

const claims = z.object({
  sub: z.string().min(1),
  role: z.enum(ROLES),
  ods: z.string().nullable(),
  programmes: z.array(z.string()),
  scope: z.string(),
  vendor: z.string().optional(),
  product: z.string().optional(),
  /** RFC 8705, 3.1: the certificate the token is bound to. */
  cnf: z.object({ "x5t#S256": z.string() }).optional(),
});

/** What tokens are signed with. It is replaced now and then, and a token names the version it was signed with. */
export interface SigningSecrets {
  newest(): { readonly version: number; readonly secret: Uint8Array };
  /** Null for a version that is not (any more). */
  find(version: number): Uint8Array | null;
}

export function createTokenIssuer(issuer: string, secrets: SigningSecrets): TokenIssuer {
  return {
    issue: (actor, tokenId, seconds = LIMITS.accessTokenSeconds) => {
      const { version, secret } = secrets.newest();
      return new SignJWT(toClaims(actor))
        .setProtectedHeader({ alg: ALGORITHM, typ: TOKEN_TYPE, kid: String(version) })
        .setSubject(actor.clientId)
        .setIssuer(issuer)
        .setAudience(issuer)
        .setJti(tokenId)
        .setIssuedAt()
        .setExpirationTime(`${Math.min(seconds, LIMITS.accessTokenSeconds)}s`)
        .sign(secret);
    },
    verify: rememberVerified((token) => verify(token, issuer, secrets)),
  };
}

function toClaims(actor: Actor): Record<string, unknown> {
  const { role, ods, programmes, scopes, sourceSystem, certificate } = actor;
  const binding = certificate === undefined ? {} : { cnf: { "x5t#S256": certificate } };
  return { role, ods, programmes, scope: scopes.join(" "), ...sourceSystem, ...binding };
}

interface Verified {
  readonly actor: Actor;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Tokens in use at once; beyond, the one first seen is verified again. */
const REMEMBERED = 1_000;

/**
 * A client sends one token with all its requests of five minutes; its digest is worth a millisecond and two turns of the event loop to
 * each. Only good tokens are kept, by their whole text, and none beyond its end. Whether its client may still act is asked each time
 * (`client-standing.ts`).
 */
function rememberVerified(check: (token: string) => Promise<Verified | null>): TokenIssuer["verify"] {
  const remembered = new Map<string, Verified>();
  return async (token) => {
    const known = remembered.get(token);
    if (known !== undefined && known.until > Date.now()) return known.actor;
    remembered.delete(token);
    const verified = await check(token);
    if (verified === null) return null;
    const oldest = remembered.size < REMEMBERED ? undefined : remembered.keys().next().value;
    if (oldest !== undefined) remembered.delete(oldest);
    remembered.set(token, verified);
    return verified.actor;
  };
}

/** @throws Error where there is no such version (any more), which refuses the token as any other flaw does */
function secretOf({ kid }: JWTHeaderParameters, secrets: SigningSecrets): Uint8Array {
  const secret = secrets.find(Number(kid));
  if (secret === null) throw new Error("The token was signed with a secret that is gone");
  return secret;
}

async function verify(token: string, issuer: string, secrets: SigningSecrets): Promise<Verified | null> {
  try {
    const { payload } = await jwtVerify(token, (header) => secretOf(header, secrets), {
      algorithms: [ALGORITHM],
      typ: TOKEN_TYPE,
      issuer,
      audience: issuer,
      requiredClaims: ["exp", "jti", "sub"],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    const parsed = claims.safeParse(payload);
    if (!parsed.success || typeof payload.aud !== "string" || payload.exp === undefined) return null;
    return { actor: toActor(parsed.data), until: (payload.exp + CLOCK_TOLERANCE_SECONDS) * 1_000 };
  } catch {
    return null;
  }
}

function toActor({ sub, role, ods, programmes, scope, vendor, product, cnf }: z.infer<typeof claims>): Actor {
  const binding = cnf === undefined ? {} : { certificate: cnf["x5t#S256"] };
  const actor: Actor = { clientId: sub, role, ods, programmes, scopes: scope === "" ? [] : scope.split(" "), ...binding };
  return vendor !== undefined && product !== undefined ? { ...actor, sourceSystem: { vendor, product } } : actor;
}
