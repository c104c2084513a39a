/** A real identity provider on a port of loopback: discovery, keys that can be rotated, and tokens of every kind, good and bad. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { PUBLIC_URL } from "./gateway.ts";

export const STRONG = "urn:test:mfa";

export interface OidcIssuer {
  readonly issuer: string;
  /** As the file of `NACR_IDENTITY_PROVIDERS` names it. */
  readonly provider: { readonly issuer: string; readonly audience: string; readonly acrValues: readonly string[] };
  /** How often its keys were asked for. */
  readonly asked: () => number;
  /** The public key that signs now. */
  readonly publicKey: () => JWK;
  /** A new signing key; the former one is published no longer. */
  rotate(): Promise<void>;
  /** Answers 503 from now on, or answers again. */
  setDown(isDown: boolean): void;
  /** A token for a subject; what is named differs from a good one. */
  token(subject: string, more?: TokenParts): Promise<string>;
  close(): Promise<void>;
}

export interface TokenParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, string>>;
  /** Seconds from now. */
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  /** Signs in the place of the issuer's own. */
  readonly key?: CryptoKey | Uint8Array;
}

interface SigningKey {
  readonly kid: string;
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

async function makeKey(): Promise<SigningKey> {
  const kid = randomUUID();
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}

/** The caller closes it. */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  let key = await makeKey();
  let isDown = false;
  let asked = 0;
  const server = createServer((request, response) => {
    if (isDown) return response.writeHead(503).end();
    const isDiscovery = request.url === "/.well-known/openid-configuration";
    if (!isDiscovery) asked += 1;
    response.writeHead(200, { "content-type": "application/json" });
    return response.end(JSON.stringify(isDiscovery ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: [key.jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${portOf(server.address())}`;
  return {
    issuer,
    provider: { issuer, audience: PUBLIC_URL, acrValues: [STRONG] },
    asked: () => asked,
    publicKey: () => key.jwk,
    rotate: async () => {
      key = await makeKey();
    },
    setDown: (down) => {
      isDown = down;
    },
    token: (subject, { claims = {}, header = {}, issuedAt = 0, expiresAt = 300, key: other } = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      const good = { iss: issuer, sub: subject, aud: PUBLIC_URL, acr: STRONG, iat: now + issuedAt, exp: now + expiresAt };
      return new SignJWT({ ...good, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: key.kid, typ: "at+jwt", ...header })
        .sign(other ?? key.privateKey);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the issuer does not listen");
  return address.port;
}
