/** Key management by a key file of this machine: the default. Whoever has the file and the database can read everything. */
import { createSecretKey, type KeyObject, randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KeyError, type KeyManagement } from "./key-management.ts";
import { openBox, sealBox } from "./sealed-box.ts";

const KEY_FILE = "master.key";
const KEY_BYTES = 32;
/** Any right of the group or of others. */
const LOOSE_RIGHTS = 0o077;
const WRAPPING_VERSION = 1;

function manageWith(master: KeyObject, name: string): KeyManagement {
  const place = (scope: string) => `nacr-gateway/data-key/${scope}`;
  return {
    wrap: async (key, scope) => sealBox(master, WRAPPING_VERSION, key, place(scope)),
    unwrap: async (wrapped, scope) => {
      try {
        return openBox(master, wrapped, place(scope));
      } catch {
        throw new KeyError(
          `A data key of this database was not wrapped with ${name}. Bring back the key file the database was first started with.`,
        );
      }
    },
  };
}

/** Written beside and linked into place: complete the moment it has its name, and never over one that exists. */
async function createKeyFile(folder: string, file: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, randomBytes(KEY_BYTES), { mode: 0o600, flag: "wx", flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    // Another process was first: its key counts.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readKeyFile(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { mode, size } = await handle.stat();
    if ((mode & LOOSE_RIGHTS) !== 0) {
      throw new KeyError(
        `The key file ${file} can be read by others (${(mode & 0o777).toString(8)}). Restrict it: chmod 600 ${file}`,
      );
    }
    if (size !== KEY_BYTES) throw new KeyError(`The key file ${file} has ${size} bytes instead of ${KEY_BYTES}: it is damaged.`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Opens `master.key` in the data folder, creating it (rights 0600) at the first start: `mayCreate` is false where the database
 * holds data keys already, which a new file could never unwrap.
 * @throws KeyError when the file is missing, can be read by others or has another length than 32 bytes
 */
export async function openLocalKeyFile(dataDir: string, mayCreate = true): Promise<KeyManagement> {
  const file = join(dataDir, KEY_FILE);
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (!exists && !mayCreate) {
    throw new KeyError(`The key file ${file} is missing, and the database was written with it. Put it back from its backup.`);
  }
  if (!exists) await createKeyFile(dataDir, file);
  const bytes = await readKeyFile(file);
  const master = createSecretKey(bytes);
  bytes.fill(0);
  return manageWith(master, `the key file ${file}`);
}

/** For a database in memory: the key is forgotten with the process, like everything it wraps. */
export function createForgettingKeyManagement(): KeyManagement {
  return manageWith(createSecretKey(randomBytes(KEY_BYTES)), "this process's key");
}
