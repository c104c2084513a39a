import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ERASURE_FILE, openErasureFile } from "../../../src/keys/erasure-file.ts";
import { leafPathOf } from "../../../src/keys/erasure-tree.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-erasure-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const leaf = (unit: string): string => leafPathOf("RAA", unit);
const file = (): string => join(folder, ERASURE_FILE);

describe("the file erasure.key", () => {
  it("is made at the first start, for its owner only, and read at the next one", async () => {
    const first = await openErasureFile(folder, true);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    const second = await openErasureFile(folder, false);
    expect([second.id, second.secretOf(leaf("a"))]).toEqual([first.id, first.secretOf(leaf("a"))]);
  });

  it("is one file where several processes start at once", async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => openErasureFile(folder, true)));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(await readdir(folder)).toEqual([ERASURE_FILE]);
  });

  it("forgets destroyed leaves for good and leaves no other file behind", async () => {
    const keys = await openErasureFile(folder, true);
    const kept = keys.secretOf(leaf("kept"));
    await keys.destroy([leaf("gone"), leaf("gone too")]);
    await keys.destroy([leaf("gone")]);
    for (const each of [keys, await openErasureFile(folder, false)]) {
      expect(each.secretOf(leaf("gone"))).toBeNull();
      expect(each.secretOf(leaf("gone too"))).toBeNull();
      expect(each.secretOf(leaf("kept"))).toBe(kept);
    }
    expect(await readdir(folder)).toEqual([ERASURE_FILE]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it("loses nothing that two processes destroy at once", async () => {
    const [one, two] = await Promise.all([openErasureFile(folder, true), openErasureFile(folder, true)]);
    await Promise.all([0, 1, 2, 3].flatMap((n) => [one.destroy([leaf(`one ${n}`)]), two.destroy([leaf(`two ${n}`)])]));
    const all = [0, 1, 2, 3].flatMap((n) => [`one ${n}`, `two ${n}`]);
    const now = await openErasureFile(folder, false);
    expect(all.filter((unit) => now.secretOf(leaf(unit)) !== null)).toEqual([]);
  });

  it("is read again by a process that did not destroy anything itself, within five seconds", async () => {
    const [destroyer, other] = [await openErasureFile(folder, true), await openErasureFile(folder, false)];
    await destroyer.destroy([leaf("gone")]);
    const later = performance.now() + 5_001;
    vi.spyOn(performance, "now").mockReturnValue(later);
    expect(other.secretOf(leaf("gone"))).toBeNull();
  });

  it("is refused where it is missing, can be read by others, is damaged or was exchanged; no message holds a secret", async () => {
    await expect(openErasureFile(folder, false)).rejects.toThrow("is missing");
    const keys = await openErasureFile(folder, true);
    await chmod(file(), 0o640);
    await expect(openErasureFile(folder, false)).rejects.toThrow("chmod 600");
    await chmod(file(), 0o600);
    const text = await readFile(file(), "utf8");
    await writeFile(file(), text.slice(0, -20));
    const damaged = await openErasureFile(folder, false).catch((error: Error) => error.message);
    expect(damaged).toContain("is damaged");
    expect(damaged).not.toContain(text.slice(-60, -30));
    await writeFile(file(), text.replace(keys.id, "0".repeat(64)));
    await expect(keys.destroy([leaf("a")])).rejects.toThrow("exchanged");
  });

  it("loses no destruction where a lock was left behind and several find it at once", async () => {
    const opened = await Promise.all(Array.from({ length: 6 }, () => openErasureFile(folder, true)));
    await writeFile(`${file()}.lock`, "left by a process that died", { mode: 0o600 });
    const longAgo = new Date(Date.now() - 120_000);
    await utimes(`${file()}.lock`, longAgo, longAgo);
    await Promise.all(opened.map((keys, each) => keys.destroy([leaf(`gone ${each}`)])));
    const after = await openErasureFile(folder, false);
    expect(opened.map((_, each) => after.secretOf(leaf(`gone ${each}`)))).toEqual(opened.map(() => null));
    expect(await readdir(folder)).toEqual([ERASURE_FILE]);
  });
});
