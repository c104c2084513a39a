import { describe, expect, it } from "vitest";
import { MARK_UPLOAD_USED } from "../../../src/persistence/sql/upload-queries.ts";
import { storeIsFull } from "../../../src/sources/uploads/part-store.ts";
import { sweepUploads } from "../../../src/sources/uploads/remove-upload.ts";
import { createUploadDoor } from "../../../src/sources/uploads/upload-door.ts";
import { provideDatabase } from "../../support/database.ts";
import { contentOf, inPieces, provideUploads, sender } from "../../support/uploads.ts";

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const testDatabase = provideDatabase();
const uploads = provideUploads(testDatabase);
const owner = sender("RAA");

const later = (ms: number): string => new Date(Date.now() + ms).toISOString();
const fileCount = async (id: string): Promise<number> =>
  [...(await uploads().files()).keys()].filter((path) => path.includes(id)).length;
const rowCount = async (): Promise<unknown> => (await testDatabase().query("select count(*)::int as n from public.upload"))[0]?.n;

async function store(as = owner): Promise<string> {
  const { uploadId } = await uploads().door.receive(as, { fileName: null, announced: [], body: inPieces(contentOf(200_000)) });
  return uploadId;
}

const age = (id: string, ms: number): Promise<unknown> =>
  testDatabase().query("update public.upload set expires_at = $2::timestamptz where id = $1::uuid returning id", [
    id,
    later(-ms),
  ]);

/** As a submission's transaction would. */
const markUsed = (id: string, until: string, ods = "RAA"): Promise<readonly unknown[]> =>
  testDatabase().database.withRole({ role: "nacr_app", ods }, (tx) =>
    tx.$queryRaw<unknown[]>(MARK_UPLOAD_USED([ods, id, until])),
  );

describe("an upload", () => {
  it("is found by its own client of its own organisation only", async () => {
    const id = await store();
    const { door, reader } = uploads();
    expect(await door.find(owner, id)).toMatchObject({ uploadId: id });
    expect(await reader.find(owner, id)).toMatchObject({ id, receivedBytes: 200_000 });
    for (const stranger of [sender("RBB"), sender("RBB", owner.clientId), sender("RAA", "another-client")]) {
      expect(await door.find(stranger, id)).toBeNull();
      expect(await reader.find(stranger, id)).toBeNull();
      expect(await door.remove(stranger, id)).toBe(false);
    }
    await expect(reader.open("RBB", id)).rejects.toThrow("no parts");
    expect(await door.find(owner, "no-uuid")).toBeNull();
  });

  it("of 0 bytes, with another digest, too large, or cut off leaves nothing behind", async () => {
    const { door, files } = uploads();
    const [rows, kept] = [await rowCount(), (await files()).size];
    const content = contentOf(9 * MIB);
    async function* brokenOff(): AsyncGenerator<Buffer> {
      yield* inPieces(content);
      throw new Error("the sender is gone");
    }
    const send = (body: AsyncIterable<Buffer>, announced: readonly string[] = []) =>
      door.receive(owner, { fileName: null, announced, body });
    await expect(send(inPieces(Buffer.alloc(0)))).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    await expect(send(inPieces(content), ["0".repeat(64)])).rejects.toMatchObject({ code: "BAD_USER_INPUT", retryable: true });
    await expect(send(brokenOff())).rejects.toThrow("the sender is gone");
    const small = createUploadDoor({ ...uploads().dependencies, maxBytes: content.length - 1 }, () => null);
    await expect(small.receive(owner, { fileName: null, announced: [], body: inPieces(content) })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { limit: "uploadBytes", value: content.length - 1 },
    });
    expect(await rowCount()).toBe(rows);
    expect((await files()).size).toBe(kept);
  });

  it("for which there is no room is refused with a time to come back, leaves nothing, and the next one is stored", async () => {
    const { dependencies, files } = uploads();
    const [rows, kept] = [await rowCount(), (await files()).size];
    let room = 1;
    const full = createUploadDoor(
      {
        ...dependencies,
        parts: {
          ...dependencies.parts,
          put: (key, pieces) => {
            if (room-- > 0) return dependencies.parts.put(key, pieces);
            throw storeIsFull(Object.assign(new Error(), { code: "ENOSPC" }));
          },
        },
      },
      () => null,
    );
    const send = (bytes: number) => full.receive(owner, { fileName: null, announced: [], body: inPieces(contentOf(bytes)) });
    await expect(send(9 * MIB)).rejects.toMatchObject({ code: "OVERLOADED", retryable: true, retryAfterSeconds: 60 });
    expect(await rowCount()).toBe(rows);
    expect((await files()).size).toBe(kept);
    room = 1;
    expect(await send(1_000)).toMatchObject({ bytes: 1_000 });
  });

  it("that a submission uses is kept as long as that says, and not removed by its client", async () => {
    const id = await store();
    const until = later(400 * DAY_MS);
    expect(await markUsed(id, until)).toHaveLength(1);
    expect(await uploads().reader.find(owner, id)).toMatchObject({ expiresAt: until });
    await expect(uploads().door.remove(owner, id)).rejects.toMatchObject({ code: "CONFLICT" });
    // A second submission of it does not shorten its life.
    await markUsed(id, later(DAY_MS));
    expect(await uploads().reader.find(owner, id)).toMatchObject({ expiresAt: until });
  });

  it("that has expired, belongs to another organisation, or is not complete cannot be used", async () => {
    const [expired, foreign] = [await store(), await store(sender("RBB"))];
    await age(expired, 1_000);
    const { dependencies } = uploads();
    const incomplete = dependencies.newId();
    await dependencies.store.create(owner, {
      id: incomplete,
      recordType: null,
      declaredBytes: 5,
      createdAt: later(0),
      expiresAt: later(DAY_MS),
    });
    for (const id of [expired, foreign, incomplete]) expect(await markUsed(id, later(DAY_MS))).toHaveLength(0);
    expect(await uploads().reader.find(owner, expired)).toBeNull();
  });
});

describe("sweeping", () => {
  it("removes what expired some minutes ago, of every organisation, contents and rows, and nothing else", async () => {
    const [old, oldOfOther, justExpired, living] = [await store(), await store(sender("RBB")), await store(), await store()];
    await age(old, DAY_MS);
    await age(oldOfOther, DAY_MS);
    await age(justExpired, 60_000);
    const rows = Number(await rowCount());
    // The one that expired in the test before goes too once it is old enough.
    const removed = await sweepUploads(uploads().dependencies, later(0));
    expect(removed).toBe(2);
    expect(await rowCount()).toBe(rows - 2);
    for (const id of [old, oldOfOther]) expect(await fileCount(id)).toBe(0);
    for (const id of [justExpired, living]) expect(await fileCount(id)).toBe(1);
    expect(await uploads().door.find(owner, living)).not.toBeNull();
  });

  it("is shared by two processes that sweep at once: each upload is removed, and counted, once", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => store()));
    for (const id of ids) await age(id, DAY_MS);
    const { dependencies } = uploads();
    const counts = await Promise.all([sweepUploads(dependencies, later(0)), sweepUploads(dependencies, later(0))]);
    expect(counts[0] + counts[1]).toBe(ids.length);
    for (const id of ids) expect(await fileCount(id)).toBe(0);
  });

  it("goes on after one that cannot be removed, keeps it for the next time, and says so", async () => {
    const [stuck, other] = [await store(), await store()];
    await age(stuck, 2 * DAY_MS);
    await age(other, DAY_MS);
    const { dependencies } = uploads();
    const parts: typeof dependencies.parts = {
      ...dependencies.parts,
      removeAll: (upload) =>
        upload.uploadId === stuck ? Promise.reject(new Error("the store is away")) : dependencies.parts.removeAll(upload),
    };
    await expect(sweepUploads({ ...dependencies, parts }, later(0))).rejects.toThrow("the store is away");
    expect(await fileCount(other)).toBe(0);
    expect(await sweepUploads(dependencies, later(0))).toBe(1);
    expect(await fileCount(stuck)).toBe(0);
  });
});
