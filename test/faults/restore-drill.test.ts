/** A base backup and the log ahead are enough to have the database back as it was at a named minute (assurance D9). */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBinary, findFreePort, type MakeData, startPostgres, type ThrowAwayPostgres } from "../../scripts/postgres.ts";
import { databaseKind } from "../support/database.ts";
import { FileSender, judgeFile, wholeFile } from "./file-sender.ts";
import { type KillableGateway, startKillable } from "./killable-gateway.ts";

/** `RESTORED_PATIENTS=200000` for a million records. */
const PATIENTS = Number(process.env.RESTORED_PATIENTS ?? 500);
/** Each file has a tenth as many: in the log ahead only, before the minute and after it. */
const LATER = PATIENTS / 10;
const PATIENCE_MS = 1_200_000;
/** What a restoration may take (assurance D9). */
const RESTORED_SECONDS = 15 * 60;
const ANCHOR = "audit-anchor.ndjson";
const CLI = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const TABLES = ["patient", "initiating_event", "treatment", "rehabilitation", "assessment"].map((name) => `public.${name}`);
const run = promisify(execFile);

async function ask(url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Every row of every organisation, as a digest: what is equal here is equal to the letter. */
async function digestTables(url: string): Promise<readonly unknown[]> {
  const digests: unknown[] = [];
  for (const table of [...TABLES, "identity.patient_identity", "public.record_change"])
    digests.push(
      ...(await ask(
        url,
        `select '${table}' as of, count(*)::int as rows, md5(string_agg(digest, '' order by digest)) as digest
        from (select md5(t::text) as digest from ${table} t) d`,
      )),
    );
  return digests;
}

describe.skipIf(databaseKind === "embedded")("a backup", () => {
  let folder: string;
  const servers: ThrowAwayPostgres[] = [];
  const gateways: KillableGateway[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nacr-restore-"));
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.kill();
    for (const server of servers) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const startServer = async (settings: readonly string[], makeData?: MakeData): Promise<ThrowAwayPostgres> => {
    const server = await startPostgres(tmpdir(), settings, makeData);
    servers.push(server);
    return server;
  };
  const startGateway = async (databaseUrl: string): Promise<KillableGateway> => {
    const gateway = await startKillable({ port: await findFreePort(), databaseUrl, dataDir: join(folder, "keys") });
    gateways.push(gateway);
    return gateway;
  };
  const sendWhole = async (sender: FileSender, patients: number, first: number): Promise<string> => {
    const id = await sender.send(patients, first);
    await sender.waitFor(id, ({ status }) => status === "COMPLETED", PATIENCE_MS);
    return id;
  };

  it(
    "brings everything back that was there at a named minute, nothing that came later, and a trail that is whole",
    async () => {
      // PostgreSQL runs under another account than the tests where they are root's.
      const archive = join(folder, "archive");
      await mkdir(archive, { mode: 0o777 });
      await run("chmod", ["777", archive, folder]);
      await mkdir(join(folder, "keys"), { mode: 0o700 });
      const first = await startServer(["archive_mode=on", `archive_command=cp %p ${archive}/%f`]);
      const gateway = await startGateway(first.url);
      const sender = new FileSender(gateway.url);
      const inBase = await sendWhole(sender, PATIENTS, 100_000);
      const base = join(folder, "base");
      await run(findBinary("pg_basebackup"), ["-D", base, "-X", "stream", "-c", "fast", "-d", first.url]);
      const inLog = await sendWhole(sender, LATER, 500_000);
      const before = await digestTables(first.url);
      await copyFile(join(folder, "keys", ANCHOR), join(folder, ANCHOR)).catch(() => undefined);
      const [{ minute } = {}] = await ask(first.url, "select now()::text as minute");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const tooLate = await sendWhole(sender, LATER, 600_000);
      await ask(first.url, "select pg_switch_wal()");
      await gateway.kill();
      await first.crash();
      await first.stop();

      const began = performance.now();
      const settings = [
        `restore_command=cp ${archive}/%f %p`,
        `recovery_target_time=${String(minute)}`,
        "recovery_target_action=promote",
      ];
      const restored = await startServer(settings, async (data, { uid, gid }) => {
        await run("cp", ["-a", base, data]);
        await writeFile(join(data, "recovery.signal"), "");
        if (uid !== undefined) await run("chown", ["-R", `${uid}:${gid}`, data]);
      });
      const isRecovered = async () => (await ask(restored.url, "select pg_is_in_recovery() as busy"))[0]?.busy === false;
      await expect.poll(isRecovered, { timeout: PATIENCE_MS }).toBe(true);
      const again = await startGateway(restored.url);
      const seconds = (performance.now() - began) / 1000;

      expect(await digestTables(restored.url)).toEqual(before);
      expect(await judgeFile(restored.url, inBase)).toEqual(wholeFile(PATIENTS));
      expect(await judgeFile(restored.url, inLog)).toEqual(wholeFile(LATER));
      expect(await ask(restored.url, `select from public.submission where id = '${tooLate}'`)).toEqual([]);
      expect((await new FileSender(again.url).state(inLog)).counts.created).toBe(LATER * 5);
      const environment = {
        PATH: process.env.PATH,
        DATABASE_URL: restored.url,
        NACR_MODE: "demo",
        NACR_DEMO_JOURNEYS: "0",
        NACR_DATA_DIR: join(folder, "keys"),
      };
      const verify = [process.execPath, "--import", "tsx", CLI, "verify-audit", "--json", "--anchor", join(folder, ANCHOR)];
      const { stdout } = await run(verify[0] ?? "", verify.slice(1), { env: environment });
      const { bad, badAnchorLine, entries } = JSON.parse(stdout);
      expect([bad, badAnchorLine]).toEqual([null, null]);
      console.info(
        `restored ${PATIENTS * 5 + LATER * 5} records to ${String(minute)} in ${seconds.toFixed(1)} s, ${entries} entries of the trail`,
      );
      expect(seconds).toBeLessThan(RESTORED_SECONDS);
      // The gateway goes on: what was lost is sent again, and stored.
      const repeated = await sendWhole(new FileSender(again.url), LATER, 600_000);
      expect(await judgeFile(restored.url, repeated)).toEqual(wholeFile(LATER));
      // And the digests see it (control).
      expect(await digestTables(restored.url)).not.toEqual(before);
    },
    2 * PATIENCE_MS,
  );
});
