/** Key management by a key file of this machine: the default. Whoever has the file and the database can read everything. */
import { createSecretKey, type KeyObject, randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readPrivateFile } from "../lib/private-file.ts";
import { openErasureFile } from "./erasure-file.ts";
import { createForgettingErasureKeys, type ErasureKeys } from "./erasure-keys.ts";
import { KeyError, type KeyManagement, type ReplaceableKey } from "./key-management.ts";
import { type MasterKeys, makeFirstFile, newestOf, readFile, toFile, withNewer } from "./master-keys.ts";
import { keyVersionOf, openBox, sealBox } from "./sealed-box.ts";

const KEY_FILE = "master.key";
const KEY_BYTES = 32;
const FIRST_VERSION = 1;

const placeOf = (scope: string): string => `nacr-gateway/data-key/${scope}`;

/** @throws KeyError */
function unwrapWith(master: KeyObject, wrapped: Uint8Array, scope: string, name: string): Buffer {
  try {
    return openBox(master, wrapped, placeOf(scope));
  } catch {
    throw new KeyError(
      `A data key of this database was not wrapped with ${name}. Bring back the key file the database was first started with.`,
    );
  }
}

/** Written beside: it gets its name when it is complete, flushed. */
async function writeDraft(file: string, bytes: Buffer): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, bytes, { mode: 0o600, flag: "wx", flush: true });
  return draft;
}

/** Linked into place: never over one that exists. */
async function createKeyFile(folder: string, file: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = await writeDraft(file, makeFirstFile());
  try {
    await link(draft, file);
  } catch (error) {
    // Another process was first: its key counts.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** A reader, and a power cut, finds the old file or the new one. */
async function replaceKeyFile(folder: string, file: string, keys: MasterKeys): Promise<void> {
  const draft = await writeDraft(file, toFile(keys));
  await rename(draft, file);
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function readKeyFile(file: string): MasterKeys {
  const found = readPrivateFile(file);
  if (!found.ok) throw new KeyError(`The key file ${file} ${found.problem}`);
  const keys = readFile(found.bytes);
  const size = found.bytes.length;
  found.bytes.fill(0);
  if (keys === null) throw new KeyError(`The key file ${file} has ${size} bytes instead of ${KEY_BYTES}: it is damaged.`);
  return keys;
}

/**
 * Another process may replace the key while this one runs: a key is wrapped with what the file holds at that moment, and a version that is
 * not known is looked for in the file once more.
 */
class LocalKeyFile implements ReplaceableKey {
  readonly erasure: ErasureKeys;
  readonly #folder: string;
  readonly #file: string;
  #keys: MasterKeys;

  constructor(folder: string, file: string, keys: MasterKeys, erasure: ErasureKeys) {
    this.erasure = erasure;
    this.#folder = folder;
    this.#file = file;
    this.#keys = keys;
  }

  async wrap(key: Buffer, scope: string): Promise<Buffer> {
    const newest = newestOf(await this.#read());
    return sealBox(newest.key, newest.version, key, placeOf(scope));
  }

  async unwrap(wrapped: Uint8Array, scope: string): Promise<Buffer> {
    const version = keyVersionOf(wrapped);
    const master = this.#find(version) ?? (await this.#readAgain(version));
    if (master === undefined)
      throw new KeyError(
        `A data key of this database was wrapped with version ${version} of ${this.#file}, which that file does not hold. Put the file of that time in its place.`,
      );
    return unwrapWith(master, wrapped, scope, `the key file ${this.#file}`);
  }

  async addNewer(): Promise<void> {
    const keys = await this.#read();
    if (keys.length > 1) return;
    await replaceKeyFile(this.#folder, this.#file, withNewer(keys));
    await this.#read();
  }

  isNewest(wrapped: Uint8Array): boolean {
    return keyVersionOf(wrapped) === newestOf(this.#keys).version;
  }

  async retireOlder(): Promise<void> {
    await replaceKeyFile(this.#folder, this.#file, [newestOf(await this.#read())]);
    await this.#read();
  }

  #find(version: number): KeyObject | undefined {
    return this.#keys.find((master) => master.version === version)?.key;
  }

  async #readAgain(version: number): Promise<KeyObject | undefined> {
    await this.#read();
    return this.#find(version);
  }

  async #read(): Promise<MasterKeys> {
    this.#keys = await readKeyFile(this.#file);
    return this.#keys;
  }
}

/**
 * Opens `master.key` in the data folder, creating it (rights 0600) at the first start: `mayCreate` is false where the database
 * holds data keys already, which a new file could never unwrap. The same of `erasure.key` and `mayCreateErasure`.
 * @throws KeyError when the file is missing or damaged, can be read by others, or stands in a folder that others can write into
 */
export async function openLocalKeyFile(dataDir: string, mayCreate = true, mayCreateErasure = true): Promise<ReplaceableKey> {
  const file = join(dataDir, KEY_FILE);
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (!exists && !mayCreate) {
    throw new KeyError(`The key file ${file} is missing, and the database was written with it. Put it back from its backup.`);
  }
  if (!exists) await createKeyFile(dataDir, file);
  const keys = await readKeyFile(file);
  return new LocalKeyFile(dataDir, file, keys, await openErasureFile(dataDir, mayCreateErasure));
}

/** For a database in memory: the key is forgotten with the process, like everything it wraps. */
export function createForgettingKeyManagement(): KeyManagement {
  const master = createSecretKey(randomBytes(KEY_BYTES));
  return {
    erasure: createForgettingErasureKeys(),
    wrap: async (key, scope) => sealBox(master, FIRST_VERSION, key, placeOf(scope)),
    unwrap: async (wrapped, scope) => unwrapWith(master, wrapped, scope, "this process's key"),
  };
}
