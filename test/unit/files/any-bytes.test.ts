import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { MAPPINGS } from "../../../mappings/index.ts";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import { FILE_FORMATS, type FileFormat } from "../../../src/records/file-format.ts";
import { detectFormat } from "../../../src/sources/files/detect-format.ts";
import { type UploadContent, UploadDamaged } from "../../../src/submission/upload-ports.ts";
import { contentOf, gw, mapFile, OPTIONS, reader, readRawAll, START } from "./memory-content.ts";
import {
  fhirCondition,
  fhirPatient,
  hl7Message,
  NHS_NUMBERS,
  sampleFiles,
  sampleRecords,
  toLines,
  toZip,
} from "./sample-files.ts";

let files: Readonly<Record<FileFormat, Buffer>>;
beforeAll(async () => {
  files = await sampleFiles();
});

/** Everything that is done with a file: nothing of it may throw for what the file holds. */
async function useAll(format: FileFormat, content: UploadContent): Promise<void> {
  await detectFormat(content, gw, null);
  const { drafts, issues } = await mapFile(format, content, { size: 2 });
  for (const draft of drafts) judgeDraft(draft, gw.recordType(draft.recordType), "STATED", "2026-11-22");
  for (const { code } of [...issues, ...drafts.flatMap((draft) => draft.issues)])
    if (!gw.issueCodes.has(code)) throw new Error(code);
  await readRawAll(format, content);
}

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
/** Pieces of the formats, so that what is made looks like a file. */
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "\n",
        "\r\n",
        "\r",
        "\v",
        "\x1c\r",
        '"',
        ",",
        ";",
        "\t",
        "{",
        "}",
        "[",
        "]",
        '"a":',
        "null",
        "\uFEFF",
        "\0",
        "MSH|^~\\&|A",
        "PID|1||1^^^RXX^MR",
        "BTS|3",
        "FTS|x",
        "BHS",
        "PK\x03\x04",
        "nhsNumber,surname",
        "patient.nhsNumber;type;date",
        "'=1",
        '{"resourceType":"Patient","id":"p"}',
        '{"resourceType":"Condition","subject":{"reference":"Patient/p"}}',
        '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}}]}',
        '{"__proto__":{"patient":1},"patient":[],"initiatingEvents":{"a":1},"clear":7}',
        '{"sourceRecordId":{"toString":1},"patient":{"clear":[{"toString":1,"valueOf":1}]},"comorbidities":[null,7,[]]}',
      ),
      fc.string({ maxLength: 6 }),
      fc.uint8Array({ maxLength: 4 }).map((array) => Buffer.from(array).toString("latin1")),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.from(parts.join(""), "latin1"));

/** A good file with some of its bytes changed, put in, or left out. */
const spoil = (file: Buffer, places: readonly { readonly at: number; readonly cut: number; readonly put: Buffer }[]): Buffer =>
  places.reduce((data, { at, cut, put }) => {
    const from = Math.floor(at * data.length);
    return Buffer.concat([data.subarray(0, from), put, data.subarray(from + cut)]);
  }, file);
const spoiling = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 9 }),
    put: fc.oneof(
      bytes.map((put) => put.subarray(0, 9)),
      pieces,
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Each Access database is read in a thread of its own, which takes its time to start. */
const RUNS: Readonly<Partial<Record<FileFormat, number>>> = { ACCESS: 20 };

describe.each(FILE_FORMATS)("a file declared as %s", (format) => {
  it("of any bytes is answered with issues and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, pieces), (data) => useAll(format, contentOf(data, 7))),
      { numRuns: 250 },
    );
  }, 60_000);

  it("that was good and is spoilt anywhere never throws", async () => {
    await fc.assert(
      fc.asyncProperty(spoiling, (places) => useAll(format, contentOf(spoil(files[format], places), 64))),
      { numRuns: RUNS[format] ?? 250 },
    );
  }, 60_000);

  it("throws a fault of the store through, and no other", async () => {
    const damaged: UploadContent = {
      ...contentOf(files[format]),
      async *stream(position) {
        yield files[format].subarray(position, position + 40);
        throw new UploadDamaged("a frame does not open");
      },
    };
    await expect(useAll(format, damaged)).rejects.toBeInstanceOf(UploadDamaged);
    await expect(readRawAll(format, damaged)).rejects.toBeInstanceOf(UploadDamaged);
  });
});

describe("files of any values", () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const member = fc.oneof(
    json,
    fc.array(json, { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 8 }), json, { maxKeys: 4 }),
  );

  it("in NACR records never throw", async () => {
    const [sample] = sampleRecords(1);
    const names = ["sourceRecordId", "patient", "initiatingEvents", "comorbidities", "previousEvents", "zz"];
    const record = fc.tuple(fc.constantFrom(...names), member).map(([name, value]) => ({ ...sample, [name]: value }));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 3 }), (records) => useAll("NACR_NDJSON", contentOf(toLines(records)))),
      { numRuns: 200 },
    );
  });

  it("in FHIR resources never throw", async () => {
    const names = [
      "id",
      "subject",
      "patient",
      "identifier",
      "contained",
      "generalPractitioner",
      "encounter",
      "entry",
      "diagnosis",
    ];
    const types = ["Patient", "Condition", "Encounter", "Bundle", "Organization", "PractitionerRole", "MedicationRequest"];
    const resource = fc
      .tuple(fc.constantFrom(...types), fc.constantFrom(...names), member)
      .map(([resourceType, name, value]) => ({ resourceType, [name]: value }));
    const good = [fhirPatient("p", NHS_NUMBERS[0]), fhirCondition("c", { reference: "Patient/p" })];
    await fc.assert(
      fc.asyncProperty(fc.array(resource, { maxLength: 5 }), (resources) =>
        useAll("FHIR_NDJSON", contentOf(toLines([...resources, ...good]))),
      ),
      { numRuns: 200 },
    );
  });
});

describe("what is asked of every file", () => {
  it("turns red for a mapping that throws, and for a code that is in no catalogue", async () => {
    const content = contentOf(files.HL7V2_BATCH);
    const { mapping } = await reader.open("HL7V2_BATCH", content, OPTIONS);
    const entries = await reader.open("HL7V2_BATCH", content, OPTIONS);
    const map = async (fault: () => never): Promise<void> => {
      for await (const chunk of entries.chunks(START, 2)) {
        MAPPINGS[mapping](chunk.entries, { dictionary: gw, profile: null, detectTestData: false, placeOf: fault });
      }
    };
    await expect(
      map(() => {
        throw new RangeError("a fault of ours");
      }),
    ).rejects.toBeInstanceOf(RangeError);
    expect(gw.issueCodes.has("NO_SUCH_CODE")).toBe(false);
  });

  it("is asked of files that are read, not only of files that are refused", async () => {
    for (const format of FILE_FORMATS) expect((await mapFile(format, contentOf(files[format]))).drafts.length).toBeGreaterThan(1);
    expect((await mapFile("HL7V2_BATCH", contentOf(hl7Message("1")))).drafts).toHaveLength(1);
    expect((await mapFile("IMPORTER_ZIP", contentOf(await toZip({ "patient.csv": "nhsNumber\n1\n" })))).drafts).toHaveLength(1);
  });
});
