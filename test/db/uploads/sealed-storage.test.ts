import { writeFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { openUploadWriter } from "../../../src/sources/uploads/upload-writer.ts";
import { UploadDamaged } from "../../../src/submission/upload-ports.ts";
import { provideDatabase } from "../../support/database.ts";
import { contentOf, inPieces, provideUploads, sender, sha256Of } from "../../support/uploads.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
const MIB = 1024 * 1024;
const FRAME = 64 * 1024;
/** A frame in clear, and its two bytes of header, nonce and tag. */
const SEALED_FRAME = FRAME + 30;

const uploads = provideUploads(provideDatabase());
const owner = sender("RAA");

async function store(content: Buffer, as = owner): Promise<string> {
  const receipt = await uploads().door.receive(as, { fileName: null, announced: [], body: inPieces(content) });
  expect(receipt).toMatchObject({ bytes: content.length, sha256: sha256Of(content) });
  return receipt.uploadId;
}

async function readWhole(uploadId: string, ods = owner.ods): Promise<Buffer> {
  const content = await uploads().reader.open(ods, uploadId);
  return await content.read(0, content.bytes);
}

/** The upload's only part, on disk. */
async function fileOf(uploadId: string): Promise<readonly [string, Buffer]> {
  const found = [...(await uploads().files())].find(([path]) => path.includes(uploadId));
  if (found === undefined) throw new Error("the upload has no file");
  return found;
}

describe("the content of an upload", () => {
  it("is read as it came, whole and from any place, over frames and parts", async () => {
    const content = contentOf(20 * MIB + 12_345);
    const id = await store(content);
    const opened = await uploads().reader.open("RAA", id);
    expect(opened.bytes).toBe(content.length);
    const pieces: Buffer[] = [];
    for await (const piece of opened.stream(0)) pieces.push(piece);
    expect(sha256Of(Buffer.concat(pieces))).toBe(sha256Of(content));
    const edges = [0, 1, FRAME - 1, FRAME, 8 * MIB - 1, 8 * MIB, 16 * MIB + 3, content.length - 1];
    for (const from of edges) {
      for (const length of [1, 100, FRAME + 1, 2 * MIB]) {
        const read = await opened.read(from, length);
        expect(read.equals(content.subarray(from, from + length)), `${length} from ${from}`).toBe(true);
      }
    }
    expect(await opened.read(content.length, 10)).toHaveLength(0);
  });

  it("takes no more memory for 96 MiB than for one part: pieces are made as they are sent, and read as they are opened", async () => {
    const piece = contentOf(FRAME - 1);
    const bytes = 96 * MIB;
    let sent = 0;
    let most = 0;
    let watched = 0;
    // What the collector has not met yet is no memory that is needed: it is met every four megabytes.
    const watch = (): void => {
      if (watched++ % 64 === 0) collectGarbage();
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    };
    async function* body(): AsyncGenerator<Buffer> {
      for (; sent < bytes; sent += piece.length) {
        watch();
        yield piece;
      }
    }
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    const { dependencies } = uploads();
    const large = { ...dependencies, maxBytes: 2 * bytes };
    const { createUploadDoor } = await import("../../../src/sources/uploads/upload-door.ts");
    const { uploadId } = await createUploadDoor(large, () => null).receive(owner, {
      fileName: null,
      announced: [],
      body: body(),
    });
    for await (const opened of (await uploads().reader.open("RAA", uploadId)).stream(0)) {
      watch();
      expect(opened.length).toBeGreaterThan(0);
    }
    // One part of 8 MiB in hand, and what came and went since the collector's last round.
    expect(most - before).toBeLessThan(24 * MIB);
    await uploads().door.remove(owner, uploadId);
  });

  it("stands nowhere in clear, neither on disk nor in the database", async () => {
    const canary = "canary-9434765919-O'Neil";
    const content = Buffer.from(`${canary}\n`.repeat(20_000));
    const id = await store(content);
    expect((await readWhole(id)).includes(canary), "control: the content has it").toBe(true);
    for (const [path, bytes] of await uploads().files()) {
      expect(bytes.includes("canary") || bytes.includes("9434765919"), path).toBe(false);
    }
  });
});

describe("a sealed frame", () => {
  it("does not open in another place of its upload", async () => {
    const id = await store(contentOf(3 * FRAME));
    const [path, sealed] = await fileOf(id);
    expect((await readWhole(id)).length, "control: it opens where it belongs").toBe(3 * FRAME);
    const first = sealed.subarray(0, SEALED_FRAME);
    const second = sealed.subarray(SEALED_FRAME, 2 * SEALED_FRAME);
    await writeFile(path, Buffer.concat([second, first, sealed.subarray(2 * SEALED_FRAME)]));
    await expect(readWhole(id)).rejects.toThrow(UploadDamaged);
    await writeFile(path, sealed);
    expect((await readWhole(id)).length, "control: put back, it opens again").toBe(3 * FRAME);
  });

  it("does not open in another upload, nor for another organisation", async () => {
    const [one, other, foreign] = [
      await store(contentOf(FRAME)),
      await store(contentOf(FRAME)),
      await store(contentOf(FRAME), sender("RBB")),
    ];
    const [, sealed] = await fileOf(one);
    for (const [id, ods] of [
      [other, "RAA"],
      [foreign, "RBB"],
    ] as const) {
      await writeFile((await fileOf(id))[0], sealed);
      await expect(readWhole(id, ods)).rejects.toThrow(UploadDamaged);
    }
  });

  it.each([
    [
      "a byte is another one",
      (sealed: Buffer) => Buffer.concat([sealed.subarray(0, 100), Buffer.from([(sealed[100] ?? 0) ^ 1]), sealed.subarray(101)]),
    ],
    ["its end is gone", (sealed: Buffer) => sealed.subarray(0, -1)],
  ])("is damage where %s", async (_what, damage) => {
    const id = await store(contentOf(1_000));
    const [path, sealed] = await fileOf(id);
    await writeFile(path, damage(sealed));
    await expect(readWhole(id)).rejects.toThrow(UploadDamaged);
  });
});

describe("two writers at one end", () => {
  it("cannot both add: the second is told, and takes its content back", async () => {
    const { dependencies, files } = uploads();
    const id = dependencies.newId();
    const at = new Date().toISOString();
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    await dependencies.store.create(owner, { id, recordType: null, declaredBytes: null, createdAt: at, expiresAt });
    const place = { ods: "RAA", id };
    const [first, second] = [
      await openUploadWriter(dependencies, place, "EACH"),
      await openUploadWriter(dependencies, place, "EACH"),
    ];
    await first.write(contentOf(100, 7));
    await second.write(contentOf(200, 8));
    expect(await first.finish()).toBe(100);
    await expect(second.finish()).rejects.toMatchObject({ code: "CONFLICT" });
    await second.discard();
    expect((await readWhole(id)).equals(contentOf(100, 7))).toBe(true);
    expect([...(await files()).keys()].filter((path) => path.includes(id))).toHaveLength(1);
  });
});
