import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolderPartStore } from "../../../src/sources/uploads/folder-part-store.ts";
import type { PartStore } from "../../../src/sources/uploads/part-store.ts";
import { UploadDamaged } from "../../../src/submission/upload-ports.ts";

const KEY = { ods: "RAA", uploadId: "0191-u", object: "0191-o" };
let folder = "";
let store: PartStore;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "nacr-parts-")), "uploads");
  store = createFolderPartStore(folder);
});
afterAll(() => rm(join(folder, ".."), { recursive: true }));

const modeOf = async (...path: readonly string[]): Promise<string> =>
  ((await stat(join(folder, ...path))).mode & 0o777).toString(8);
const list = async (): Promise<readonly string[]> => (await readdir(folder, { recursive: true })).sort();

describe("the store of parts in a folder", () => {
  it("puts and reads, for the gateway's own user only", async () => {
    await store.put(KEY, [Buffer.from("abc"), Buffer.from("defgh")]);
    expect((await store.get(KEY, 2, 5)).toString()).toBe("cde");
    expect(await list()).toEqual(["RAA", "RAA/0191-u", "RAA/0191-u/0191-o"]);
    expect([await modeOf(), await modeOf("RAA"), await modeOf("RAA", "0191-u")]).toEqual(["700", "700", "700"]);
    expect(await modeOf("RAA", "0191-u", "0191-o")).toBe("600");
  });

  it("calls what is gone, or shorter than it was, damage", async () => {
    await expect(store.get(KEY, 0, 9)).rejects.toThrow(UploadDamaged);
    await expect(store.get({ ...KEY, object: "none" }, 0, 1)).rejects.toThrow(UploadDamaged);
  });

  it("leaves nothing of a part that could not be written", async () => {
    const before = await list();
    // What is no byte cannot be written, as little as what has no room.
    const broken = new Proxy(Buffer.from("x"), {});
    await expect(store.put({ ...KEY, object: "broken" }, [Buffer.from("begun"), broken])).rejects.toThrow();
    expect(await list()).toEqual(before);
  });

  it("removes a part, and everything of an upload, also where it is gone already", async () => {
    await store.put({ ...KEY, object: "second" }, [Buffer.from("x")]);
    await store.put({ ...KEY, uploadId: "0191-u2" }, [Buffer.from("kept")]);
    await store.remove(KEY);
    await store.remove(KEY);
    await store.removeAll(KEY);
    await store.removeAll(KEY);
    expect(await list()).toEqual(["RAA", "RAA/0191-u2", "RAA/0191-u2/0191-o"]);
  });

  it.each(["..", "a/b", "", "a.b"])("goes nowhere by the name %j", async (object) => {
    await expect(store.put({ ...KEY, object }, [Buffer.from("x")])).rejects.toThrow(RangeError);
  });
});
