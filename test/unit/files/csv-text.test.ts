import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRows } from "../../../src/sources/files/csv-rows.ts";
import { splitCells } from "../../../src/sources/files/csv-text.ts";
import { findLineFeed } from "../../../src/sources/files/read-lines.ts";
import { contentOf } from "./memory-content.ts";

async function rowsOf(text: string, pieceBytes?: number, delimiter: "," | ";" = ",") {
  const rows = [];
  const form = { delimiter, findEnd: findLineFeed, firstByte: 0, firstRow: 1 };
  for await (const some of readRows(contentOf(text, pieceBytes), form)) rows.push(...some);
  return rows.map(({ number, bytes, start, length }) => ({ number, start, length, text: bytes?.toString("utf8") ?? null }));
}
const cellsOf = async (text: string, pieceBytes?: number) =>
  (await rowsOf(text, pieceBytes)).map((row) => splitCells(row.text ?? "", ","));

const cell = fc.oneof(fc.constantFrom("", "a", '"', ",", "\n", '""', "é", " x "), fc.string({ maxLength: 5 }));
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });

describe("rows and cells of importer files", () => {
  it("are those that csv-parse finds in well-formed text, wherever the pieces end", async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom("\n", "\r\n"),
        async (rows, pieceBytes, lineEnd) => {
          const text = rows
            .map((cells) => `${cells.map((item) => quoted(item.replaceAll("\r", ""))).join(",")}${lineEnd}`)
            .join("");
          const expected = parse(text, { relax_column_count: true, record_delimiter: ["\n", "\r\n"] });
          expect(await cellsOf(text, pieceBytes)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("end a cell at its quote, so that what stands behind it spoils its own row only", async () => {
    expect(await cellsOf('I,really,think\n"this","is "not" "\ngoing,to,work\n')).toEqual([
      ["I", "really", "think"],
      null,
      ["going", "to", "work"],
    ]);
  });

  it("end a row whose quote never closes with its line, and read the next ones as if nothing had been", async () => {
    expect(await cellsOf('a,"b\nc,d\ne,f\n')).toEqual([null, ["c", "d"], ["e", "f"]]);
    expect(await cellsOf('a,"b\nc,"d"x\ne,f\n')).toEqual([null, null, ["e", "f"]]);
  });

  it("take a quote inside a cell as it is", async () => {
    expect(await cellsOf('5" stent,x\n')).toEqual([['5" stent', "x"]]);
  });

  it("are counted as a spreadsheet counts them, blank ones too", async () => {
    expect((await rowsOf('a,"x\ny"\n\n\nb,c')).map(({ number, text }) => [number, text])).toEqual([
      [1, 'a,"x\ny"'],
      [4, "b,c"],
    ]);
  });

  it("know where they stand, also over several lines", async () => {
    const text = 'a,b\r\n"x\r\ny",c\r\nd,e';
    for (const { start, length, text: row } of await rowsOf(text))
      expect(text.slice(start, start + length).replaceAll("\r\n", "\n")).toBe(row);
  });

  it("take time in proportion to what was sent, however its quotes stand", async () => {
    const texts = ['"a\n', 'x,"\n', '""x\n', '"""\n', 'a,"b"c\n'].map((line) => line.repeat(400_000));
    for (const text of texts) {
      const before = performance.now();
      await rowsOf(text);
      expect(performance.now() - before).toBeLessThan(10_000);
    }
  });
});
