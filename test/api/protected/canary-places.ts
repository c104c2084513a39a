/** Every place in which something of what was sent could have been left. */
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { findBinary } from "../../../scripts/postgres.ts";
import { type Ground, outputOf, type RunningGateway, runNacr } from "./canary-gateway.ts";
import type { CanaryItem } from "./canary-patients.ts";
import type { CanarySearch, Finding } from "./canary-search.ts";

/** Larger pieces are read faster than many small ones. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Every file below a folder, by its path in it. */
async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [relative(folder, file), file]));
}

/** Files of a running server come and go. */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: PIECE_BYTES });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

async function lookBelow(search: CanarySearch, name: string, folder: string): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const [path, file] of await filesBelow(folder)) found.push(...(await search.look(`${name}: ${path}`, piecesOf(file))));
  return found;
}

/** What the gateway and its data folder say; the gateway runs. */
export async function lookAtGateway(search: CanarySearch, ground: Ground, gateway: RunningGateway): Promise<readonly Finding[]> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  return [
    ...(await search.look("the gateway's output", piecesOf(gateway.logFile))),
    ...(await search.lookIn("metrics", metrics)),
    ...(await lookBelow(search, "data folder", ground.dataDir)),
  ];
}

/** What PostgreSQL has: a dump of everything, the queue's own tables with it, the files of its tables, its log ahead, its server log. */
export async function lookAtDatabase(search: CanarySearch, ground: Ground): Promise<readonly Finding[]> {
  const { postgres, query } = ground;
  await query("checkpoint");
  const [database] = await query("select oid from pg_database where datname = current_database()");
  const serverLog = await lookBelow(search, "server log", join(postgres.data, "log"));
  return [
    ...(await search.look("pg_dump", outputOf(findBinary("pg_dump"), ["-d", postgres.url]))),
    ...(await lookBelow(search, "table file", join(postgres.data, "base", String(database?.oid)))),
    ...(await lookBelow(search, "pg_wal", join(postgres.data, "pg_wal"))),
    ...serverLog.filter(({ item }) => !LOOKED_UP.includes(item)),
  ];
}

/**
 * Stored nowhere, and parameters of a query all the same, which only a server that logs every statement tells: an idempotency key is
 * looked for as older versions stored it, and what a sending system calls itself among the organisations. Neither is an item of a patient.
 */
const LOOKED_UP: readonly CanaryItem[] = ["requestKey", "sendingFacility"];

/** The audit trail as it leaves the house. */
export async function lookAtExport(search: CanarySearch, ground: Ground): Promise<readonly Finding[]> {
  const args = ["export-audit", "--organisation", "ZDM01", "--since", "2020-01-01T00:00:00Z"];
  return search.look("export-audit", runNacr(ground, args));
}

/** How many bytes were looked through, to show that there was something. */
export async function sizeOfDatabasePlaces({ postgres }: Ground): Promise<Readonly<Record<string, number>>> {
  const sizes: Record<string, number> = {};
  for (const name of ["pg_wal", "log"]) {
    const files = [...(await filesBelow(join(postgres.data, name))).values()];
    sizes[name] = (await Promise.all(files.map(async (file) => (await stat(file)).size))).reduce((sum, size) => sum + size, 0);
  }
  return sizes;
}

/** What waits in the folder of the MESH client: questions of the opt-out check, which hold NHS numbers by their nature. */
export async function readQuestions({ mesh }: Ground): Promise<readonly { readonly mode: number; readonly text: string }[]> {
  const files = [...(await filesBelow(mesh)).values()].filter((file) => file.endsWith(".dat"));
  return Promise.all(files.map(async (file) => ({ mode: (await stat(file)).mode & 0o777, text: await readFile(file, "utf8") })));
}
