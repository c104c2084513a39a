/** Every kind of file through the public surface: uploaded, submitted, worked on by a job, answered, corrected, sent again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { rowsOf, toCsv, zip } from "../../support/importer-files.ts";
import { type Input, journey, person } from "../../support/journey-records.ts";
import { download, fileInput, SUBMIT_FILE, sendFile, upload, watch } from "./file-client.ts";

const known = dictionaryOf("gw-1.0");
if (known === null) throw new Error("the dictionary is in service");
const dictionary = known;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  await gateway.close();
});

let seed = 5_000;
const journeys = (count: number): readonly Input[] => Array.from({ length: count }, () => journey(++seed));
const bad = (): Input => journey(++seed, { patient: person(seed, { gender: "not a code" }) });
const ndjson = (records: readonly object[]): string => `${records.map((record) => JSON.stringify(record)).join("\n")}\n`;

describe("NACR records as NDJSON", () => {
  it("are answered line by line; the failed lines, corrected, are accepted as they are", async () => {
    const sent = await sendFile(gateway, ndjson([...journeys(3), bad(), ...journeys(2)]), { format: "NACR_NDJSON" });
    expect(sent).toMatchObject({
      status: "COMPLETED",
      outcome: "ACCEPTED_WITH_REJECTIONS",
      counts: { received: 30, created: 25, rejected: 5 },
      progress: { processed: 30, total: 30, phase: "DONE" },
    });
    const refused = sent.records.nodes.filter(({ outcome }) => outcome === "REJECTED");
    expect(refused).toMatchObject([{ expression: "line 4.patient", recordType: "PATIENT" }]);

    const failed = await (await download(gateway, sent.id, "failed-rows.csv")).text();
    expect(failed.trim().split("\n")).toHaveLength(1);
    const again = await sendFile(gateway, failed.replace("not a code", "MALE"));
    expect(again).toMatchObject({ outcome: "ACCEPTED_WITH_WARNINGS", counts: { received: 5, created: 5 } });
  });

  it("answer for a line that is no record as for one rejected record, and read the others", async () => {
    const lines = `${ndjson(journeys(1))}{"patient": \n${ndjson(journeys(1))}`;
    const sent = await sendFile(gateway, lines, { format: "NACR_NDJSON" });
    expect(sent.counts).toMatchObject({ created: 10, rejected: 1 });
    expect(sent.records.nodes.find(({ outcome }) => outcome === "REJECTED")).toMatchObject({
      issues: [{ code: "FORMAT_UNRECOGNISED" }],
    });
  });

  it("are sent twice under one key with one effect, and refused under it with another content", async () => {
    const content = ndjson(journeys(2));
    const input = fileInput(await upload(gateway, content), { format: "NACR_NDJSON" });
    const first = await gateway.gql<{ submitFile: { id: string } }>("submitter", SUBMIT_FILE, input);
    const again = await gateway.gql<{ submitFile: { id: string; replayed: boolean } }>("submitter", SUBMIT_FILE, input);
    expect(again.data?.submitFile).toMatchObject({ id: first.data?.submitFile.id, replayed: true });
    const other = { input: { ...input.input, uploadId: await upload(gateway, ndjson(journeys(1))) } };
    const refused = await gateway.gql("submitter", SUBMIT_FILE, other);
    expect([refused.status, refused.errors[0]?.extensions.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
    expect(await watch(gateway, first.data?.submitFile.id ?? "")).toMatchObject({ counts: { created: 10 } });
  });

  it("are only looked at in a dry run, and stored whole or not at all on request", async () => {
    const content = ndjson([...journeys(2), bad()]);
    const dry = await sendFile(gateway, content, { mode: "VALIDATE_ONLY" });
    expect(dry.counts).toMatchObject({ created: 10, rejected: 5 });
    const held = await sendFile(gateway, content, { errorPolicy: "ALL_OR_NOTHING" });
    expect(held).toMatchObject({ outcome: "REJECTED", counts: { created: 0, held: 10, rejected: 5 } });
    const stored = await sendFile(gateway, content);
    expect(stored.counts).toMatchObject({ created: 10, rejected: 5 });
  });
});

describe("importer files", () => {
  it("in a zip are put together per patient, whatever file comes first", async () => {
    const records = [...journeys(3), bad()];
    const types = ["ASSESSMENT", "REHABILITATION", "TREATMENT", "INITIATING_EVENT", "PATIENT"] as const;
    const files = Object.fromEntries(
      types.map((type) => [
        `${dictionary.recordType(type).definition.fieldName}_2026.csv`,
        toCsv(dictionary, type, rowsOf(dictionary, type, records)),
      ]),
    );
    const sent = await sendFile(gateway, await zip(files));
    expect(sent.issues).toEqual([]);
    expect(sent).toMatchObject({ status: "COMPLETED", counts: { received: 20, created: 15, rejected: 5 } });
    const failed = await download(gateway, sent.id, "failed-rows.csv");
    expect(failed.headers.get("content-type")).toContain("zip");
  });

  it("of one record type attach to what is stored, and say of a row whose parent is nowhere that it is missing", async () => {
    const [stored = {}, unknown = {}] = journeys(2);
    await sendFile(gateway, ndjson([stored]));
    const rows = rowsOf(dictionary, "ASSESSMENT", [stored, unknown]).map((row) => ({ ...row, number: 2, date: "2026-05-01" }));
    const sent = await sendFile(gateway, toCsv(dictionary, "ASSESSMENT", rows), {}, "assessment_may.csv");
    expect(sent.counts).toMatchObject({ received: 2, created: 1, rejected: 1 });
    expect(sent.records.nodes).toMatchObject([
      { outcome: "CREATED", expression: "row 2" },
      { outcome: "REJECTED", expression: "row 3", issues: [{ code: "PARENT_MISSING" }] },
    ]);
  });

  it("come back with the failed rows only, in the sender's own columns, ready to be corrected and sent again", async () => {
    const rows = rowsOf(dictionary, "PATIENT", [...journeys(2), bad()]);
    const sent = await sendFile(gateway, toCsv(dictionary, "PATIENT", rows), {}, "patient_2026.csv");
    expect(sent.counts).toMatchObject({ created: 2, rejected: 1 });
    const failed = await (await download(gateway, sent.id, "failed-rows.csv")).text();
    const lines = failed.trim().split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("reasonCode");
    const again = await sendFile(gateway, failed.replace("not a code", "FEMALE"), {}, "patient_2026.csv");
    expect(again.counts).toMatchObject({ received: 1, created: 1 });
  });
});

describe("FHIR resources as NDJSON", () => {
  it("are gathered per patient wherever they stand in the file", async () => {
    const people = [1, 2].map((number) => ({
      resourceType: "Patient",
      id: `file-${number}`,
      identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: `${person(++seed).nhsNumber}` }],
      birthDate: "1950-02-03",
      gender: "female",
    }));
    const conditions = people.map(({ id }) => ({
      resourceType: "Condition",
      id: `c-${id}`,
      subject: { reference: `Patient/${id}` },
      onsetDateTime: "2026-02-01",
      code: { coding: [{ system: "http://snomed.info/sct", code: "401303003" }] },
    }));
    const sent = await sendFile(gateway, ndjson([...conditions, ...people]));
    expect(sent.mappingVersion).toContain("uk-core");
    const created = sent.records.nodes.filter(({ outcome }) => outcome === "CREATED").map(({ recordType }) => recordType);
    expect(created.filter((type) => type === "PATIENT")).toHaveLength(2);
    expect(created.filter((type) => type === "INITIATING_EVENT")).toHaveLength(2);
  });
});

describe("HL7 v2 batches", () => {
  it("are taken with their envelope, each message answered at its place", async () => {
    const message = (number: number) =>
      [
        `MSH|^~\\&|PAS|ZDM01|NACR|NACR|20260301101500||ADT^A03|file-${number}|P|2.4`,
        `PID|1||FILE${++seed}^^^ZDM01^MR~${person(seed).nhsNumber}^^^NHS^NH||Example^Alex||19500101|M`,
        "PV1|1|I|CCU||||||||||||||||file-spell",
        "DG1|1||I21.0^STEMI^ICD10||20260228|A",
      ].join("\r");
    const batch = `FHS|^~\\&|PAS\rBHS|^~\\&|PAS\r${message(1)}\r${message(2)}\rBTS|2\rFTS|1\r`;
    const sent = await sendFile(gateway, batch);
    expect(sent).toMatchObject({ status: "COMPLETED" });
    expect(sent.records.nodes.filter(({ recordType }) => recordType === "PATIENT")).toMatchObject([
      { outcome: "CREATED", expression: "messages[0]" },
      { outcome: "CREATED", expression: "messages[1]" },
    ]);
  });
});

describe("a file that is none", () => {
  it.each([
    ["a wrong format", "hello, world\n", "FHIR_NDJSON", "FORMAT_UNRECOGNISED"],
    ["a broken zip", "PK\u0003\u0004 and nothing more", "IMPORTER_ZIP", "FORMAT_UNRECOGNISED"],
    ["columns nobody knows", "a,b,c\r\n1,2,3\r\n", "IMPORTER_CSV", "RECORD_TYPE_UNKNOWN"],
  ])("is completed and refused as a whole: %s", async (_what, content, format, code) => {
    const sent = await sendFile(gateway, content, { format });
    expect(sent).toMatchObject({ status: "COMPLETED", outcome: "REJECTED", counts: { received: 0 } });
    expect(sent.issues.map((issue) => issue.code)).toContain(code);
  });

  it.each([
    ["of another organisation", "submitter2", "NOT_FOUND"],
    ["that never was", null, "NOT_FOUND"],
  ] as const)("is not found: one %s", async (_what, owner, code) => {
    const uploadId =
      owner === null ? "01890000-0000-7000-8000-000000000000" : await upload(gateway, ndjson(journeys(1)), { as: owner });
    const answer = await gateway.gql("submitter", SUBMIT_FILE, fileInput(uploadId));
    expect(answer.errors[0]?.extensions.code).toBe(code);
  });

  it("is refused for a profile, a version or a programme that does not exist", async () => {
    const uploadId = await upload(gateway, ndjson(journeys(1)));
    const refusals = [{ profile: "nobody's" }, { datasetVersion: "gw-0" }, { programmeCode: "CR-COAST" }].map(async (more) => {
      const { errors } = await gateway.gql("submitter", SUBMIT_FILE, fileInput(uploadId, more));
      return errors[0]?.extensions.code;
    });
    expect(await Promise.all(refusals)).toEqual(["BAD_USER_INPUT", "BAD_USER_INPUT", "FORBIDDEN"]);
  });
});
