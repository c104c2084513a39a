import { readdirSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/lib/limits.ts";
import { ScratchFile } from "../../../src/sources/files/scratch-file.ts";
import { unpackZip } from "../../../src/sources/files/zip-content.ts";
import { type UploadContent, UploadDamaged } from "../../../src/submission/upload-ports.ts";
import { contentOf, OPTIONS, reader, readFile, SCRATCH, START } from "./memory-content.ts";
import { PATIENT_ROWS, toCsv, toZip } from "./sample-files.ts";

const CSV = toCsv("PATIENT", PATIENT_ROWS);
const MIB = 1024 * 1024;

/** Where the central directory's only entry has its fields (APPNOTE 4.3.12). */
function patchEntry(zip: Buffer, patch: (entry: Buffer, local: Buffer) => void): Buffer {
  const copy = Buffer.from(zip);
  const at = copy.lastIndexOf(Buffer.from("PK\x01\x02"));
  patch(copy.subarray(at), copy.subarray(copy.readUInt32LE(at + 42)));
  return copy;
}

async function refusalOf(zip: Buffer): Promise<unknown> {
  const { issues, entries } = await readFile("IMPORTER_ZIP", contentOf(zip));
  expect(entries).toEqual([]);
  const [issue] = issues;
  expect(issues).toHaveLength(1);
  expect(issue).toMatchObject({ severity: "ERROR", code: "FORMAT_UNRECOGNISED", expression: "file" });
  return issue?.params?.limit ?? issue?.params?.reason;
}

describe("a zip of importer files", () => {
  it("is unpacked where nothing speaks against it", async () => {
    const unpacked = await unpackZip(contentOf(await toZip({ "patient.csv": CSV })), SCRATCH);
    if (!Array.isArray(unpacked)) throw new Error("the zip was refused");
    const [file] = unpacked;
    expect(file?.name).toBe("patient.csv");
    expect((await file?.content.read(0, 1_000))?.toString("utf8")).toBe(CSV);
    for (const { content } of unpacked) await content.close();
  });

  it("is refused with more files than published", async () => {
    const files = Object.fromEntries(Array.from({ length: LIMITS.zipEntries + 1 }, (_, index) => [`patient_${index}.csv`, CSV]));
    expect(await refusalOf(await toZip(files))).toBe("zipEntries");
  });

  it("is refused where it says that it holds more than published, before anything is unpacked", async () => {
    const zip = patchEntry(await toZip({ "patient.csv": CSV }), (entry) => entry.writeUInt32LE(0xfffffffe, 24));
    expect(await refusalOf(zip)).toBe("RATIO");
    const many = await toZip({ "a.csv": CSV, "b.csv": CSV, "c.csv": CSV });
    const folder = many.indexOf("PK\x01\x02");
    for (let at = many.indexOf("PK\x01\x02", folder + 4); at !== -1; at = many.indexOf("PK\x01\x02", at + 4)) {
      many.writeUInt32LE(0xfffffffe, at + 24);
      many.writeUInt32LE(0x7fffffff, at + 20);
    }
    expect(await refusalOf(many)).toBe("zipExpandedBytes");
  });

  it("is refused where more comes out than it says, and where hundredfold more comes out than went in", async () => {
    const blanks = deflateRawSync(Buffer.alloc(120 * MIB, 0x20));
    expect(blanks.length).toBeLessThan(MIB);
    const honest = await toZip({ "patient.csv": Buffer.alloc(120 * MIB, 0x20) });
    expect(await refusalOf(honest)).toBe("RATIO");
    const liar = patchEntry(honest, (entry) => entry.writeUInt32LE(1_000, 24));
    expect(await refusalOf(liar)).toBeUndefined();
  });

  it.each([
    ["a zip in it", async () => toZip({ "patient.csv": await toZip({ "patient.csv": CSV }) }), "NESTED"],
    ["nothing in it", () => toZip({}), "EMPTY"],
    [
      "an encrypted file",
      async () => patchEntry(await toZip({ "patient.csv": CSV }), (entry) => entry.writeUInt16LE(1, 8)),
      "ENCRYPTED",
    ],
    [
      "an unknown compression",
      async () => patchEntry(await toZip({ "patient.csv": CSV }), (entry) => entry.writeUInt16LE(12, 10)),
      "METHOD",
    ],
    [
      "a wrong checksum",
      async () => patchEntry(await toZip({ "patient.csv": CSV }), (entry) => entry.writeUInt32LE(7, 16)),
      "CHECKSUM",
    ],
    ["its end cut off", async () => (await toZip({ "patient.csv": CSV })).subarray(0, -30), undefined],
    ["its middle spoilt", async () => (await toZip({ "patient.csv": CSV })).fill(0xff, 60, 90), undefined],
  ])("is refused with %s", async (_what, make, reason) => {
    expect(await refusalOf(await make())).toBe(reason);
  });

  it("may call its files what it likes: no name is a path", async () => {
    const zip = await toZip({ "a/bb/patient.csv": CSV });
    for (const { index } of zip.toString("latin1").matchAll(/a\/bb\/p/g)) zip.write("../../p", index, "latin1");
    const { places } = await readFile("IMPORTER_ZIP", contentOf(zip));
    expect(places).toEqual(["patient row 2", "patient row 3"]);
  });

  it("throws a fault of the store through, wherever it is met", async () => {
    const zip = await toZip({ "patient.csv": CSV.repeat(5_000) });
    for (const brokenFrom of [0, 100, zip.length - 100]) {
      const content = damagedFrom(contentOf(zip, 4_096), brokenFrom);
      await expect(reader.open("IMPORTER_ZIP", content, OPTIONS)).rejects.toBeInstanceOf(UploadDamaged);
    }
  });
});

/** Content that does not open any more from a byte on. */
function damagedFrom(content: UploadContent, from: number): UploadContent {
  const fail = (): never => {
    throw new UploadDamaged("a frame does not open");
  };
  return {
    bytes: content.bytes,
    read: async (position, length) => (position + length > from && position > 0 ? fail() : content.read(position, length)),
    async *stream(position, end = content.bytes) {
      for await (const piece of content.stream(position, Math.min(end, from))) yield piece;
      if (end > from) fail();
    },
  };
}

describe("content that is laid aside", () => {
  it("is read back from any place, as it was written in any pieces", async () => {
    const scratch = await ScratchFile.create(SCRATCH);
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251));
    for (let at = 0; at < bytes.length; at += 7_777) await scratch.write(bytes.subarray(at, at + 7_777));
    await scratch.end();
    expect(scratch.bytes).toBe(bytes.length);
    for (const [position, length] of [
      [0, 200_000],
      [65_535, 2],
      [131_072, 1],
      [199_990, 100],
      [5, 0],
      [300_000, 5],
    ] as const)
      expect(await scratch.read(position, length)).toEqual(bytes.subarray(position, position + length));
    await scratch.close();
  });

  it("leaves nothing in its folder, neither while it is open nor afterwards", async () => {
    const entries = await reader.open("IMPORTER_ZIP", contentOf(await toZip({ "patient.csv": CSV })), OPTIONS);
    expect(readdirSync(SCRATCH)).toEqual([]);
    for await (const chunk of entries.chunks(START, 10)) expect(chunk.entries).toHaveLength(2);
    await entries.close();
    await entries.close();
    expect(readdirSync(SCRATCH)).toEqual([]);
  });
});
