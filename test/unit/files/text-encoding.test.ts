import { describe, expect, it } from "vitest";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import { detectEncoding } from "../../../src/sources/files/text-encoding.ts";
import { contentOf, readFile } from "./memory-content.ts";
import { toZip } from "./sample-files.ts";

const latin = (text: string): Buffer => Buffer.from(text, "latin1");
const mark = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);

describe("the encoding of a file", () => {
  it.each([
    ["letters without accents", latin("nhsNumber,surname\n1,Test\n"), "utf-8"],
    ["UTF-8", Buffer.from("nhsNumber,surname\n1,Zoë £ 😀\n"), "utf-8"],
    ["Latin-1", latin("nhsNumber,surname\n1,Zo\xeb\n"), "windows-1252"],
    ["what only Windows-1252 has", latin("nhsNumber,surname\n1,O\x92Neil \x80\n"), "windows-1252"],
    ["a byte that Windows-1252 has not", latin("nhsNumber,surname\n1,Zo\xeb\x81\n"), "utf-8"],
    ["both in one file", Buffer.concat([latin("1,Zo\xeb\n"), Buffer.from("2,Zoë\n")]), "utf-8"],
    ["a character cut off at the end", Buffer.from("1,Zoë").subarray(0, -1), "windows-1252"],
    ["UTF-16 with its mark", mark("nhsNumber\n"), "utf-16le"],
    ["UTF-16 of the other order", Buffer.from(mark("nhsNumber\n")).swap16(), "utf-16be"],
    ["UTF-16 without a mark", Buffer.from("nhsNumber\n", "utf16le"), "utf-16le"],
    ["nothing", Buffer.alloc(0), "utf-8"],
  ])("is told from %s, wherever its pieces end", async (_what, bytes, encoding) => {
    for (const piece of [1, 2, 3, 5, 64 * 1024]) expect(await detectEncoding(contentOf(bytes, piece))).toBe(encoding);
  });
});

const namesOf = (entries: readonly unknown[]) =>
  entries.map((entry) =>
    entry instanceof ImporterRow ? entry.cells.surname : entry instanceof UnreadableEntry ? entry.code : "?",
  );
const codesOf = (issues: readonly { code: string; severity: string; expression: string }[]) =>
  issues.map(({ severity, code, expression }) => `${severity} ${code} ${expression}`);

describe("an importer file that is not in UTF-8", () => {
  it("is read as Windows-1252, and says so", async () => {
    const { entries, issues } = await readFile("IMPORTER_CSV", contentOf(latin("nhsNumber,surname\n9990000018,O\x92Ne\xefll\n")));
    expect(namesOf(entries)).toEqual(["O’Neïll"]);
    expect(codesOf(issues)).toEqual(["WARNING ENCODING_WINDOWS_1252 file"]);
  });

  it("is read as UTF-16, and says so", async () => {
    for (const bytes of [mark("nhsNumber,surname\n1,Zoë\n"), Buffer.from("nhsNumber,surname\n1,Zoë\n", "utf16le")]) {
      const { entries, issues } = await readFile("IMPORTER_CSV", contentOf(bytes));
      expect(namesOf(entries)).toEqual(["Zoë"]);
      expect(codesOf(issues)).toEqual(["INFORMATION ENCODING_UTF_16 file"]);
    }
  });

  it("is named by its number in a zip", async () => {
    const zip = await toZip({
      "patient.csv": "nhsNumber,surname\n1,a\n",
      "patient2.csv": latin("nhsNumber,surname\n2,Zo\xeb\n"),
    });
    const { issues } = await readFile("IMPORTER_ZIP", contentOf(zip));
    expect(codesOf(issues)).toEqual(["WARNING ENCODING_WINDOWS_1252 file 2"]);
  });

  it("is never taken for either where it is partly both: the rows that are no UTF-8 are refused", async () => {
    const bytes = Buffer.concat([latin("nhsNumber,surname\n1,Zo\xeb\n"), Buffer.from("2,Zoë\n")]);
    const { entries, issues } = await readFile("IMPORTER_CSV", contentOf(bytes));
    expect(namesOf(entries)).toEqual(["ENCODING_UNREADABLE", "Zoë"]);
    expect(issues).toEqual([]);
  });
});
