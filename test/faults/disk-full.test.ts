/** The disk is full, for real: volumes in memory that are too small. What was acknowledged is there; what was not can be sent again. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod, copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFreePort, startPostgres, type ThrowAwayPostgres } from "../../scripts/postgres.ts";
import { databaseKind } from "../support/database.ts";
import { requestDemoToken } from "../support/gateway.ts";
import { journey } from "../support/journey-records.ts";
import { type KillableGateway, startKillable } from "./killable-gateway.ts";

const PATIENTS = 100;
const MIB = 1024 * 1024;

/** Only root may mount, and not in every container. */
function mountVolume(folder: string, megabytes: number): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "nacr-volume-"));
  const mounted = mountVolume(folder, 1);
  if (mounted) execFileSync("umount", [folder]);
  await rm(folder, { recursive: true });
  return mounted;
}

const mountable = await canMount();
if (!mountable) console.info("disk full: not tested, this user may not mount a volume");

async function makeVolume(megabytes: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nacr-volume-"));
  mountVolume(folder, megabytes);
  await chmod(folder, 0o777);
  return folder;
}

async function removeVolume(folder: string): Promise<void> {
  execFileSync("umount", ["-l", folder]);
  await rm(folder, { recursive: true, force: true });
}

/** Takes all the room there is. */
async function fill(volume: string): Promise<void> {
  for (let piece = 0; ; piece++) {
    const written = await writeFile(join(volume, `ballast-${piece}`), Buffer.alloc(MIB)).then(
      () => true,
      () => false,
    );
    if (!written) return;
  }
}

async function empty(volume: string): Promise<void> {
  for (const name of await readdir(volume)) if (name.startsWith("ballast-")) await rm(join(volume, name));
}

interface Answer {
  readonly status: number;
  readonly data: { readonly submitRecords: { readonly id: string; readonly counts: { readonly created: number } } } | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly retryable: boolean } }[];
}

async function submit(gateway: KillableGateway, key: string, seed: number): Promise<Answer> {
  const options = { idempotencyKey: key, programmeCode: "CR-VALLEY", sourceSystem: { vendor: "V", product: "P", version: "1" } };
  const records = Array.from({ length: PATIENTS }, (_, position) => journey(seed + position));
  const query = "mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) { id counts { created } } }";
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await requestDemoToken(gateway.url, "submitter")}`,
      "content-type": "application/json",
      accept: "application/graphql-response+json",
    },
    body: JSON.stringify({ query, variables: { input: { options, records } } }),
  });
  return { status: answer.status, ...JSON.parse(await answer.text()) };
}

async function storedRecords(databaseUrl: string, id: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as stored from public.submission_record where submission_id = $1", [
    id,
  ]);
  await client.end();
  return rows[0].stored;
}

describe.skipIf(databaseKind === "embedded" || !mountable)("a full disk", () => {
  const volumes: string[] = [];
  const gateways: KillableGateway[] = [];
  let folder: string;
  let server: ThrowAwayPostgres;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nacr-faults-"));
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.kill();
    await server?.stop();
    for (const volume of volumes) await removeVolume(volume);
    await rm(folder, { recursive: true, force: true });
  });
  const volumeOf = async (megabytes: number): Promise<string> => {
    const volume = await makeVolume(megabytes);
    volumes.push(volume);
    return volume;
  };
  /** Every gateway of one database needs the same key file. */
  const start = async (dataDir: string): Promise<KillableGateway> => {
    if (dataDir !== folder) {
      // Keys are not read out of a folder that others may write.
      await chmod(dataDir, 0o700);
      for (const key of ["master.key", "erasure.key"]) await copyFile(join(folder, key), join(dataDir, key));
    }
    const gateway = await startKillable({ port: await findFreePort(), databaseUrl: server.url, dataDir });
    gateways.push(gateway);
    return gateway;
  };

  it("of the database loses nothing that was acknowledged, and takes the rest when there is room again", async () => {
    const volume = await volumeOf(256);
    server = await startPostgres(volume);
    const gateway = await start(folder);
    const acknowledged = new Map<string, string>();
    const refused: { readonly key: string; readonly seed: number }[] = [];
    await fill(volume);
    for (let number = 0; refused.length < 3; number++) {
      const [key, seed] = [randomUUID(), number * PATIENTS];
      const answer = await submit(gateway, key, seed).catch(() => null);
      if (answer?.data) acknowledged.set(key, answer.data.submitRecords.id);
      else refused.push({ key, seed });
      // What it says is of the closed list, and tells the sender to come again.
      if (answer?.errors) expect(answer.errors[0]?.extensions).toMatchObject({ retryable: true });
      if (answer !== null) expect([200, 503]).toContain(answer.status);
    }
    await empty(volume);
    // The write-ahead log may have found no room either: then PostgreSQL has ended, as its manual says, and somebody starts it.
    await server.crash();
    for (const { key, seed } of refused) {
      await expect
        .poll(async () => (await submit(gateway, key, seed).catch(() => null))?.data ?? null, { timeout: 60_000, interval: 500 })
        .not.toBeNull();
      const { data } = await submit(gateway, key, seed);
      acknowledged.set(key, data?.submitRecords.id ?? "");
    }
    for (const id of acknowledged.values()) expect(await storedRecords(server.url, id)).toBe(PATIENTS * 5);
  });

  it("of the uploads refuses a file by code, keeps nothing of it, and takes the next one that fits", async () => {
    const gateway = await start(await volumeOf(8));
    const upload = async (
      { url }: KillableGateway,
      bytes: number,
    ): Promise<{ readonly status: number; readonly text: string }> => {
      const answer = await fetch(`${url}/uploads`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${await requestDemoToken(url, "submitter")}`,
          "content-type": "application/x-ndjson",
        },
        body: Buffer.alloc(bytes, "x"),
      });
      return { status: answer.status, text: await answer.text() };
    };
    const large = await upload(gateway, 32 * MIB);
    expect([large.status, JSON.parse(large.text).errors[0].extensions.code]).toEqual([503, "OVERLOADED"]);
    const small = await upload(gateway, 2 * MIB);
    expect(small.status, small.text).toBe(201);
    // Control: it was the room that was missing.
    expect((await upload(await start(await volumeOf(64)), 32 * MIB)).status).toBe(201);
  });
});
