/** PostgreSQL inside this process (PGlite, in a thread of its own), in a folder or in memory: for evaluation and small sites. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, Maintenance } from "./connection.ts";
import { type EmbeddedDatabase, openEmbedded } from "./embedded/embedded-database.ts";
import { createPrismaAdapter } from "./embedded/prisma-adapter.ts";
import type { EmbeddedStatements } from "./embedded/statements.ts";
import { vacuumEmbedded } from "./embedded/vacuum-embedded.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";

/** A data folder of this name keeps nothing. */
export const IN_MEMORY = "memory://";
/** The database within the data folder. */
export const DATABASE_FOLDER = "database";
/** Units of work run one after the other here, so a queue is normal: eight submissions of 500 patients take about 4 s. */
const MAX_WAIT_MS = 10_000;

type ReportLoss = (error: Error) => void;

export interface EmbeddedConfig {
  /** A folder, or `memory://`. */
  readonly dataDir: string;
  /** Told once, when the database is gone before it was closed; until the process is started anew every call fails. */
  readonly reportLoss?: ReportLoss | undefined;
  /** See `DatabaseConfig`. */
  readonly memoryImage?: string | undefined;
}

async function openFolder(
  { dataDir, memoryImage: image }: EmbeddedConfig,
  reportLoss: ReportLoss,
): Promise<{ database: EmbeddedDatabase; lock: FolderLock | null }> {
  if (dataDir === IN_MEMORY) return { database: await openEmbedded({ folder: null, image, reportLoss }), lock: null };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(dataDir);
  try {
    return { database: await openEmbedded({ folder: join(dataDir, DATABASE_FOLDER), reportLoss }), lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function toMaintenance(connection: EmbeddedStatements): Maintenance {
  const refuse = () => Promise.reject(new Error("maintenance has the connection to itself: it begins with `run`"));
  return {
    adapter: createPrismaAdapter(connection, refuse),
    run: async (script) => {
      await connection.exec(script);
    },
    query: async (text) => (await connection.query(text)).rows,
  };
}

/**
 * Opens the folder, taking its lock, or a database in memory.
 * @throws FolderInUseError when another process has the folder open
 */
export async function connectEmbedded(config: EmbeddedConfig): Promise<Connection> {
  const { database, lock } = await openFolder(config, config.reportLoss ?? (() => undefined));
  await database.exec("set time zone 'UTC'");
  return {
    kind: "embedded",
    adapter: createPrismaAdapter(database, (isolationLevel) => database.startTransaction(isolationLevel)),
    maxWaitMs: MAX_WAIT_MS,
    withMaintenance: (work) => database.exclusively((connection) => work(toMaintenance(connection))),
    // The one connection there is cannot be lost without the database, so nobody is ever told to read again.
    listen: async (channels, onPayload) => {
      const stops = await Promise.all(
        channels.map((channel) => database.listen(channel, (payload) => onPayload(channel, payload))),
      );
      return async () => {
        await Promise.all(stops.map((stop) => stop()));
      };
    },
    queueSql: {
      run: async (text, values = []) =>
        // A script's statements are one transaction, because they are sent as one.
        values.length === 0 ? { rows: (await database.exec(text)).flatMap(({ rows }) => rows) } : database.query(text, values),
    },
    inLongTurns: (work) => database.inLongTurns(work),
    vacuum: (limitMs) => vacuumEmbedded(database, limitMs),
    close: async () => {
      await database.close();
      await lock?.release();
    },
  };
}
