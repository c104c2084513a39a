/** Failed rows in every form: the sender's own, to be corrected and sent again. What they are read back by is the real mapping. */
import { buffer } from "node:stream/consumers";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { fromBufferPromise } from "yauzl";
import { FileResource } from "../../../mappings/fhir/fhir-file-mapping.ts";
import { groupResources } from "../../../mappings/fhir/resource-groups.ts";
import { MAPPINGS } from "../../../mappings/index.ts";
import type { RecordTypeName } from "../../../src/dataset/define.ts";
import type { FileFormat } from "../../../src/records/file-format.ts";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import type { EnvelopeMapping } from "../../../src/submission/commands.ts";
import type { FileReader, RawEntry } from "../../../src/submission/file-ports.ts";
import { makeRowsFile, type RowsFile } from "../../../src/submission/report/failed-rows-file.ts";
import type { InputParts } from "../../../src/submission/report-ports.ts";
import { dictionary, headerOf, inParts, rejected, resultOf, textOf } from "./report-fixture.ts";

const parts: InputParts = {
  fhirResources: (payload) =>
    groupResources(payload).map(({ expression, resource, group }) => ({
      place: expression,
      text: JSON.stringify(resource),
      group,
    })),
  groupOfFileEntry: (entry) => (entry instanceof FileResource ? entry.group : null),
};
const request = (results: readonly RecordResult[]) => ({ header: headerOf(), dictionary, results: inParts(results) });

/** A file of these lines or rows; of FHIR, the groups in which its reader brings the lines together. */
function filesOf(entries: readonly RawEntry[], groups: readonly (readonly number[])[] = []): FileReader {
  return {
    open: async () => ({
      issues: [],
      mapping: "FHIR",
      bytesTotal: 0,
      close: async () => undefined,
      async *chunks() {
        for (const [group, lines] of groups.entries())
          yield {
            entries: lines.map((line) => new FileResource({}, group, line < 0)),
            places: lines.map((line) => `line ${Math.abs(line)}`),
            next: { entries: 0, bytes: 0 },
          };
      },
    }),
    async *readRaw() {
      yield* entries;
    },
  };
}

const line = (number: number, text: string): RawEntry => ({
  place: `line ${number}`,
  recordType: null,
  cells: null,
  header: null,
  text,
});

function fromFile(
  format: FileFormat,
  files: FileReader,
  results: readonly RecordResult[],
  recordType: RecordTypeName | null = null,
): Promise<RowsFile> {
  const content = { bytes: 1, read: async () => Buffer.alloc(0), async *stream() {} };
  const openUpload = async () => ({ recordType, content });
  return makeRowsFile({ kind: "UPLOAD", file: { uploadId: "upload", format } }, request(results), { files, parts, openUpload });
}

const fromEnvelope = (channel: EnvelopeMapping, payload: unknown, results: readonly RecordResult[]): Promise<RowsFile> =>
  makeRowsFile({ kind: "ENVELOPE", channel, envelope: JSON.stringify(payload) }, request(results), {
    files: filesOf([]),
    parts,
    openUpload: () => Promise.reject(new Error("nothing was uploaded")),
  });

const linesOf = async ({ body }: RowsFile): Promise<string[]> => (await textOf(body)).split("\n").filter((text) => text !== "");

describe("failed rows of NACR records", () => {
  const records = [1, 2, 3].map((n) => ({
    sourceRecordId: `rec-${n}`,
    patient: { surname: "Canary", gender: n === 2 ? "?" : "FEMALE" },
    initiatingEvents: [{ eventType: "MI_STEMI" }],
  }));

  it("are whole patient records with their reasons, and map back as they were when corrected", async () => {
    const child = resultOf(3, "records[1].initiatingEvents[0]", {
      outcome: "REJECTED_PARENT",
      issues: [
        { severity: "ERROR", code: "PARENT_REJECTED", field: null, expression: "records[1].initiatingEvents[0]", causedBy: 2 },
      ],
    });
    const results = [
      resultOf(0, "records[0].patient"),
      rejected(2, "records[1].patient"),
      child,
      resultOf(4, "records[2].patient"),
    ];
    const file = await fromEnvelope("RECORDS", records, results);
    expect(file).toMatchObject({ contentType: "application/x-ndjson", extension: "ndjson" });
    const [only, ...more] = (await linesOf(file)).map((text): Record<string, unknown> => JSON.parse(text));
    expect(more).toEqual([]);
    const { _reasons: reasons, ...record } = only ?? {};
    expect(record).toEqual(records[1]);
    expect(reasons).toMatchObject([
      { code: "MANDATORY_MISSING", field: "gender", expression: "patient.gender" },
      { code: "PARENT_REJECTED", expression: "initiatingEvents[0]" },
    ]);
    const corrected = { ...only, patient: { surname: "Canary", gender: "MALE" } };
    const mapped = MAPPINGS.RECORDS([corrected], { dictionary, profile: null, detectTestData: false });
    expect(mapped?.drafts.map(({ recordType, issues }) => [recordType, issues])).toEqual([
      ["PATIENT", []],
      ["INITIATING_EVENT", []],
    ]);
  });

  it("of an ALL_OR_NOTHING submission are also those that were held back", async () => {
    const results = [
      rejected(0, "records[0].patient", "HELD"),
      rejected(1, "records[1].patient"),
      resultOf(2, "records[2].patient"),
    ];
    const lines = await linesOf(await fromEnvelope("RECORDS", records, results));
    expect(lines.map((text) => JSON.parse(text)._reasons[0].code)).toEqual(["HELD", "MANDATORY_MISSING"]);
  });

  it("of a file are the lines as they were written, numbers and order and all", async () => {
    const texts = ['{"a":1}', '{ "weight": 70.50, "a" : 1, "a": 2 }  ', "{}", "not json", '["a"]'];
    const failing = [2, 3, 4, 5].map((n) => rejected(n, `line ${n}`));
    const files = filesOf(texts.map((text, index) => line(index + 1, text)));
    const lines = await linesOf(await fromFile("NACR_NDJSON", files, [resultOf(1, "line 1.patient"), ...failing]));
    expect(lines[0]).toMatch(/^\{ "weight": 70\.50, "a" : 1, "a": 2 ,"_reasons":\[\{"code":"MANDATORY_MISSING",.*\}\]\}$/);
    expect(lines[1]).toMatch(/^\{"_reasons":\[/);
    expect(lines.slice(2)).toEqual(["not json", '["a"]']);
    for (const text of lines.slice(0, 2)) JSON.parse(text);
  });

  it("are none where nothing failed", async () => {
    expect(await linesOf(await fromEnvelope("RECORDS", records, [resultOf(0, "records[0].patient")]))).toEqual([]);
  });
});

describe("failed rows of FHIR resources", () => {
  const patient = (id: string) => ({ resourceType: "Patient", id, name: [{ family: `Canary${id}` }] });
  const condition = (id: string, subject: string) => ({ resourceType: "Condition", id, subject: { reference: subject } });
  const practitioner = { resourceType: "Practitioner", id: "dr" };

  it("are all resources of the patient, and those that are nobody's", async () => {
    const resources = [patient("a"), condition("a1", "Patient/a"), patient("b"), practitioner, condition("b1", "Patient/b")];
    const file = await fromEnvelope("FHIR", resources, [rejected(3, "resources[4].code")]);
    expect(file.contentType).toBe("application/fhir+ndjson");
    expect((await linesOf(file)).map((text) => JSON.parse(text))).toEqual([
      patient("b"),
      practitioner,
      condition("b1", "Patient/b"),
    ]);
  });

  it("of a bundle name each other by type and id, since the bundle's own names end with it", async () => {
    const bundle = {
      resourceType: "Bundle",
      type: "transaction",
      entry: [
        { fullUrl: "urn:uuid:11111111-0000-0000-0000-000000000001", resource: { resourceType: "Patient", gender: "female" } },
        {
          fullUrl: "urn:uuid:11111111-0000-0000-0000-000000000002",
          resource: condition("c", "urn:uuid:11111111-0000-0000-0000-000000000001"),
        },
      ],
    };
    const lines = await linesOf(
      await fromEnvelope("FHIR", JSON.stringify(bundle), [rejected(0, "Bundle.entry[1].resource.code")]),
    );
    const resources = lines.map((text) => JSON.parse(text));
    expect(resources).toEqual([
      { resourceType: "Patient", gender: "female", id: "11111111-0000-0000-0000-000000000001" },
      condition("c", "Patient/11111111-0000-0000-0000-000000000001"),
    ]);
    const mapped = MAPPINGS.FHIR(resources, { dictionary, profile: null, detectTestData: false });
    expect(mapped?.issues).toEqual([]);
    expect(mapped?.drafts.map(({ recordType }) => recordType)).toContain("PATIENT");
  });

  it("of a file are the lines of the patient wherever they stand, as they were written, each once", async () => {
    const texts = ['{"a": 1.50}', '{"b":1}', '{"shared":1}', '{"a":2}', '{"b":2}'];
    const files = filesOf(
      texts.map((text, index) => line(index + 1, text)),
      [
        [1, 4, 3],
        [2, 5, -3],
      ],
    );
    expect(await linesOf(await fromFile("FHIR_NDJSON", files, [rejected(0, "line 4")]))).toEqual([texts[0], texts[2], texts[3]]);
    expect(await linesOf(await fromFile("FHIR_NDJSON", files, []))).toEqual([]);
  });
});

describe("failed rows of HL7 v2 messages", () => {
  const message = (id: string, end: string): string =>
    [`MSH|^~\\&|PAS|WARD|GW|NACR|20260301120000||ADT^A31|${id}|P|2.4`, "PID|||1^^^LOCAL^MR||CANARY^ANNE"].join(end);

  it("are the messages one after the other, which are read back one by one", async () => {
    const messages = [message("m0", "\r"), message("m1", "\n"), message("m2", "\r\n")];
    const file = await fromEnvelope("HL7V2", messages, [
      resultOf(0, "messages[0]"),
      rejected(1, "messages[1].PID-8"),
      rejected(2, "messages[2][1].PID-8"),
    ]);
    const text = await textOf(file.body);
    expect(text).toBe(`${messages[1]}\n${messages[2]}\r\n`);
    const mapped = MAPPINGS.HL7V2([text], { dictionary, profile: null, detectTestData: false });
    expect(mapped?.drafts.map(({ expression }) => expression)).toEqual(["messages[0][0]", "messages[0][1]"]);
  });

  it("of a file are found by their number", async () => {
    const raw = [0, 1].map((n): RawEntry => ({ ...line(0, message(`m${n}`, "\r")), place: `messages[${n}]` }));
    const file = await fromFile("HL7V2_BATCH", filesOf(raw), [rejected(0, "messages[1].DG1[2]-3")]);
    expect(await textOf(file.body)).toBe(`${message("m1", "\r")}\r`);
  });
});

describe("failed rows of importer files", () => {
  const header = ["sourceRecordId", "nhsNumber", "Local note"];
  const row = (
    number: number,
    cells: readonly string[],
    columns: readonly string[] = header,
    recordType: RecordTypeName = "PATIENT",
  ) => ({
    place: `row ${number}`,
    recordType,
    cells,
    header: columns,
    text: null,
  });
  const readRows = (text: string): string[][] => parse(text, { bom: true, record_delimiter: "\r\n", relax_column_count: true });

  it("are the sender's own columns and cells, and the reasons behind them", async () => {
    const rows = [row(2, ["p1", "x", "a,b"]), row(3, ["p2", "y", 'say "hi"']), row(4, ["p3", "z", ""])];
    const twice = resultOf(1, "row 3", {
      outcome: "REJECTED",
      issues: [
        { severity: "ERROR", code: "CODE_UNKNOWN", field: "gender", expression: "row 3.gender", suggestion: "FEMALE" },
        { severity: "WARNING", code: "UNKNOWN_IGNORED", field: "ethnicGroup", expression: "row 3" },
        { severity: "ERROR", code: "MANDATORY_MISSING", field: "nhsNumber", expression: "row 3.nhsNumber" },
      ],
    });
    const file = await fromFile("IMPORTER_CSV", filesOf(rows), [resultOf(0, "row 2"), twice, resultOf(2, "row 4")], "PATIENT");
    expect(file).toMatchObject({ extension: "csv", recordType: "PATIENT" });
    expect(file.contentType).toMatch(/^text\/csv/);
    const [head, only, ...more] = readRows(await textOf(file.body));
    expect(head).toEqual([...header, "reasonCode", "reasonField", "reasonText"]);
    expect(only?.slice(0, 5)).toEqual(["p2", "y", 'say "hi"', "CODE_UNKNOWN | MANDATORY_MISSING", "gender | nhsNumber"]);
    expect(only?.[5]).toMatch(/Nearest valid value: FEMALE\. \| /);
    expect(more).toEqual([]);
  });

  it("keep what a spreadsheet would run from being run", async () => {
    const cells = ["=1+1", "-2", "@a"];
    const file = await fromFile("IMPORTER_CSV", filesOf([row(2, cells)]), [rejected(0, "row 2")], "PATIENT");
    expect(readRows(await textOf(file.body))[1]?.slice(0, 3)).toEqual(cells.map((cell) => `'${cell}`));
  });

  it("have the reasons once when they fail again, and cells that stand beyond the header", async () => {
    const again = ["reasonCode", ...header, "reasonText", "reasonField"];
    const rows = [
      row(2, ["OLD", "p1", "x", "n", "old", "old"], again),
      row(3, ["OLD", "p2"], again),
      row(4, ["O", "p", "x", "n", "o", "o", "more"], again),
    ];
    const file = await fromFile(
      "IMPORTER_CSV",
      filesOf(rows),
      [2, 3, 4].map((n) => rejected(n, `row ${n}`)),
      "PATIENT",
    );
    const written = readRows(await textOf(file.body));
    expect(written[0]).toEqual([...header, "reasonCode", "reasonField", "reasonText"]);
    expect(written.slice(1).map((cells) => cells.slice(0, 4))).toEqual([
      ["p1", "x", "n", "MANDATORY_MISSING"],
      ["p2", "", "", "MANDATORY_MISSING"],
      ["p", "x", "n", "more"],
    ]);
  });

  it("of a zip are a zip of the files that hold some, named by what they hold", async () => {
    const events = ["sourceRecordId", "eventDate"];
    const rows = [
      row(2, ["p1", "x", ""]),
      { ...row(2, ["e1", "01/02/2026"], events, "INITIATING_EVENT"), place: "initiatingevent row 2" },
      { ...row(3, ["e2", "31/02/2026"], events, "INITIATING_EVENT"), place: "initiatingevent row 3" },
      { ...row(2, ["p9", "x", ""], [...header]), place: "patient_2 row 2" },
    ];
    const failing = ["initiatingevent row 3", "patient_2 row 2"].map((place, index) => rejected(index, place));
    const file = await fromFile("IMPORTER_ZIP", filesOf(rows), failing);
    expect(file).toMatchObject({ contentType: "application/zip", extension: "zip" });
    const unpacked = await unpack(await bytesOf(file));
    expect(Object.keys(unpacked)).toEqual(["initiatingevent_2.csv", "patient_3.csv"]);
    expect(readRows(unpacked["initiatingevent_2.csv"] ?? "")[1]?.slice(0, 3)).toEqual(["e2", "31/02/2026", "MANDATORY_MISSING"]);
    expect(readRows(unpacked["patient_3.csv"] ?? "")).toHaveLength(2);
  });

  it("of a zip end with an error where their source does, and close it where their reader leaves", async () => {
    const broken: FileReader = {
      ...filesOf([]),
      async *readRaw() {
        yield row(2, ["p1", "x", ""]);
        throw new Error("a frame does not open");
      },
    };
    const file = await fromFile("IMPORTER_ZIP", broken, [rejected(0, "row 2")]);
    await expect(bytesOf(file)).rejects.toThrow("a frame does not open");
    let closed = false;
    const endless: FileReader = {
      ...filesOf([]),
      async *readRaw() {
        try {
          for (;;) yield row(2, [crypto.randomUUID(), "x", ""]);
        } finally {
          closed = true;
        }
      },
    };
    for await (const _ of (await fromFile("IMPORTER_ZIP", endless, [rejected(0, "row 2")])).body) break;
    await expect.poll(() => closed).toBe(true);
  });
});

async function bytesOf({ body }: RowsFile): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function unpack(zip: Buffer): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  const file = await fromBufferPromise(zip);
  for await (const entry of file.eachEntry())
    texts[entry.fileName] = (await buffer(await file.openReadStreamPromise(entry))).toString();
  return texts;
}
