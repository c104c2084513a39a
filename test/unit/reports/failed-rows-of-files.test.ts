/** Failed rows of files, by the real reader of files and the real mappings: what comes back is read again, and is what was sent. */
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FileResource } from "../../../mappings/fhir/fhir-file-mapping.ts";
import { MAPPINGS } from "../../../mappings/index.ts";
import type { DraftRecord, MappedSource } from "../../../src/records/draft-record.ts";
import type { FileFormat } from "../../../src/records/file-format.ts";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import { createFileReader } from "../../../src/sources/files/file-reader.ts";
import { makeRowsFile } from "../../../src/submission/report/failed-rows-file.ts";
import { zipFiles } from "../../../src/submission/report/zip-files.ts";
import type { UploadContent } from "../../../src/submission/upload-ports.ts";
import { dictionary, headerOf, inParts, rejected, resultOf } from "./report-fixture.ts";

const files = createFileReader({ scratchFolder: path.join(tmpdir(), "nacr-gateway-test") });
const options = { dictionary, recordType: null };
const parts = {
  fhirResources: () => [],
  groupOfFileEntry: (entry: unknown) => (entry instanceof FileResource ? entry.group : null),
};

const contentOf = (bytes: Buffer): UploadContent => ({
  bytes: bytes.length,
  read: async (position, length) => Buffer.from(bytes.subarray(position, position + length)),
  async *stream(position, end) {
    yield Buffer.from(bytes.subarray(position, end));
  },
});

/** Every record of the file as its mapping gives it. */
async function readAll(format: FileFormat, bytes: Buffer): Promise<MappedSource> {
  const entries = await files.open(format, contentOf(bytes), options);
  const drafts: DraftRecord[] = [];
  const issues = [...entries.issues];
  for await (const chunk of entries.chunks({ entries: 0, bytes: 0 }, 500)) {
    const placeOf = (index: number) => chunk.places[index] ?? "";
    const mapped = MAPPINGS[entries.mapping](chunk.entries, { dictionary, profile: null, detectTestData: false, placeOf });
    drafts.push(...(mapped?.drafts ?? []));
    issues.push(...(mapped?.issues ?? []));
  }
  await entries.close();
  return { drafts, issues, mappingReport: [], mappingVersion: "" };
}

/** The file of failed rows where the records that `fails` picks were refused. */
async function failedRowsOf(format: FileFormat, bytes: Buffer, fails: (draft: DraftRecord) => boolean): Promise<Buffer> {
  const { drafts } = await readAll(format, bytes);
  const results = drafts.map(
    (draft, index): RecordResult => (fails(draft) ? rejected(index, draft.expression) : resultOf(index, draft.expression)),
  );
  expect(results.some(({ outcome }) => outcome === "REJECTED")).toBe(true);
  const { body } = await makeRowsFile(
    { kind: "UPLOAD", file: { uploadId: "upload", format } },
    { header: headerOf(), dictionary, results: inParts(results) },
    { files, parts, openUpload: async () => ({ recordType: null, content: contentOf(bytes) }) },
  );
  return bytesOf(body);
}

async function bytesOf(body: AsyncIterable<string | Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** A record without its place, which is another one in another file. */
const withoutPlace = ({ recordType, sourceRecordId, values, clear, issues }: DraftRecord) => ({
  recordType,
  sourceRecordId,
  values: Object.fromEntries(Object.entries(values).filter(([, value]) => !Array.isArray(value))),
  clear,
  codes: issues.map(({ code }) => code),
});
const isOf =
  (...ids: readonly string[]) =>
  ({ sourceRecordId }: DraftRecord): boolean =>
    ids.includes(sourceRecordId ?? "");

const lines = (...texts: readonly string[]): Buffer => Buffer.from(texts.join("\r\n"));
const PATIENTS = lines(
  "sourceRecordId;nhsNumber;surname;gender;dateOfBirth",
  "p1;9990000018;Canary;MALE;01/02/1950",
  'p2;9990000026;"=Na;me";?;02/02/1950',
  "p3;9990000034;O'Neil;FEMALE;03/02/1950",
);
const EVENTS = lines(
  "sourceRecordId,patient.nhsNumber,eventType,eventDate",
  "e1,9990000018,MI_STEMI,01/02/2026",
  "e2,9990000026,MI_STEMI,31/02/2026",
);

async function* zipped(): AsyncGenerator<{ readonly name: string; readonly text: string }> {
  yield { name: "patient_2026.csv", text: PATIENTS.toString() };
  yield { name: "initiating-event_2026.csv", text: EVENTS.toString() };
}

const record = (id: string, surname: string) =>
  JSON.stringify({
    sourceRecordId: id,
    patient: { surname },
    initiatingEvents: [{ sourceRecordId: `${id}-e`, eventType: "MI_STEMI" }],
  });
const message = (id: string): string =>
  [`MSH|^~\\&|PAS|WARD|GW|NACR|20260301120000||ADT^A31|${id}|P|2.4`, `PID|||H-${id}^^^LOCAL^MR||CANARY^ANNE||19510314|2`].join(
    "\r",
  );
const resource = (more: object) => JSON.stringify(more);
const FHIR = lines(
  resource({
    resourceType: "Condition",
    id: "c1",
    subject: { reference: "Patient/a" },
    code: { coding: [{ code: "22298006" }] },
  }),
  resource({ resourceType: "Patient", id: "a", birthDate: "1951-03-14", gender: "male" }),
  resource({ resourceType: "Patient", id: "b", birthDate: "1952-03-14", gender: "female" }),
  resource({ resourceType: "Patient", id: "c", birthDate: "1953-03-14", gender: "female" }),
);

describe("failed rows of a file, read again", () => {
  it.each<[FileFormat, () => Promise<Buffer>, (draft: DraftRecord) => boolean, readonly string[]]>([
    [
      "NACR_NDJSON",
      async () => lines(record("r1", "A"), record("r2", "B"), record("r3", "C")),
      isOf("r2", "r3-e"),
      ["r2", "r2-e", "r3", "r3-e"],
    ],
    ["IMPORTER_CSV", async () => PATIENTS, isOf("p2", "p3"), ["p2", "p3"]],
    ["IMPORTER_ZIP", () => bytesOf(zipFiles(zipped(), new Date(0))), isOf("p3", "e2"), ["p3", "e2"]],
    [
      "HL7V2_BATCH",
      async () => Buffer.from([1, 2, 3].map((n) => message(`${n}`)).join("\r\r")),
      isOf("H-1", "H-3"),
      ["H-1", "H-3"],
    ],
    ["FHIR_NDJSON", async () => FHIR, isOf("Patient/a", "Patient/c"), ["Patient/a", "Patient/c"]],
  ])("%s: are the same records, with nothing new to complain of", async (format, make, fails, ids) => {
    const sent = await make();
    const all = (await readAll(format, sent)).drafts;
    const again = await readAll(format, await failedRowsOf(format, sent, fails));
    expect(again.issues.filter(({ severity }) => severity === "ERROR")).toEqual([]);
    const expected = all.filter(isOf(...ids)).map(withoutPlace);
    const read = again.drafts.filter(({ silent }) => silent !== true).map(withoutPlace);
    expect(read).toHaveLength(ids.length);
    expect(read).toEqual(expect.arrayContaining(expected));
  });

  it("a cell that a spreadsheet would run comes back as it was sent", async () => {
    const rows = await failedRowsOf("IMPORTER_CSV", PATIENTS, isOf("p2"));
    expect(rows.toString()).toContain("'=Na;me");
    const { drafts } = await readAll("IMPORTER_CSV", rows);
    expect(drafts.map(({ values }) => values.surname)).toEqual(["=Na;me"]);
  });

  it("fail again with one set of reason columns, whatever they said the first time", async () => {
    const once = await failedRowsOf("IMPORTER_CSV", PATIENTS, isOf("p2", "p3"));
    const twice = (await failedRowsOf("IMPORTER_CSV", once, isOf("p3"))).toString();
    expect(twice.split("\r\n")[0]?.match(/reasonCode/g)).toHaveLength(1);
    expect(twice.split("\r\n")).toHaveLength(3);
  });
});
