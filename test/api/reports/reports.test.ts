/** Reports and failed rows over HTTP, of what really was submitted: who gets them, what is in them, and that a corrected file goes in. */
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { DemoIdentity } from "../../support/gateway.ts";
import { event, recordOf } from "../../support/journey-records.ts";
import { adtMessage, provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();

/** Values of identifying items; each is part of what is submitted below. */
const CANARIES = ["CANARYSURNAME", "CanaryForename", "CanaryStreet", "YO10 5DD", "1931-07-19", "07700900123", "H-CANARY"];
const canaryPatient = (seed: number) => ({
  nhsNumber: toTestNhsNumber(seed),
  hospitalNumber: `H-CANARY-${seed}`,
  dateOfBirth: "1931-07-19",
  surname: "CANARYSURNAME",
  forename: "CanaryForename",
  address: "CanaryStreet 1",
  postcode: "YO10 5DD",
  telephone: "07700900123",
});
const countCanaries = (text: string, seeds: readonly number[]): number =>
  [...CANARIES, ...seeds.map(toTestNhsNumber)].filter((canary) => text.includes(canary)).length;

async function download(as: DemoIdentity, id: string, file: string) {
  const { url, token } = submitter().gateway;
  const answer = await fetch(`${url}/submissions/${id}/${file}`, { headers: { authorization: `Bearer ${await token(as)}` } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
const codeOf = (text: string): string => JSON.parse(text).errors[0].extensions.code;
const rowsOf = (text: string): Readonly<Record<string, string>>[] => parse(text, { bom: true, columns: true });
const linesOf = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

const SEEDS = [900, 901, 902];
/** The second record lacks its gender; its event falls with it. */
const submitFaulty = () =>
  submitter().records([
    recordOf(900, { patient: { ...canaryPatient(900), gender: "MALE" } }),
    recordOf(901, { patient: canaryPatient(901), initiatingEvents: [event()] }),
    recordOf(902, { patient: { ...canaryPatient(902), gender: "FEMALE", ethnicGroup: "nonsense" } }),
  ]);

describe("a report", () => {
  it("has what the query has: summary, groups and every issue of every record", async () => {
    const answer = await submitFaulty();
    const { status, headers, text } = await download("submitter", answer.id, "report.json");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(headers.get("content-disposition")).toBe(`attachment; filename="report_${answer.id}.json"`);
    expect(headers.get("cache-control")).toBe("no-store");
    const report = JSON.parse(text);
    expect(report.summary).toMatchObject({ id: answer.id, status: "COMPLETED", outcome: answer.outcome, counts: answer.counts });
    expect(report.groups).toMatchObject(answer.issueGroups.map(({ code, count, cascaded }) => ({ code, count, cascaded })));
    const expected = answer.records.nodes.flatMap(({ index, sourceRecordId, issues }) =>
      issues.map((issue) => ({ index, sourceRecordId, ...issue })),
    );
    expect(report.hits).toMatchObject(expected);
    const rows = rowsOf((await download("submitter", answer.id, "report.csv")).text);
    expect(rows.map(({ index, code, message }) => [index, code, message])).toEqual(
      expected.map(({ index, code, message }) => [String(index), code, message]),
    );
  });

  it("holds no value of an identifying item, which failed rows do (control)", async () => {
    const { id } = await submitFaulty();
    for (const file of ["report.json", "report.csv", "report.csv?part=groups", "report.csv?part=summary"])
      expect(countCanaries((await download("submitter", id, file)).text, SEEDS)).toBe(0);
    expect(countCanaries((await download("submitter", id, "failed-rows.csv")).text, SEEDS)).toBeGreaterThan(4);
    expect(countCanaries(submitter().gateway.logs.join("\n"), SEEDS)).toBe(0);
  });

  it("is there for a dry run until it expires", async () => {
    const { id } = await submitter().records([recordOf(910)], { mode: "VALIDATE_ONLY" });
    expect(JSON.parse((await download("submitter", id, "report.json")).text).summary.mode).toBe("VALIDATE_ONLY");
    expect(codeOf((await download("submitter", id, "failed-rows.csv")).text)).toBe("GONE");
    await submitter().gateway.database.query("update submission set expires_at = now() where id = $1::uuid", [id]);
    for (const file of ["report.json", "report.csv", "failed-rows.csv"])
      expect((await download("submitter", id, file)).status).toBe(404);
  });

  it("refuses a part it does not have", async () => {
    const { id } = await submitter().records([recordOf(911)]);
    const { status, text } = await download("submitter", id, "report.csv?part=rows");
    expect([status, codeOf(text)]).toEqual([400, "BAD_USER_INPUT"]);
  });
});

describe("who asks", () => {
  it.each<[DemoIdentity, number, number]>([
    ["submitter", 200, 200],
    ["team", 200, 200],
    ["vendor", 403, 404],
    ["submitter2", 404, 404],
    ["guardian", 403, 403],
    ["analyst", 403, 403],
    ["admin", 403, 403],
  ])("as %s has %i for a report and %i for failed rows", async (as, report, rows) => {
    const { id } = await submitFaulty();
    expect((await download(as, id, "report.json")).status).toBe(report);
    expect((await download(as, id, "report.csv")).status).toBe(report);
    expect((await download(as, id, "failed-rows.csv")).status).toBe(rows);
  });

  it("leaves an entry of the audit trail where failed rows were given", async () => {
    const { id } = await submitFaulty();
    await download("submitter2", id, "failed-rows.csv");
    await download("team", id, "failed-rows.csv");
    const entries = await submitter().gateway.database.query(
      "select agent_role as role, purpose from audit.event where type = 'DOWNLOAD_FAILED_ROWS' and entity_id = $1",
      [id],
    );
    expect(entries).toEqual([{ role: "CLINICAL_TEAM", purpose: "DIRECT_CARE" }]);
  });

  it("has 404 for what is no id, and 410 when the input is not kept any more", async () => {
    for (const id of ["no-id", "01939f2e-5a00-7000-8000-000000000000"])
      expect((await download("submitter", id, "failed-rows.csv")).status).toBe(404);
    const { id } = await submitFaulty();
    await submitter().gateway.database.query("delete from submission_envelope where submission_id = $1::uuid", [id]);
    const { status, text } = await download("submitter", id, "failed-rows.csv");
    expect([status, codeOf(text)]).toEqual([410, "GONE"]);
    expect((await download("submitter", id, "report.json")).status).toBe(200);
  });
});

describe("failed rows, corrected, are accepted", () => {
  it("as NACR records", async () => {
    const { id } = await submitFaulty();
    const { headers, text } = await download("submitter", id, "failed-rows.csv");
    expect(headers.get("content-type")).toBe("application/x-ndjson");
    const corrected = linesOf(text).map((line) => {
      const { _reasons, ...record } = Object(line);
      return { ...record, patient: { ...record.patient, gender: "MALE", ethnicGroup: null } };
    });
    expect(corrected.map(({ sourceRecordId }) => sourceRecordId)).toEqual(["rec-901", "rec-902"]);
    const again = await submitter().records(corrected);
    expect(again.counts).toMatchObject({ received: 3, rejected: 0 });
  });

  it("as FHIR resources", async () => {
    const patient = (seed: number, gender: string) => ({
      resourceType: "Patient",
      id: `f-${seed}`,
      identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: toTestNhsNumber(seed) }],
      birthDate: gender === "" ? "2999-01-01" : "1951-03-14",
      gender: gender || "male",
      name: [{ family: "CANARYSURNAME" }],
    });
    const { answer } = await submitter().submit("submitFhir", [patient(920, "female"), patient(921, "")]);
    expect(answer.counts).toMatchObject({ rejected: 1 });
    const { headers, text } = await download("submitter", answer.id, "failed-rows.csv");
    expect(headers.get("content-type")).toBe("application/fhir+ndjson");
    expect(linesOf(text)).toEqual([patient(921, "")]);
    const corrected = linesOf(text).map((resource) => ({ ...Object(resource), birthDate: "1951-03-14" }));
    expect((await submitter().submit("submitFhir", corrected)).answer.counts).toMatchObject({ created: 1, rejected: 0 });
  });

  it("as HL7 v2 messages", async () => {
    const wrong = adtMessage(toTestNhsNumber(931), "H-931", { 7: "29990101" });
    const { answer } = await submitter().submit("submitHl7v2", [adtMessage(toTestNhsNumber(930), "H-930"), wrong]);
    expect(answer.counts).toMatchObject({ rejected: 1 });
    const { headers, text } = await download("submitter", answer.id, "failed-rows.csv");
    expect(headers.get("content-type")).toContain("hl7-v2+er7");
    expect(text).toBe(`${wrong}\r`);
    const corrected = text.replace("29990101", "19510314");
    expect((await submitter().submit("submitHl7v2", [corrected])).answer.counts).toMatchObject({ created: 1, rejected: 0 });
  });

  it("with all that was held back, where all or nothing was asked for", async () => {
    const records = [recordOf(940), recordOf(941, { patient: { ...canaryPatient(941) } })];
    const { id, counts } = await submitter().records(records, { errorPolicy: "ALL_OR_NOTHING" });
    expect(counts).toMatchObject({ held: 1, rejected: 1 });
    const lines = linesOf((await download("submitter", id, "failed-rows.csv")).text);
    expect(lines).toMatchObject([
      { _reasons: [{ code: "HELD" }] },
      { _reasons: [{ code: "MANDATORY_MISSING", field: "gender" }] },
    ]);
  });
});
