/**
 * Access tokens of SMART Backend Services: the gateway signs an assertion with its own key (private_key_jwt, RS384 or ES384) and gets a
 * token of minutes for it. https://hl7.org/fhir/smart-app-launch/backend-services.html
 */
import { randomUUID } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import { z } from "zod";
import type { SourceAuth } from "../../pull/fhir-source.ts";
import { ServerFailure } from "../../pull/server-failure.ts";

export interface TokenSource {
  /** The value of `authorization`; null: none is needed. `fresh`: the server refused the last one. */
  authorization(fresh: boolean): Promise<string | null>;
}

/** A token that was obtained elsewhere, or none. */
export const staticToken = (token: string | null): TokenSource => ({
  authorization: async () => (token === null ? null : `Bearer ${token}`),
});

export interface TokenEndpoint {
  /** The address the server's SMART configuration names, on its own origin. @throws ServerFailure */
  discover(): Promise<string>;
  /** Posts a form. @throws ServerFailure */
  post(url: string, form: URLSearchParams): Promise<unknown>;
  /** Milliseconds since 1970. */
  now(): number;
}

const tokenAnswer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().default(300),
});

/** SMART allows five minutes at most. */
const ASSERTION_SECONDS = 240;
/** A token is renewed so long before its end, that a call begun with it is not refused on its way. */
const RENEW_BEFORE_MS = 30_000;

export function createBackendToken(auth: SourceAuth, key: JWK, endpoint: TokenEndpoint): TokenSource {
  let held: { readonly value: string; readonly until: number } | null = null;
  return {
    authorization: async (fresh) => {
      if (held !== null && !fresh && endpoint.now() < held.until) return held.value;
      const url = auth.tokenUrl ?? (await endpoint.discover());
      const answer = tokenAnswer.safeParse(await endpoint.post(url, await toForm(auth, key, url)));
      if (!answer.success) throw new ServerFailure("BAD_ANSWER");
      const { access_token, expires_in } = answer.data;
      held = { value: `Bearer ${access_token}`, until: endpoint.now() + expires_in * 1_000 - RENEW_BEFORE_MS };
      return held.value;
    },
  };
}

async function toForm({ clientId, scope, algorithm }: SourceAuth, key: JWK, audience: string): Promise<URLSearchParams> {
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: algorithm, typ: "JWT", ...(key.kid === undefined ? {} : { kid: key.kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${ASSERTION_SECONDS}s`)
    .sign(await importJWK(key, algorithm));
  return new URLSearchParams({
    grant_type: "client_credentials",
    scope,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  });
}
