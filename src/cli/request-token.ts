/** Where a command's access token comes from: a demo identity of a gateway on this machine, or a client's own key. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { askClientToken, askDemoToken, CLIENT_KEY_ALGORITHMS, type ClientKey } from "../client/client-token.ts";
import { CliError, EXIT } from "./cli-error.ts";

/** What a client keeps to itself: a private key and, once it is registered, its id, as JSON. */
const keyFile = z.object({
  clientId: z.string().min(1).optional(),
  kid: z.string().min(1),
  alg: z.enum(CLIENT_KEY_ALGORITHMS),
  privateKey: z.looseObject({ kty: z.string() }),
});

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

/** @throws CliError for a key file that is none; GatewayClientError */
export async function requestToken({ url, as, token, key, client, organisation }: TokenRequest): Promise<string> {
  if (token !== undefined) return readTokenFile(token);
  if (key === undefined) return await askDemoToken(url, as ?? "submitter");
  return await askClientToken(url, readKeyFile(key, client), { organisation });
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
function readKeyFile(file: string, client: string | undefined): ClientKey {
  const read = keyFile.safeParse(readText(file));
  if (!read.success)
    throw new CliError(`${file} is not a client key file: JSON with kid, alg, privateKey (a JWK), clientId.`, EXIT.usage);
  const { clientId = client, ...key } = read.data;
  if (clientId === undefined) throw new CliError(`${file} names no clientId: name the client with --client.`, EXIT.usage);
  return { ...key, clientId };
}

function readText(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
