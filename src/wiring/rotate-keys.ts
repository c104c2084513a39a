/** `nacr rotate-…`: what the operator does to the keys on the host, while the gateway runs (docs/keys.md). */
import { loadConfig } from "../config/load-config.ts";
import { StartRefused } from "../errors/start-refused.ts";
import type { ReplaceableKey } from "../keys/key-management.ts";
import { openLocalKeyFile } from "../keys/local-key-file.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import { createLogger } from "../observability/logger.ts";
import { type RotationDependencies, replaceDataKey, replaceMasterKey, replaceTokenSecret } from "../persistence/key-rotation.ts";
import { openConfiguredDatabase } from "./core.ts";

/** `PREPARE_MASTER`: only the new key beside the old one, so that the file can be copied to other machines first. */
export type KeyRotation =
  | { readonly kind: "PREPARE_MASTER" }
  | { readonly kind: "MASTER" }
  | { readonly kind: "TOKENS" }
  | { readonly kind: "DATA"; readonly ods: string };

/** @returns what was done, for the person at the terminal. @throws StartRefused, KeyError, GatewayError; what opening the database throws */
export async function rotateKeys(rotation: KeyRotation): Promise<string> {
  const loaded = loadConfig();
  if (!loaded.ok) throw new StartRefused(loaded.problems.join("\n"));
  const { config } = loaded;
  // Neither key file may be made here: a database without them was written with others.
  const management = await openLocalKeyFile(config.dataDir, false, false);
  if (rotation.kind === "PREPARE_MASTER") return await prepare(management);
  const database = await openConfiguredDatabase(config, createLogger(config.logLevel));
  try {
    return await rotate(rotation, management, { database, newId: createUuid7() });
  } finally {
    await database.close();
  }
}

async function prepare(management: ReplaceableKey): Promise<string> {
  await management.addNewer();
  return "master.key holds a new key beside the old one. Copy the file to every other machine now, then run the command without --prepare.";
}

async function rotate(
  rotation: Exclude<KeyRotation, { readonly kind: "PREPARE_MASTER" }>,
  management: ReplaceableKey,
  dependencies: RotationDependencies,
): Promise<string> {
  if (rotation.kind === "MASTER") {
    const count = await replaceMasterKey(dependencies, management);
    return `The master key is a new one; ${count} data keys were wrapped anew. Back up master.key, and destroy every copy of the old file.`;
  }
  if (rotation.kind === "TOKENS") {
    const version = await replaceTokenSecret(dependencies, management);
    return `Access tokens are signed with version ${version} in 30 seconds. Those that are out stay good for their five minutes.`;
  }
  const version = await replaceDataKey(dependencies, management, rotation.ods);
  return `Every process seals with version ${version} of the key of ${rotation.ods} in 30 seconds. The workers seal anew what is there, and destroy the old version six hours later at the earliest (DESTROY_DATA_KEY in the audit trail).`;
}
