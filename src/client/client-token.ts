/** Access tokens of a client: asked for with its private key, and kept while they last. */
import { randomUUID } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import { z } from "zod";
import { GatewayClientError } from "./gateway-client-error.ts";

/** Algorithms a client's key may have. */
export const CLIENT_KEY_ALGORITHMS = ["RS384", "RS512", "ES384"] as const;

/** What a client keeps to itself. */
export interface ClientKey {
  readonly clientId: string;
  readonly kid: string;
  readonly alg: (typeof CLIENT_KEY_ALGORITHMS)[number];
  readonly privateKey: JWK;
}

const ASSERTION_SECONDS = 60;
/** A token lasts five minutes. */
const TOKEN_MS = 240_000;

const tokenAnswer = z.object({ access_token: z.string().min(1) });

export interface TokenOptions {
  /** To act for, where the client has several. */
  readonly organisation?: string | undefined;
  /** The gateway's public address, where it is reached at another one. */
  readonly audience?: string;
}

/** A token of `/oauth2/token`. @throws GatewayClientError where it is refused, or no answer came */
export async function askClientToken(
  url: string,
  key: ClientKey,
  { organisation, audience = url }: TokenOptions = {},
): Promise<string> {
  const address = new URL("/oauth2/token", url);
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .setIssuer(key.clientId)
    .setSubject(key.clientId)
    .setAudience(new URL("/oauth2/token", audience).href)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${ASSERTION_SECONDS}s`)
    .sign(await importJWK(key.privateKey, key.alg));
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
    ...(organisation === undefined ? {} : { organisation }),
  });
  return await post(address, "application/x-www-form-urlencoded", form.toString());
}

/** A token of a demo gateway. @param as name of a demo identity. @throws as `askClientToken` */
export const askDemoToken = (url: string, as: string): Promise<string> =>
  post(new URL("/demo/token", url), "application/json", JSON.stringify({ as }));

/** Asks again when a token has nearly ended, and after a failure. */
export function keepToken(ask: () => Promise<string>): () => Promise<string> {
  let token: Promise<string> | null = null;
  let renewAt = 0;
  return () => {
    if (token === null || performance.now() >= renewAt) {
      const asked = ask();
      token = asked;
      renewAt = performance.now() + TOKEN_MS;
      asked.catch(() => {
        if (token === asked) token = null;
      });
    }
    return token;
  };
}

async function post(address: URL, contentType: string, body: string): Promise<string> {
  const answer = await fetch(address, { method: "POST", headers: { "content-type": contentType }, body }).catch(() => {
    throw new GatewayClientError(`The gateway at ${address.origin} cannot be reached.`, { code: "UNREACHABLE", retryable: true });
  });
  const token = tokenAnswer.safeParse(await answer.json().catch(() => null));
  if (answer.ok && token.success) return token.data.access_token;
  throw new GatewayClientError(`The gateway gave no token (HTTP ${answer.status}).`, { code: "NO_TOKEN", status: answer.status });
}
