/** Where a command's access token comes from: a demo identity of a gateway on this machine, or a client's own key. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { importJWK, SignJWT } from "jose";
import { z } from "zod";
import { CliError, EXIT } from "./cli-error.ts";

/** What a client keeps to itself: a private key and, once it is registered, its id, as JSON. */
const clientKey = z.object({
  clientId: z.string().min(1).optional(),
  kid: z.string().min(1),
  alg: z.enum(["RS384", "RS512", "ES384"]),
  privateKey: z.looseObject({ kty: z.string() }),
});
const tokenAnswer = z.object({ access_token: z.string().min(1) });

export interface TokenRequest {
  readonly url: string;
  /** Name of a demo identity. */
  readonly as: string | undefined;
  /** Path of a file with an access token: people get theirs from their identity provider. */
  readonly token?: string | undefined;
  /** Path of a client key file. */
  readonly key: string | undefined;
  /** The client's id, where the key file does not name it. */
  readonly client: string | undefined;
  /** The organisation to act for, where the client has several. */
  readonly organisation: string | undefined;
}

const ASSERTION_SECONDS = 60;

export async function requestToken(request: TokenRequest): Promise<string> {
  if (request.token !== undefined) return readTokenFile(request.token);
  if (request.key !== undefined) return await requestClientToken(request, request.key);
  return await post(new URL("/demo/token", request.url), "application/json", JSON.stringify({ as: request.as ?? "submitter" }));
}

async function requestClientToken({ url, organisation, client }: TokenRequest, file: string): Promise<string> {
  const { clientId = client, kid, alg, privateKey } = readKeyFile(file);
  if (clientId === undefined) throw new CliError(`${file} names no clientId: name the client with --client.`, EXIT.usage);
  const address = new URL("/oauth2/token", url);
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg, kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(address.href)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${ASSERTION_SECONDS}s`)
    .sign(await importJWK(privateKey, alg));
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
    ...(organisation === undefined ? {} : { organisation }),
  });
  return await post(address, "application/x-www-form-urlencoded", form.toString());
}

/** Its text is never shown. */
function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new CliError(`${file} cannot be read.`, EXIT.usage);
  }
}

/** The file's text is never shown: it holds a private key. */
function readKeyFile(file: string): z.infer<typeof clientKey> {
  try {
    return clientKey.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new CliError(`${file} is not a client key file: JSON with kid, alg, privateKey (a JWK), clientId.`, EXIT.usage);
  }
}

async function post(address: URL, contentType: string, body: string): Promise<string> {
  const answer = await fetch(address, { method: "POST", headers: { "content-type": contentType }, body }).catch(() => {
    throw new CliError(`The gateway at ${address.origin} cannot be reached.`, EXIT.unreachable);
  });
  const token = tokenAnswer.safeParse(await answer.json().catch(() => null));
  if (!answer.ok || !token.success) throw new CliError(`The gateway gave no token (HTTP ${answer.status}).`, EXIT.refused);
  return token.data.access_token;
}
