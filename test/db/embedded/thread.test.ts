import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/persistence/database/database.ts";
import { DatabaseLostError } from "../../../src/persistence/database/embedded/database-thread.ts";
import { openEmbedded } from "../../../src/persistence/database/embedded/embedded-database.ts";
import { DATABASE_FOLDER } from "../../../src/persistence/database/embedded-connection.ts";

const TASKS = "/proc/self/task";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-thread-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const unreported = (error: Error): never => {
  throw error;
};
/** Threads of this process that carry the database's name; only Linux tells. */
const countThreads = (): number =>
  process.platform === "linux"
    ? readdirSync(TASKS).filter((task) => readFileSync(join(TASKS, task, "comm"), "utf8").trim() === "nacr-database").length
    : 0;
const ONE_THREAD = process.platform === "linux" ? 1 : 0;

describe("closing", () => {
  it("waits for everything asked before, ends the thread, and may be asked for again", async () => {
    const before = countThreads();
    const database = await openEmbedded({ folder: null, reportLoss: unreported });
    expect(countThreads()).toBe(before + ONE_THREAD);
    await database.exec("create table kept (id int)");
    const transaction = await database.startTransaction();
    const asked = database.query("select count(*)::int as total from kept");
    const closed = database.close();
    await transaction.query("insert into kept values (1)");
    await transaction.commit();
    expect((await asked).rows).toEqual([{ total: 1 }]);
    await closed;
    await expect(database.query("select 1")).rejects.toThrow(DatabaseLostError);
    await database.close();
    expect(countThreads()).toBe(before);
  });
});

describe("a database that is lost", { timeout: 240_000 }, () => {
  it("fails what is in hand and everything later, is reported once, and can still be closed", async () => {
    const losses: Error[] = [];
    const before = countThreads();
    const database = await openEmbedded({ folder: null, reportLoss: (error) => losses.push(error), statementLimitMs: 2_000 });
    const transaction = await database.startTransaction();
    const waiting = database.query("select 1");
    const hanging = transaction.query("select pg_sleep(30)");
    await expect(hanging).rejects.toMatchObject({ name: "DatabaseLostError", code: "57P02" });
    await expect(transaction.commit()).rejects.toThrow(DatabaseLostError);
    await expect(waiting).rejects.toThrow(DatabaseLostError);
    await expect(database.startTransaction()).rejects.toThrow(DatabaseLostError);
    await expect(database.listen("channel", () => undefined)).rejects.toThrow(DatabaseLostError);
    await database.close();
    expect(losses).toHaveLength(1);
    expect(countThreads()).toBe(before);
  });

  it("answers DATABASE_UNAVAILABLE after PostgreSQL gave up, never success, and opens again with what was acknowledged", async () => {
    const losses: Error[] = [];
    const dataDir = join(folder, "broken");
    const log = join(dataDir, DATABASE_FOLDER, "pg_wal");
    const database = await openDatabase({ url: null, dataDir, reportLoss: (error) => losses.push(error) });
    await database.prisma.$executeRaw`create table filled (round int, content text)`;
    // What a full disk does: the write-ahead log cannot be continued. PGlite would loop for ever in the statement after that.
    await rename(log, `${log}-away`);
    await writeFile(log, "");
    let acknowledged = 0;
    const fill = async (): Promise<void> => {
      for (;;) {
        await database.withRole({ role: "nacr_app" }, async (tx) => {
          await tx.$executeRaw`reset role`;
          await tx.$executeRaw`insert into filled select ${acknowledged + 1}::int, repeat('x', 1000) from generate_series(1, 4000)`;
        });
        acknowledged += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE", retryable: true });
    await expect(database.ping()).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    await expect(database.withRole({ role: "nacr_app" }, (tx) => tx.$queryRaw`select 1`)).rejects.toMatchObject({
      code: "DATABASE_UNAVAILABLE",
    });
    expect(losses.map(({ name }) => name)).toEqual(["DatabaseLostError"]);
    await database.close();

    await rm(log);
    await rename(`${log}-away`, log);
    const reopened = await openDatabase({ url: null, dataDir });
    const rows = await reopened.prisma.$queryRaw<{ rounds: number }[]>`select count(distinct round)::int as rounds from filled`;
    expect(rows[0]?.rounds).toBeGreaterThanOrEqual(acknowledged);
    await reopened.close();
  });

  it("is refused at its opening, with the reason, where the folder is none", async () => {
    const before = countThreads();
    const dataDir = join(folder, "no-folder");
    await writeFile(dataDir, "");
    await expect(openEmbedded({ folder: dataDir, reportLoss: unreported })).rejects.toThrow();
    expect(countThreads()).toBe(before);
  });
});

const PROGRAM = fileURLToPath(new URL("./forgetful-program.ts", import.meta.url));

/** @returns its exit code, or null where it had to be killed */
async function runForgetfulProgram(args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 50_000,
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
}

describe("a program that forgets to close its database", { timeout: 240_000 }, () => {
  it("ends by itself, but not before the statement in hand is answered", async () => {
    expect(await runForgetfulProgram([])).toEqual({ code: 0, text: "answered\n" });
  });
});
