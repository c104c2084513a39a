/**
 * An identity provider of the gateway's own, for demo mode and nothing else: what a newcomer comes with who has no role yet. Its key is
 * worked out from the gateway's secret, so that all processes and all starts have the same one.
 */
import { createECDH, createPrivateKey, hkdfSync, type JsonWebKey } from "node:crypto";
import { SignJWT } from "jose";
import { LIMITS } from "../lib/limits.ts";
import type { IdentityProvider } from "./identity-token.ts";

const CURVE = { jose: "P-256", node: "prime256v1", bytes: 32 } as const;
const ALGORITHM = "ES256";
const KEY_ID = "demo";
const TOKEN_TYPE = "at+jwt";
/** The demo's sign-in asks for nothing, and says so. */
const ACR = "urn:nacr:demo";
export const DEMO_OIDC_PATH = "/demo/oidc";
/** Whom `nacr token --as newcomer` is. */
export const NEWCOMER = "newcomer";

export interface DemoIssuer {
  readonly provider: IdentityProvider;
  /** OpenID Connect discovery 1.0, as far as the issuer goes: it has no page to sign in at. */
  readonly discovery: Readonly<Record<string, unknown>>;
  readonly keySet: { readonly keys: readonly JsonWebKey[] };
  issue(subject: string, tokenId: string): Promise<string>;
}

/** @param publicUrl of the gateway: the audience of its tokens */
export function createDemoIssuer(publicUrl: string, secret: Uint8Array): DemoIssuer {
  const issuer = `${publicUrl}${DEMO_OIDC_PATH}`;
  const { publicJwk, privateKey } = deriveKeys(secret);
  const named = { ...publicJwk, kid: KEY_ID, alg: ALGORITHM, use: "sig" };
  return {
    provider: {
      issuer,
      audience: publicUrl,
      subjectClaim: "sub",
      acrClaim: "acr",
      acrValues: [ACR],
      tokenTypes: [TOKEN_TYPE],
      maxLifetimeSeconds: LIMITS.accessTokenSeconds,
      clockToleranceSeconds: 2,
      keysOf: async () => [{ kid: KEY_ID, jwk: named }],
    },
    discovery: {
      issuer,
      jwks_uri: `${issuer}/jwks`,
      token_endpoint: `${publicUrl}/demo/token`,
      response_types_supported: ["token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: [ALGORITHM],
      acr_values_supported: [ACR],
    },
    keySet: { keys: [named] },
    issue: (subject, tokenId) =>
      new SignJWT({ acr: ACR })
        .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: TOKEN_TYPE })
        .setIssuer(issuer)
        .setAudience(publicUrl)
        .setSubject(subject)
        .setJti(tokenId)
        .setIssuedAt()
        .setExpirationTime(`${LIMITS.accessTokenSeconds}s`)
        .sign(privateKey),
  };
}

/** The scalar is as good as evenly spread: the curve's order lies within 2^-32 of 2^256. */
function deriveKeys(secret: Uint8Array) {
  const scalar = Buffer.from(hkdfSync("sha256", secret, new Uint8Array(0), "nacr demo issuer", CURVE.bytes));
  const pair = createECDH(CURVE.node);
  pair.setPrivateKey(scalar);
  const point = pair.getPublicKey();
  const x = point.subarray(1, 1 + CURVE.bytes).toString("base64url");
  const y = point.subarray(1 + CURVE.bytes).toString("base64url");
  const publicJwk = { kty: "EC", crv: CURVE.jose, x, y };
  const privateJwk = { ...publicJwk, d: scalar.toString("base64url") };
  return { publicJwk, privateKey: createPrivateKey({ key: privateJwk, format: "jwk" }) };
}
