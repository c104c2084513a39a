/** Before a run on the embedded database: one database migrated and written to a file, with which the database of each test file begins. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { TestProject } from "vitest/node";
import { openDatabase } from "../../src/persistence/database/database.ts";
import { DATABASE_FOLDER } from "../../src/persistence/database/embedded-connection.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The file; absent on PostgreSQL. */
    readonly memoryImage?: string;
  }
}

async function writeImage(folder: string): Promise<string> {
  const dataDir = join(folder, "data");
  await (await openDatabase({ url: null, dataDir })).close();
  const migrated = await PGlite.create(join(dataDir, DATABASE_FOLDER));
  const image = join(folder, "migrated.tar");
  await writeFile(image, Buffer.from(await (await migrated.dumpDataDir("none")).arrayBuffer()));
  await migrated.close();
  await rm(dataDir, { recursive: true });
  return image;
}

/** @returns what removes it after the run */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "nacr-image-"));
  project.provide("memoryImage", await writeImage(folder));
  return () => rm(folder, { recursive: true });
}
