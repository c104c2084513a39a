import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyError } from "../../../src/keys/key-management.ts";
import { openLocalKeyFile } from "../../../src/keys/local-key-file.ts";

let folder: string;
const keyFile = () => join(folder, "master.key");
const DATA_KEY = Buffer.alloc(32, 7);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-keys-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("the local key file", () => {
  it("is not made anew where the database holds keys that only the lost one unwraps", async () => {
    await expect(openLocalKeyFile(folder, false)).rejects.toThrow(/missing.*backup/);
    await openLocalKeyFile(folder);
    await expect(openLocalKeyFile(folder, false)).resolves.toBeDefined();
  });

  it("is made at the first start with 32 bytes that only its owner may read", async () => {
    await openLocalKeyFile(folder);
    const { mode, size } = await stat(keyFile());
    expect((mode & 0o777).toString(8)).toBe("600");
    expect(size).toBe(32);
    expect((await readdir(folder)).sort()).toEqual(["erasure.key", "master.key"]);
  });

  it("makes the data folder where there is none, closed to others", async () => {
    const inner = join(folder, "new", "folder");
    await openLocalKeyFile(inner);
    expect(((await stat(inner)).mode & 0o777).toString(8)).toBe("700");
  });

  it("is the same one at the next start", async () => {
    const wrapped = await (await openLocalKeyFile(folder)).wrap(DATA_KEY, "organisation:RAA");
    expect(await (await openLocalKeyFile(folder)).unwrap(wrapped, "organisation:RAA")).toEqual(DATA_KEY);
  });

  it("is one, however many processes start first at once", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => openLocalKeyFile(folder)));
    const wrapped = (await all[0]?.wrap(DATA_KEY, "s")) ?? Buffer.alloc(0);
    expect(await Promise.all(all.map((management) => management.unwrap(wrapped, "s")))).toEqual(all.map(() => DATA_KEY));
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o610])(
    "is refused when its rights are %o, with the command that mends it",
    async (mode) => {
      await openLocalKeyFile(folder);
      await chmod(keyFile(), mode);
      await expect(openLocalKeyFile(folder)).rejects.toThrow(KeyError);
      await expect(openLocalKeyFile(folder)).rejects.toThrow(/chmod 600/);
    },
  );

  it("is refused in a folder that others may write into, where they could exchange it", async () => {
    await openLocalKeyFile(folder);
    for (const mode of [0o720, 0o702, 0o777]) {
      await chmod(folder, mode);
      await expect(openLocalKeyFile(folder)).rejects.toThrow(/folder that can be written by others.*chmod go-w/);
    }
    await chmod(folder, 0o755);
    await expect(openLocalKeyFile(folder)).resolves.toBeDefined();
  });

  it("is refused when it holds something else of whatever length", async () => {
    for (const content of [
      "{}",
      '{"format":2,"keys":[]}',
      '{"format":2,"keys":[{"version":1,"key":"c2hvcnQ="}]}',
      "x".repeat(64),
    ]) {
      await writeFile(keyFile(), content, { mode: 0o600 });
      await expect(openLocalKeyFile(folder)).rejects.toThrow(/is damaged/);
    }
  });

  it.each([0, 31, 33])("is refused with %i bytes", async (size) => {
    await writeFile(keyFile(), Buffer.alloc(size), { mode: 0o600 });
    await expect(openLocalKeyFile(folder)).rejects.toThrow(`has ${size} bytes instead of 32`);
  });

  it("does not unwrap for another scope, nor what another file wrapped, and says what is missing", async () => {
    const management = await openLocalKeyFile(folder);
    const wrapped = await management.wrap(DATA_KEY, "organisation:RAA");
    await expect(management.unwrap(wrapped, "organisation:RBB")).rejects.toThrow(KeyError);
    const other = await openLocalKeyFile(join(folder, "other"));
    await expect(other.unwrap(wrapped, "organisation:RAA")).rejects.toThrow(/Bring back the key file/);
  });

  it("never stands in what it wraps", async () => {
    const wrapped = await (await openLocalKeyFile(folder)).wrap(DATA_KEY, "s");
    expect(wrapped.includes(DATA_KEY)).toBe(false);
    expect(wrapped.includes(await readFile(keyFile()))).toBe(false);
  });

  it("holds a second key while the first is replaced, however often that is begun, and the newest when it is done", async () => {
    const management = await openLocalKeyFile(folder);
    const old = await management.wrap(DATA_KEY, "s");
    await management.addNewer();
    await management.addNewer();
    const anew = await management.wrap(DATA_KEY, "s");
    expect([management.isNewest(old), management.isNewest(anew)]).toEqual([false, true]);
    expect(await management.unwrap(old, "s")).toEqual(DATA_KEY);
    expect(((await stat(keyFile())).mode & 0o777).toString(8)).toBe("600");
    await management.retireOlder();
    expect(await management.unwrap(anew, "s")).toEqual(DATA_KEY);
    await expect(management.unwrap(old, "s")).rejects.toThrow(/does not hold/);
    expect((await readdir(folder)).sort()).toEqual(["erasure.key", "master.key"]);
  });

  it("is read again by a process that meets a key it does not know", async () => {
    const running = await openLocalKeyFile(folder);
    const other = await openLocalKeyFile(folder);
    await other.addNewer();
    await other.retireOlder();
    expect(await running.unwrap(await other.wrap(DATA_KEY, "s"), "s")).toEqual(DATA_KEY);
    expect(await other.unwrap(await running.wrap(DATA_KEY, "s"), "s")).toEqual(DATA_KEY);
  });
});
