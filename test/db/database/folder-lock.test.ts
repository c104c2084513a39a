import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderInUseError, lockFolder } from "../../../src/persistence/database/folder-lock.ts";

const LOCK = "gateway.lock.1";
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A process number that nobody has any more. */
async function findDeadProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.once("exit", resolve));
  return child.pid ?? 0;
}

describe("the lock of a data folder", () => {
  it("refuses a second holder, names the first and says what to do", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUseError);
    await expect(lockFolder(folder)).rejects.toThrow(
      `in use by process ${process.pid}. Two processes would destroy each other's data`,
    );
    await lock.release();
  });

  it("is free again after its release", async () => {
    await (await lockFolder(folder)).release();
    expect(await readFile(join(folder, LOCK), "utf8")).toBe("released\n");
    const again = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUseError);
    await again.release();
  });

  it("keeps one file, however often it is taken", async () => {
    for (let time = 0; time < 12; time += 1) await (await lockFolder(folder)).release();
    expect(await readdir(folder)).toEqual(["gateway.lock.12"]);
  });

  it("is taken over from a process that is gone", async () => {
    await writeFile(join(folder, LOCK), `${await findDeadProcess()} 12345\n`);
    const lock = await lockFolder(folder);
    expect(await readFile(join(folder, "gateway.lock.2"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
    expect(await readdir(folder)).toEqual(["gateway.lock.2"]);
    await lock.release();
  });

  it.runIf(process.platform === "linux")("is taken over when a later process got the dead holder's number", async () => {
    await writeFile(join(folder, LOCK), `${process.pid} 1\n`);
    await (await lockFolder(folder)).release();
  });

  it("is taken over when it is unreadable", async () => {
    await writeFile(join(folder, LOCK), "");
    await (await lockFolder(folder)).release();
  });

  it("goes to exactly one of twenty that find the same stale lock, fifty times over", async () => {
    const dead = await findDeadProcess();
    for (let time = 1; time <= 50; time += 1) {
      const [name = LOCK] = await readdir(folder);
      await writeFile(join(folder, name), `${dead} 12345\n`);
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await readdir(folder)).toHaveLength(1);
    }
  });
});
