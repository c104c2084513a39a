/** `nacr init`: the key pair of a client, before its first registration or for its next key (docs/clients.md). */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CLIENT_KEY_ALGORITHMS } from "../client/client-token.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandResult } from "./commands.ts";

const OWN_FILE = "client.key.json";
const SHARED_FILE = "client.jwk.json";
/** Nobody but the user who runs the client reads its private key. */
const OWNER_ONLY = 0o600;
const ALGORITHM: (typeof CLIENT_KEY_ALGORITHMS)[number] = "ES384";

/** @throws CliError where there is a key already: a lost private key would lock the client out */
export function initClient(folder: string): CommandResult {
  const [own, shared] = [join(folder, OWN_FILE), join(folder, SHARED_FILE)];
  for (const file of [own, shared])
    if (existsSync(file)) throw new CliError(`${file} is there already: move it away first.`, EXIT.usage);
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const named = { kid: randomUUID(), alg: ALGORITHM };
  write(own, { ...named, privateKey: privateKey.export({ format: "jwk" }) });
  write(shared, { ...publicKey.export({ format: "jwk" }), ...named, use: "sig" });
  const lines = [
    `${own}  the private key: it stays on this machine`,
    `${shared}  the public key: register it with registerClient(input: { jwks: { keys: [ … ] } })`,
    "",
    "When the Guardian has approved the client:",
    `  nacr token --key ${own} --client ID --url URL`,
  ];
  return { output: lines.join("\n"), exitCode: EXIT.done };
}

function write(file: string, content: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: OWNER_ONLY, flag: "wx" });
  } catch {
    throw new CliError(`${file} cannot be written.`, EXIT.usage);
  }
}
