/** Clients in the register, and the assertions they sign: good ones, and bad ones in every way. */
import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import type { TestDatabase } from "../../support/database.ts";
import { PUBLIC_URL } from "../../support/gateway.ts";

export const TOKEN_ADDRESS = `${PUBLIC_URL}/oauth2/token`;
export type Algorithm = "RS384" | "RS512" | "ES384";

export interface Keys {
  readonly kid: string;
  readonly alg: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

export async function makeKeys(alg: string, kid: string = randomUUID()): Promise<Keys> {
  return { kid, alg, ...(await generateKeyPair(alg, { extractable: true })) };
}

export interface Grant {
  readonly odsCode: string;
  readonly role?: "SUBMITTER" | "VENDOR_APP";
  readonly scopes?: readonly string[];
  readonly programmes?: readonly string[];
  readonly startsOn?: string;
  readonly endsOn?: string;
}

const day = (text: string | undefined): Date | null => (text === undefined ? null : new Date(`${text}T00:00:00Z`));

interface ClientToRegister {
  readonly id: string;
  readonly keys: readonly Keys[];
  readonly grants: readonly Grant[];
  readonly active?: boolean;
  readonly role?: "SUBMITTER" | "VENDOR_APP";
  readonly ownerOds?: string;
  readonly jwksUrl?: string;
  readonly certificateNames?: string[];
  readonly certificateThumbprints?: string[];
}

/** Registers a client as the operator would. Programmes left out: all of the organisation's. */
export async function registerClient(
  { database }: TestDatabase,
  { id, keys, grants, active = true, ...more }: ClientToRegister,
): Promise<void> {
  const jwks = await Promise.all(
    keys.map(async ({ kid, alg, publicKey }) => ({ kid, jwk: { ...(await exportJWK(publicKey)), alg } })),
  );
  await database.withRole({ role: "nacr_access" }, async (tx) => {
    await tx.client.create({ data: { id, name: "A system", vendor: "Acme", product: "Rehab", active, ...more } });
    for (const { kid, jwk } of jwks) {
      const { kty = "", ...rest } = jwk;
      await tx.clientKey.create({
        data: { clientId: id, kid, jwk: JSON.parse(JSON.stringify({ kty, ...rest })), notBefore: new Date(0) },
      });
    }
    for (const { odsCode, role = "SUBMITTER", scopes = ["submissions:read"], programmes, startsOn, endsOn } of grants) {
      await tx.clientOrganisation.create({
        data: {
          clientId: id,
          odsCode,
          role,
          scopes: [...scopes],
          ...(programmes ? { programmes: [...programmes] } : {}),
          startsOn: day(startsOn),
          endsOn: day(endsOn),
        },
      });
    }
  });
}

export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly jti?: string;
  /** Seconds from now. */
  readonly exp?: number;
  readonly iat?: number;
  readonly nbf?: number;
}

const NOW = (): number => Math.floor(Date.now() / 1000);

/** An assertion as a good client makes it, with members replaced; null leaves one out. */
export async function signAssertion(
  clientId: string,
  keys: Keys,
  claims: { readonly [Name in keyof Claims]: Claims[Name] | null } = {},
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const all = { iss: clientId, sub: clientId, aud: TOKEN_ADDRESS, jti: randomUUID(), exp: 300, iat: 0, ...claims };
  const times = new Set(["exp", "iat", "nbf"]);
  const payload = Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, times.has(name) ? NOW() + Number(value) : value]],
    ),
  );
  return await new SignJWT(payload)
    .setProtectedHeader({ alg: keys.alg, kid: keys.kid, typ: "JWT", ...header })
    .sign(keys.privateKey);
}

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: {
    readonly access_token?: string;
    readonly expires_in?: number;
    readonly scope?: string;
    readonly error?: string;
  };
}

/** `POST /oauth2/token` with an assertion and whatever else the form holds. */
export async function requestToken(
  url: string,
  assertion: string,
  more: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  return await postForm(
    url,
    new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
      ...more,
    }),
  );
}

export async function postForm(url: string, form: URLSearchParams): Promise<TokenAnswer> {
  const answer = await fetch(`${url}/oauth2/token`, { method: "POST", body: form });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) };
}
