/** A file's job outlives its worker and its database: nothing of the file is lost, nothing is there twice. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFreePort, startPostgres, type ThrowAwayPostgres } from "../../scripts/postgres.ts";
import { databaseKind } from "../support/database.ts";
import { FileSender, judgeFile, wholeFile } from "./file-sender.ts";
import { type KillableGateway, startKillable } from "./killable-gateway.ts";

/** `WORKER_KILLS=20` for the long run. */
const KILLS = Number(process.env.WORKER_KILLS ?? 2);
const PATIENTS_PER_KILL = 1_500;
/** A killed worker's job is resumed within this time. */
const RESUMED_MS = 90_000;

describe.skipIf(databaseKind === "embedded")("a file in work", () => {
  let server: ThrowAwayPostgres;
  let folder: string;
  beforeAll(async () => {
    server = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), "nacr-faults-"));
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (roles: string): Promise<KillableGateway> =>
    startKillable({
      port: await findFreePort(),
      databaseUrl: server.url,
      dataDir: folder,
      environment: { NACR_ROLES: roles, NACR_PUBLIC_URL: "http://gateway.test" },
    });

  it(`is resumed within ${RESUMED_MS / 1000} s after its worker was killed, however often, and ends whole`, async () => {
    const api = await start("api");
    const sender = new FileSender(api.url);
    const patients = PATIENTS_PER_KILL * (KILLS + 1);
    const id = await sender.send(patients);
    const waits: number[] = [];
    let worker = await start("worker");
    for (let kill = 0; kill < KILLS; kill++) {
      const { counts } = await sender.waitFor(id, ({ counts }) => counts.received > 0, RESUMED_MS);
      const before = (await sender.waitFor(id, (state) => state.counts.received > counts.received, RESUMED_MS)).counts.received;
      await worker.kill();
      const killed = Date.now();
      worker = await start("worker");
      const at = (await sender.state(id)).counts.received;
      await sender.waitFor(id, ({ counts }) => counts.received > Math.max(before, at), RESUMED_MS);
      waits.push((Date.now() - killed) / 1000);
    }
    const end = await sender.waitFor(id, ({ status }) => status === "COMPLETED", 120_000);
    console.info(`file: ${KILLS} kills of its worker, resumed after ${waits.map((wait) => wait.toFixed(1)).join(", ")} s`);
    expect(end.counts).toEqual({ received: patients * 5, created: patients * 5, rejected: 0 });
    expect(await judgeFile(server.url, id)).toEqual(wholeFile(patients));
    await Promise.all([api.kill(), worker.kill()]);
  });

  it("outlives a crash of the database", async () => {
    const both = await start("api,worker");
    const sender = new FileSender(both.url);
    const id = await sender.send(3_000);
    await sender.waitFor(id, ({ counts }) => counts.received > 0, 60_000);
    await server.crash();
    const end = await sender.waitFor(id, ({ status }) => status === "COMPLETED", 180_000);
    // The first test's patients are the same people: here they are found, not created.
    expect(end.counts.received).toBe(15_000);
    expect((await judgeFile(server.url, id)).gapless).toBe(true);
    await both.kill();
  });
});
