/** PostgreSQL inside this process (PGlite), in a folder or in memory: for evaluation and small sites. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PrismaPGlite } from "pglite-prisma-adapter";
import { type Connection, type Maintenance, withWholeScripts } from "./connection.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";

/** A data folder of this name keeps nothing. */
export const IN_MEMORY = "memory://";
/** The database within the data folder. */
export const DATABASE_FOLDER = "database";
/** Units of work run one after the other here, so a queue is normal: eight submissions of 500 patients take about 4 s. */
const MAX_WAIT_MS = 10_000;

async function openFolder(dataDir: string): Promise<{ database: PGlite; lock: FolderLock | null }> {
  if (dataDir === IN_MEMORY) return { database: await PGlite.create(), lock: null };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(dataDir);
  try {
    return { database: await PGlite.create(join(dataDir, DATABASE_FOLDER)), lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Opens the folder, taking its lock, or an empty database in memory.
 * @throws FolderInUseError when another process has the folder open
 */
export async function connectEmbedded(dataDir: string): Promise<Connection> {
  const { database, lock } = await openFolder(dataDir);
  await database.exec("set time zone 'UTC'");
  const adapter = new PrismaPGlite(database);
  const run = async (script: string): Promise<void> => {
    await database.exec(script);
  };
  const maintenance: Maintenance = {
    adapter: withWholeScripts(adapter, run),
    run,
    query: async (text) => (await database.query<Record<string, unknown>>(text)).rows,
  };
  return {
    kind: "embedded",
    adapter,
    maxWaitMs: MAX_WAIT_MS,
    withMaintenance: (work) => work(maintenance),
    close: async () => {
      await database.close();
      await lock?.release();
    },
  };
}
