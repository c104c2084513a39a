import { describe, expect, it } from "vitest";
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import { contentOf, mapFile, readFile, readRawAll } from "./memory-content.ts";
import { sampleRecords, toLines } from "./sample-files.ts";

const nested = (depth: number): string => `{"patient":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
const codeOf = (entry: unknown): unknown => (entry instanceof UnreadableEntry ? entry.code : "READ");

describe("NACR NDJSON", () => {
  it("gives a record a line, whatever the line ends are, with the line as its place", async () => {
    const [one, two] = sampleRecords(2);
    const text = `\uFEFF${JSON.stringify(one)}\r\n\n  \n${JSON.stringify(two)}`;
    const { entries, places, issues } = await readFile("NACR_NDJSON", contentOf(text));
    expect({ entries, places, issues }).toEqual({ entries: [one, two], places: ["line 1", "line 4"], issues: [] });
  });

  it("reads the same wherever the pieces of the content end", async () => {
    const text = `\uFEFF${toLines(sampleRecords(3))}`.replaceAll("\n", "\r\n");
    const whole = await readFile("NACR_NDJSON", contentOf(text));
    for (const pieceBytes of [1, 2, 3, 5, 64, 1_000]) {
      const { entries, places } = await readFile("NACR_NDJSON", contentOf(text, pieceBytes));
      expect({ entries, places }).toEqual({ entries: whole.entries, places: whole.places });
    }
  });

  it("answers for each line that cannot be read, and reads the others", async () => {
    const [good] = sampleRecords(1);
    const text = Buffer.concat([
      Buffer.from(toLines([good])),
      Buffer.from('{"a":"'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n[1]\n{"a":\n7\n"text"\nnull\n'),
      Buffer.from(`{"a":"${"x".repeat(LIMITS.fileLineBytes)}"}\n`),
      Buffer.from(`${nested(LIMITS.bodyDepth + 1)}\n${nested(LIMITS.bodyDepth)}\n`),
      Buffer.from(toLines([good])),
    ]);
    const { entries } = await readFile("NACR_NDJSON", contentOf(text));
    expect(entries.map(codeOf)).toEqual([
      "READ",
      "ENCODING_UNREADABLE",
      ...new Array(6).fill("FORMAT_UNRECOGNISED"),
      "FORMAT_UNRECOGNISED",
      "READ",
      "READ",
    ]);
  });

  it("takes a line of just the length that is published", async () => {
    const line = (bytes: number): string => `{"a":"${"x".repeat(bytes - 8)}"}`;
    const text = `${line(LIMITS.fileLineBytes)}\r\n${line(LIMITS.fileLineBytes + 1)}\n`;
    const { entries } = await readFile("NACR_NDJSON", contentOf(text));
    expect(entries.map(codeOf)).toEqual(["READ", "FORMAT_UNRECOGNISED"]);
  });

  it("makes one rejected draft of an unreadable line, and roots expressions in the line", async () => {
    const record = { sourceRecordId: "a", patient: { nhsNumber: "1" }, initiatingEvents: [{ eventDate: "x" }] };
    const { drafts } = await mapFile("NACR_NDJSON", contentOf(`{"a":1\n${toLines([record])}`));
    expect(drafts.map(({ expression, unreadable }) => ({ expression, unreadable }))).toEqual([
      { expression: "line 1", unreadable: true },
      { expression: "line 2.patient", unreadable: undefined },
      { expression: "line 2.initiatingEvents[0]", unreadable: undefined },
    ]);
    expect(drafts[0]?.issues).toMatchObject([{ severity: "ERROR", code: "FORMAT_UNRECOGNISED", expression: "line 1" }]);
  });

  it("ends a chunk before its lines take too much memory", async () => {
    const line = `{"a":"${"x".repeat(900_000)}"}\n`;
    const { chunks } = await readFile("NACR_NDJSON", contentOf(line.repeat(25)));
    expect(chunks.map((chunk) => chunk.entries.length)).toEqual([9, 9, 7]);
  });

  it("hands the raw lines out with the same places", async () => {
    const raw = await readRawAll("NACR_NDJSON", contentOf('{"a":1}\r\n\n{"b":\n'));
    expect(raw.map(({ place, text }) => ({ place, text }))).toEqual([
      { place: "line 1", text: '{"a":1}' },
      { place: "line 3", text: '{"b":' },
    ]);
  });
});
