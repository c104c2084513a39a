/** `nacr load-geography`: reads the files the operator names into the database that the gateway's own settings name. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { loadConfig } from "../config/load-config.ts";
import { StartRefused } from "../errors/start-refused.ts";
import { type GeographyReport, loadGeography } from "../geography/load-geography.ts";
import type { GeographyFile } from "../geography/read-deprivation.ts";
import { createKeyRing } from "../keys/key-ring.ts";
import { openLocalKeyFile } from "../keys/local-key-file.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import { createLogger } from "../observability/logger.ts";
import { createDataKeyStore } from "../persistence/database/data-key-store.ts";
import { createGeographyStore } from "../persistence/geography-store.ts";
import { openConfiguredDatabase } from "./core.ts";

/** Paths of files. */
export interface GeographyPaths {
  readonly directory: string;
  readonly deprivation: readonly string[];
  readonly organisations: string | null;
}

/** @throws StartRefused with what the operator can mend; what opening the database and reading the files throw */
export async function loadConfiguredGeography({
  directory,
  deprivation,
  organisations,
}: GeographyPaths): Promise<GeographyReport> {
  const loaded = loadConfig();
  if (!loaded.ok) throw new StartRefused(loaded.problems.join("\n"));
  const { config } = loaded;
  for (const path of [directory, ...deprivation, ...(organisations === null ? [] : [organisations])]) await checkReadable(path);
  const database = await openConfiguredDatabase(config, createLogger(config.logLevel));
  try {
    // Neither key file may be made here: the postcodes' digests have to be those of the gateway's key.
    const keys = createKeyRing(await openLocalKeyFile(config.dataDir, false, false), createDataKeyStore(database));
    const files = {
      directory: openFile(directory),
      deprivation: deprivation.map(openFile),
      organisations: organisations === null ? null : openFile(organisations),
    };
    return await loadGeography(files, await createGeographyStore({ database, keys, newId: createUuid7() }));
  } finally {
    await database.close();
  }
}

async function checkReadable(path: string): Promise<void> {
  const isFile = await open(path).then(
    async (file) => {
      const stats = await file.stat().finally(() => file.close());
      return !stats.isDirectory();
    },
    () => false,
  );
  if (!isFile) throw new StartRefused(`${path} cannot be read.`);
}

/** A line of these files has some hundreds of characters. What goes on for longer is no text, and would fill the memory. */
const LONGEST_LINE = 1_000_000;

/** Opened when its first line is asked for. Iterating throws StartRefused for what has no lines. */
export const openFile = (path: string): GeographyFile => ({
  name: basename(path),
  lines: { [Symbol.asyncIterator]: () => readLines(path) },
});

async function* readLines(path: string): AsyncGenerator<string, void> {
  let begun = "";
  for await (const chunk of createReadStream(path, "utf8")) {
    const lines = `${begun}${chunk}`.split("\n");
    begun = lines.pop() ?? "";
    if (begun.length > LONGEST_LINE) throw new StartRefused(`${basename(path)} is no text file: it has a line without an end.`);
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (begun !== "") yield begun;
}
