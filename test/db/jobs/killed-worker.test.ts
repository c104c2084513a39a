import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../../src/persistence/database/database.ts";
import { databaseKind, openTestDatabase } from "../../support/database.ts";
import { createWorker, jobOf, openTestQueue, waitFor } from "./queue-fixture.ts";

const PROGRAM = fileURLToPath(new URL("./worker-process.ts", import.meta.url));
/** The promise of the service; what the queue's own numbers come to is below 50 s. */
const RESUMED_WITHIN_MS = 90_000;

const children: ChildProcess[] = [];

/** Starts a worker on the database at `place`; ends when it has begun a job. */
async function startWorkerProcess(place: string): Promise<{ readonly child: ChildProcess; readonly submissionId: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, place], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [line] = await once(child.stdout, "data");
  return { child, submissionId: String(line).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function expectResumed(database: Database, submissionId: string): Promise<void> {
  const { queue } = await openTestQueue(database);
  const worker = createWorker();
  const since = performance.now();
  await queue.start(worker);
  try {
    await waitFor(() => worker.ended.length === 1, RESUMED_WITHIN_MS);
    expect(worker.begun).toEqual([submissionId]);
    expect(performance.now() - since).toBeLessThan(60_000);
  } finally {
    await queue.stop();
  }
}

describe("a worker killed with -9", () => {
  it.runIf(databaseKind === "postgresql")(
    "has its job taken up by another process within a minute",
    { timeout: 150_000 },
    async () => {
      const testDatabase = await openTestDatabase();
      const { queue, enqueue } = await openTestQueue(testDatabase.database, { works: false });
      const job = jobOf("CR-A");
      await enqueue(job);
      await queue.stop();
      const { child, submissionId } = await startWorkerProcess(testDatabase.url ?? "");
      expect(submissionId).toBe(job.submissionId);
      await kill(child);
      await expectResumed(testDatabase.database, submissionId);
      await testDatabase.close();
    },
  );

  it.runIf(databaseKind === "embedded")(
    "has its job taken up when the folder is opened again",
    { timeout: 150_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "nacr-killed-"));
      try {
        const { child, submissionId } = await startWorkerProcess(folder);
        await kill(child);
        const database = await openDatabase({ url: null, dataDir: folder });
        await expectResumed(database, submissionId);
        await database.close();
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
