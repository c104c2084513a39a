/** A process reads `erasure.key` while another one puts a new file into its place and overwrites the old one's bytes. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ERASURE_FILE, openErasureFile } from "../../../src/keys/erasure-file.ts";
import { leafPathOf } from "../../../src/keys/erasure-tree.ts";
import * as privateFile from "../../../src/lib/private-file.ts";

vi.mock(import("../../../src/lib/private-file.ts"), { spy: true });

const PROGRAM = fileURLToPath(new URL("./destroying-program.ts", import.meta.url));
const READINGS = 100;
const KEPT = leafPathOf("RAA", "kept");

let folder: string;
let kept: string | null;
const file = (): string => join(folder, ERASURE_FILE);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-erasure-"));
  kept = (await openErasureFile(folder, true)).secretOf(KEPT);
});
afterEach(async () => {
  vi.mocked(privateFile.readPrivateFile).mockReset();
  await rm(folder, { recursive: true });
});

/** As a destruction does it, in the moment between the opening and the reading of the old file. */
function replaceWhileRead(): ReturnType<typeof privateFile.readPrivateFile> {
  const opened = openSync(file(), "r+");
  const bytes = readFileSync(file());
  writeFileSync(`${file()}.new`, bytes, { mode: 0o600 });
  renameSync(`${file()}.new`, file());
  writeSync(opened, randomBytes(bytes.length), 0, bytes.length, 0);
  const torn = Buffer.alloc(bytes.length);
  readFileSync(opened).copy(torn);
  closeSync(opened);
  return { ok: true, bytes: torn };
}

describe("erasure.key, replaced while it is read", () => {
  it("is read again, and never taken for a damaged one", async () => {
    vi.mocked(privateFile.readPrivateFile).mockImplementationOnce(replaceWhileRead);
    expect((await openErasureFile(folder, false)).secretOf(KEPT)).toBe(kept);
    expect(privateFile.readPrivateFile).toHaveBeenCalledTimes(3);
  });

  it("is not written by a process whose lock was taken away while it slept, until the lock is its own again", async () => {
    const keys = await openErasureFile(folder, false);
    const before = readFileSync(file(), "utf8");
    vi.mocked(privateFile.readPrivateFile).mockImplementationOnce((name) => {
      writeFileSync(`${file()}.lock`, "another one's");
      const bytes = readFileSync(name);
      return { ok: true, bytes };
    });
    const destroyed = keys.destroy([leafPathOf("RAA", "gone")]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(readFileSync(file(), "utf8")).toBe(before);
    rmSync(`${file()}.lock`);
    await destroyed;
    expect((await openErasureFile(folder, false)).secretOf(leafPathOf("RAA", "gone"))).toBeNull();
  });

  it("is refused where it is replaced at every reading, without being called damaged", async () => {
    vi.mocked(privateFile.readPrivateFile).mockImplementation(replaceWhileRead);
    await expect(openErasureFile(folder, false)).rejects.toThrow("is replaced faster than it can be read");
  });
});

describe("erasure.key, while another process destroys patients without a pause", () => {
  let other: ChildProcess;
  beforeEach(async () => {
    other = spawn(process.execPath, ["--import", "tsx", PROGRAM, folder], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => other.stdout?.once("data", resolve));
  });
  afterEach(async () => {
    const gone = new Promise((resolve) => other.once("exit", resolve));
    other.kill("SIGKILL");
    await gone;
  });

  it("is whole at every reading", async () => {
    const { generation: first } = await openErasureFile(folder, false);
    for (let reading = 0; reading < READINGS; reading++) {
      expect((await openErasureFile(folder, false)).secretOf(KEPT)).toBe(kept);
      if (reading % 10 === 0) await wait(1);
    }
    const { generation: last } = await openErasureFile(folder, false);
    expect(last, "the other process replaced the file meanwhile").toBeGreaterThan(first);
  });

  it("would be torn for a reader that kept the file it had opened (control)", async () => {
    const opened = openSync(file(), "r");
    await vi.waitUntil(() => !isWhole(opened), { timeout: 20_000, interval: 5 });
    closeSync(opened);
  });
});

function isWhole(descriptor: number): boolean {
  const bytes = Buffer.alloc(fstatSync(descriptor).size);
  readSync(descriptor, bytes, 0, bytes.length, 0);
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
