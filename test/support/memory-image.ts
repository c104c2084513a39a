/** Before a run on the embedded database: one database migrated, with its queues, and written to a file, with which the database of each test file begins. */

import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { TestProject } from "vitest/node";
import { openJobQueue } from "../../src/jobs/job-queue.ts";
import { type Database, openDatabase } from "../../src/persistence/database/database.ts";
import { DATABASE_FOLDER } from "../../src/persistence/database/embedded-connection.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The file; absent on PostgreSQL. */
    readonly memoryImage?: string;
  }
}

async function writeImage(folder: string): Promise<string> {
  const dataDir = join(folder, "data");
  const database = await openDatabase({ url: null, dataDir });
  await makeQueues(database);
  await database.close();
  const migrated = await PGlite.create(join(dataDir, DATABASE_FOLDER));
  const image = join(folder, "migrated.tar");
  await writeFile(image, Buffer.from(await (await migrated.dumpDataDir("none")).arrayBuffer()));
  await migrated.close();
  await rm(dataDir, { recursive: true });
  return image;
}

/** The queue's own schema, which a gateway would make at its first start. */
async function makeQueues({ kind, queueSql }: Database): Promise<void> {
  const fail = (error: unknown): never => {
    throw error;
  };
  const queue = await openJobQueue({
    kind,
    sql: queueSql,
    listen: async () => async () => undefined,
    works: false,
    maintenance: [],
    newId: randomUUID,
    random: Math.random,
    reportFault: ({ error }) => fail(error),
    reportTrouble: fail,
    attemptDone: () => undefined,
  });
  await queue.stop();
}

/** @returns what removes it after the run */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "nacr-image-"));
  project.provide("memoryImage", await writeImage(folder));
  return () => rm(folder, { recursive: true });
}
