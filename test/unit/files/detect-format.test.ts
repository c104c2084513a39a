import { beforeAll, describe, expect, it } from "vitest";
import { FILE_FORMATS, type FileFormat } from "../../../src/records/file-format.ts";
import { detectFormat } from "../../../src/sources/files/detect-format.ts";
import { contentOf, gw, readFile } from "./memory-content.ts";
import { sampleFiles, sampleRecords, toLines } from "./sample-files.ts";

let files: Readonly<Record<FileFormat, Buffer>>;
beforeAll(async () => {
  files = await sampleFiles();
});
const isText = (format: FileFormat): boolean => !["IMPORTER_ZIP", "EXCEL", "ACCESS"].includes(format);
const detect = (data: string | Buffer): Promise<FileFormat | null> => detectFormat(contentOf(data), gw, null);

describe("the detection of a file's format", () => {
  it.each(FILE_FORMATS)("knows %s", async (format) => {
    expect(await detect(files[format])).toBe(format);
    expect(await detect(Buffer.concat([Buffer.from("\uFEFF"), files[format]]))).toBe(isText(format) ? format : null);
  });

  it("looks past what is broken at the head", async () => {
    expect(await detect(`{"a":\n\n${toLines(sampleRecords(1))}`)).toBe("NACR_NDJSON");
    expect(await detect(`captured today\n\vMSH|^~\\&|A|B\r`)).toBe("HL7V2_BATCH");
  });

  it("knows a line that is longer than what is looked at by what is seen of it", async () => {
    const bundle = { resourceType: "Bundle", entry: [{ text: "x".repeat(100_000) }] };
    expect(await detect(JSON.stringify(bundle))).toBe("FHIR_NDJSON");
    expect(await detect(JSON.stringify({ sourceRecordId: "x".repeat(100_000) }))).toBe("NACR_NDJSON");
  });

  it.each([
    ["nothing", ""],
    ["blank lines", "\n \r\n\t\n"],
    ["prose", "Hello world\nThis is a thorny issue!\n"],
    ["a table of something else", "A,B,C\n1,2,3\n"],
    ["JSON over several lines", JSON.stringify({ resourceType: "Patient" }, null, 2)],
    ["a list", "[1,2]\n"],
  ])("knows nothing in %s", async (_what, text) => {
    expect(await detect(text)).toBeNull();
  });

  it("keeps a file from being read as another format, with a code", async () => {
    for (const format of FILE_FORMATS) {
      for (const declared of FILE_FORMATS.filter((other) => other !== format)) {
        const { issues, entries } = await readFile(declared, contentOf(files[format]));
        expect({ codes: issues.map(({ code }) => code), entries }).toEqual({ codes: ["FORMAT_UNRECOGNISED"], entries: [] });
      }
    }
  });

  it.each(FILE_FORMATS)("refuses an empty file as %s with a code", async (format) => {
    const { issues, entries } = await readFile(format, contentOf(""));
    expect({ codes: issues.map(({ code, severity }) => `${severity} ${code}`), entries }).toEqual({
      codes: ["ERROR FORMAT_UNRECOGNISED"],
      entries: [],
    });
  });
});
