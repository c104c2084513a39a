/**
 * Public keys as clients hand them in or publish them: what they must be to be used. Nothing of a key is repeated in a refusal, because
 * what was sent may be the private one.
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { JWK } from "jose";
import { z } from "zod";

export interface PublicKey {
  readonly kid: string;
  /** With the members that make the key, `kid`, and `alg` where it was named; nothing else. */
  readonly jwk: JWK;
}

export type KeyProblem =
  | "NOT_A_KEY"
  | "PRIVATE_KEY"
  | "NO_KEY_ID"
  | "NOT_FOR_SIGNATURES"
  | "WRONG_ALGORITHM"
  | "TOO_SHORT"
  | "TOO_MANY"
  | "SAME_KEY_ID";

/** As a sentence goes on after "A key". */
export const KEY_PROBLEMS: Readonly<Record<KeyProblem, string>> = {
  NOT_A_KEY: "is not a public key in the form of a JWK.",
  PRIVATE_KEY: "was sent with its private half. It is not secret any more: make another one, and send its public half only.",
  NO_KEY_ID: "needs a kid of 1 to 128 letters, digits, dots, dashes, underscores, colons.",
  NOT_FOR_SIGNATURES: "is not for signatures by its use or key_ops.",
  WRONG_ALGORITHM: "must be RSA (RS384, RS512) or on the curve P-384 (ES384).",
  TOO_SHORT: "of RSA must have 2048 to 8192 bits, and an exponent of 65537 or more.",
  TOO_MANY: "is one too many: a client has one or two.",
  SAME_KEY_ID: "has the kid of another one.",
};

/** RFC 7518, 6: members that only a private or a secret key has. */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const KEY_ID = /^[A-Za-z0-9._:~-]{1,128}$/;
const SHORTEST_RSA_BITS = 2_048;
/** A signature of a longer key takes longer to verify than a stranger should be able to ask for. */
const LONGEST_RSA_BITS = 8_192;
const SMALLEST_EXPONENT = 65_537n;

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,2048}$/);
const rsaKey = z.object({ kty: z.literal("RSA"), n: base64url, e: base64url });
const curveKey = z.object({ kty: z.literal("EC"), crv: z.literal("P-384"), x: base64url, y: base64url });
const keyMaterial = z.discriminatedUnion("kty", [rsaKey, curveKey]);
type KeyMaterial = z.infer<typeof keyMaterial>;

const ALGORITHMS: Readonly<Record<KeyMaterial["kty"], readonly unknown[]>> = { RSA: ["RS384", "RS512"], EC: ["ES384"] };

/** @param jwk what was sent, of any shape */
export function readPublicKey(jwk: unknown): PublicKey | KeyProblem {
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) return "NOT_A_KEY";
  const members: Readonly<Record<string, unknown>> = { ...jwk };
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(members, name)) || members.kty === "oct") return "PRIVATE_KEY";
  if (typeof members.kid !== "string" || !KEY_ID.test(members.kid)) return "NO_KEY_ID";
  if (!isForSignatures(members)) return "NOT_FOR_SIGNATURES";
  const material = keyMaterial.safeParse(members);
  if (!material.success) return isOtherKind(members) ? "WRONG_ALGORITHM" : "NOT_A_KEY";
  if (members.alg !== undefined && !ALGORITHMS[material.data.kty].includes(members.alg)) return "WRONG_ALGORITHM";
  const key = importKey(material.data);
  if (key === null) return "NOT_A_KEY";
  if (!isStrong(key)) return "TOO_SHORT";
  const named = typeof members.alg === "string" ? { alg: members.alg } : {};
  return { kid: members.kid, jwk: { ...material.data, kid: members.kid, ...named } };
}

function isForSignatures({ use, key_ops: operations }: Readonly<Record<string, unknown>>): boolean {
  const forVerifying = operations === undefined || (Array.isArray(operations) && operations.every((name) => name === "verify"));
  return (use === undefined || use === "sig") && forVerifying;
}

const isOtherKind = ({ kty, crv }: Readonly<Record<string, unknown>>): boolean =>
  kty === "OKP" || (kty === "EC" && typeof crv === "string" && crv !== "P-384");

/** Null for a modulus that is none, or a point that is not on the curve. */
function importKey(material: KeyMaterial): KeyObject | null {
  const key: JsonWebKey = material;
  try {
    return createPublicKey({ key, format: "jwk" });
  } catch {
    return null;
  }
}

function isStrong(key: KeyObject): boolean {
  if (key.asymmetricKeyType !== "rsa") return true;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  return modulusLength >= SHORTEST_RSA_BITS && modulusLength <= LONGEST_RSA_BITS && publicExponent >= SMALLEST_EXPONENT;
}

/** The keys of a JWK Set as its client hands it in, of any shape: each of them must be usable. */
export function readKeySet(sent: unknown, most: number): readonly PublicKey[] | KeyProblem {
  const set = z.object({ keys: z.array(z.unknown()).min(1) }).safeParse(sent);
  if (!set.success) return "NOT_A_KEY";
  if (set.data.keys.length > most) return "TOO_MANY";
  const keys: PublicKey[] = [];
  for (const jwk of set.data.keys) {
    const key = readPublicKey(jwk);
    if (typeof key === "string") return key;
    if (keys.some(({ kid }) => kid === key.kid)) return "SAME_KEY_ID";
    keys.push(key);
  }
  return keys;
}

/**
 * The usable keys of a JWK Set that a client publishes: it may hold others, for other uses and other receivers.
 * @returns null for what is no key set, or has more than `most` keys
 */
export function readPublishedSet(text: string, most: number): readonly PublicKey[] | null {
  const set = z.object({ keys: z.array(z.unknown()).max(most) }).safeParse(parseJson(text));
  if (!set.success) return null;
  const keys = set.data.keys.map(readPublicKey).filter((key) => typeof key !== "string");
  return new Set(keys.map(({ kid }) => kid)).size === keys.length ? keys : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
