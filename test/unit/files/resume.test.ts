import { beforeAll, describe, expect, it } from "vitest";
import { FILE_FORMATS, type FileFormat } from "../../../src/records/file-format.ts";
import { contentOf, OPTIONS, readAll, reader, START } from "./memory-content.ts";
import { sampleFiles } from "./sample-files.ts";

let files: Readonly<Record<FileFormat, Buffer>>;
beforeAll(async () => {
  files = await sampleFiles();
});

describe.each(FILE_FORMATS)("a file of %s", (format) => {
  it("goes on from the end of any chunk exactly as if it had been read at once", async () => {
    const whole = await reader.open(format, contentOf(files[format]), OPTIONS);
    const chunks = await readAll(whole, 1);
    expect(chunks.length).toBeGreaterThan(1);
    await whole.close();
    for (const [index, { next }] of chunks.entries()) {
      const again = await reader.open(format, contentOf(files[format]), OPTIONS);
      expect(await readAll(again, 1, next)).toEqual(chunks.slice(index + 1));
      await again.close();
    }
  });

  it("gives the same entries in the same order whatever the size of chunks", async () => {
    const read = async (size: number) => {
      const entries = await reader.open(format, contentOf(files[format]), OPTIONS);
      const chunks = await readAll(entries, size);
      await entries.close();
      return { places: chunks.flatMap(({ places }) => places), end: chunks.at(-1)?.next };
    };
    const whole = await read(1_000);
    for (const size of [1, 2, 3]) expect(await read(size)).toEqual(whole);
    expect(whole.end?.entries).toBeGreaterThanOrEqual(whole.places.length - 1);
  });

  it("ends with as many bytes as it has, or fewer", async () => {
    const entries = await reader.open(format, contentOf(files[format]), OPTIONS);
    const last = (await readAll(entries)).at(-1);
    expect(last?.next.bytes).toBeLessThanOrEqual(entries.bytesTotal);
    expect(last?.next.bytes).toBeGreaterThan(entries.bytesTotal / 3);
    await entries.close();
  });
});

describe("the comparison of chunks", () => {
  it("notices a reader that goes on one entry too late", async () => {
    const entries = await reader.open("NACR_NDJSON", contentOf(files.NACR_NDJSON), OPTIONS);
    const [first, second, ...others] = await readAll(entries, 1);
    expect(await readAll(entries, 1, first?.next ?? START)).not.toEqual(others);
    expect(second).toBeDefined();
  });
});
