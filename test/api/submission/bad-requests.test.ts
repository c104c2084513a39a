/** Bad requests are refused as a whole; bad messages and bundles are answered record by record. No answer repeats a value. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { type Input, journey, recordOf } from "../../support/journey-records.ts";
import { canariesOf, issuesAt, marked } from "./bad-values.ts";
import { adtMessage, optionsOf, provideSubmitter } from "./submitting.ts";

const submitter = provideSubmitter();
let seed = 0;
const next = (): number => ++seed;

describe("a request that is refused as a whole", () => {
  const refusal = async (records: unknown, options: Input = {}, headers: Record<string, string> = {}) => {
    const { http, error } = await submitter().submit("submitRecords", records, options, "submitter", headers);
    return {
      status: http.status,
      code: error.extensions.code,
      message: error.message,
      extensions: error.extensions,
      text: http.text,
    };
  };
  const stored = async (): Promise<unknown> =>
    submitter().gateway.database.query(
      "select (select count(*)::int from patient) as p, (select count(*)::int from submission) as s",
    );

  it("for a field nobody knows names the field, its place and the nearest one, and stores nothing", async () => {
    const before = await stored();
    const n = next();
    const record = recordOf(n, { patient: { ...marked(n), gendre: "MALE" } });
    const refused = await refusal([journey(next()), record]);
    expect(refused).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { path: "input.records[1].patient", nearestName: "gender" },
    });
    expect(refused.message).toContain('Unknown field "gendre"');
    expect(canariesOf(n).filter((value) => refused.text.includes(value))).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  it("for a name that could be a value says where, and not what", async () => {
    const refused = await refusal([{ ...recordOf(next()), [toTestNhsNumber(1)]: "x" }]);
    expect(refused.code).toBe("BAD_USER_INPUT");
    expect(refused.text).not.toContain(toTestNhsNumber(1));
  });

  it("for the 501st patient names the limit before anything is read into rows", async () => {
    const before = await stored();
    const refused = await refusal(Array.from({ length: 501 }, (_, i) => journey(100_000 + i)));
    expect(refused).toMatchObject({
      status: 200,
      code: "LIMIT_EXCEEDED",
      extensions: { limit: "patientsPerRequest", value: 500 },
    });
    expect(await stored()).toEqual(before);
  });

  it("for the 501st message, and for eleven megabytes of FHIR", async () => {
    const messages = await submitter().submit("submitHl7v2", Array(501).fill("MSH|"));
    expect(messages.error.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "messagesPerRequest" });
    const large = { resourceType: "Bundle", type: "collection", entry: [], note: "x".repeat(11 * 1024 * 1024) };
    const bundle = await submitter().submit("submitFhir", large);
    expect([bundle.http.status, bundle.error.extensions.code, bundle.error.extensions.limit]).toEqual([
      413,
      "LIMIT_EXCEEDED",
      "bundleBytes",
    ]);
  });

  it("without an idempotency key, and with two different ones", async () => {
    const neither = await refusal([], { idempotencyKey: null });
    expect(neither).toMatchObject({ code: "BAD_USER_INPUT", extensions: { path: "input.options.idempotencyKey" } });
    const two = await refusal([], { idempotencyKey: "one" }, { "idempotency-key": "two" });
    expect(two.code).toBe("BAD_USER_INPUT");
    const header = await submitter().submit("submitRecords", [recordOf(next())], { idempotencyKey: null }, "submitter", {
      "idempotency-key": randomUUID(),
    });
    expect(header.answer.status).toBe("COMPLETED");
    const dry = await submitter().submit("submitRecords", [recordOf(next())], { idempotencyKey: null, mode: "VALIDATE_ONLY" });
    expect(dry.answer.status).toBe("COMPLETED");
  });

  it("with a key used for another input, as 422", async () => {
    const idempotencyKey = randomUUID();
    await submitter().records([recordOf(next())], { idempotencyKey });
    expect(await refusal([recordOf(next())], { idempotencyKey })).toMatchObject({ status: 422, code: "IDEMPOTENCY_KEY_REUSED" });
  });

  it.each([
    [
      "a zero in the vendor's name",
      { sourceSystem: { vendor: "a\u0000", product: "b", version: "1" } },
      "input.options.sourceSystem.vendor",
    ],
    ["a zero in the key", { idempotencyKey: "a\u0000" }, "input.options.idempotencyKey"],
    ["a zero in the dataset version", { datasetVersion: "gw\u0000" }, "input.options.datasetVersion"],
    ["a zero in the programme's code", { programmeCode: "CR-VALLEY\u0000" }, "input.options.programmeCode"],
  ])("for %s, before the database", async (_title, options, path) => {
    expect(await refusal([recordOf(next())], options)).toMatchObject({ code: "BAD_USER_INPUT", extensions: { path } });
  });

  it("for a programme of another organisation, with the answer for one that does not exist", async () => {
    const [foreign, unknown] = await Promise.all(["CR-COAST", "NOWHERE"].map((programmeCode) => refusal([], { programmeCode })));
    expect(foreign).toEqual(unknown);
    expect(foreign?.code).toBe("FORBIDDEN");
  });

  it("for a profile that does not exist", async () => {
    const input = {
      options: { idempotencyKey: "p", programmeCode: "CR-VALLEY", sourceSystem: { vendor: "a", product: "b", version: "c" } },
    };
    const query = "mutation ($i: SubmitHl7v2Input!) { submitHl7v2(input: $i) { id } }";
    const answer = await submitter().gateway.gql("submitter", query, { i: { ...input, messages: [], profile: "nobody's" } });
    expect(answer.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });
});

describe("bad messages and bundles", () => {
  const message = (n: number, more: Readonly<Record<number, string>> = {}) =>
    adtMessage(toTestNhsNumber(n), `H-${n}-canary`, more);

  it("a malformed, a truncated and an empty message among good ones are one rejected record each", async () => {
    const good = [next(), next()];
    const { http, answer } = await submitter().submit("submitHl7v2", [
      message(good[0] ?? 0),
      "",
      "MSH|^~\\&|PAS",
      message(next()).slice(0, 60),
      "PID|1||no header",
      message(good[1] ?? 0),
    ]);
    expect(answer.records.nodes.map(({ outcome }) => outcome)).toEqual(["CREATED", ...Array(4).fill("REJECTED"), "CREATED"]);
    expect(issuesAt(answer, "messages[2]").map(({ code }) => code)).toEqual([expect.stringMatching(/^MESSAGE_/)]);
    // The local number is the sender's own id of the patient, which is echoed to the sender.
    const canaries = ["CANARYSURNAME", "19510314", ...good.map(toTestNhsNumber)];
    expect(canaries.filter((value) => http.text.includes(value))).toEqual([]);
  });

  it("other separators than the usual ones, and other line ends, are read", async () => {
    const n = next();
    const usual = message(n);
    const other = usual
      .replaceAll("|", "#")
      .replace("^~\\&", "!@%*")
      .replaceAll("^", "!")
      .replaceAll("~", "@")
      .replace("\r", "\r\n");
    const { answer } = await submitter().submit("submitHl7v2", [usual, other]);
    expect(answer.records.nodes.map(({ outcome }) => outcome)).toEqual(["CREATED", "UNCHANGED"]);
  });

  it("a placeholder for the NHS number beside a local number is left out, and alone refuses the record", async () => {
    const n = next();
    const { answer } = await submitter().submit("submitHl7v2", [
      message(n, { 3: `H-${n}^^^LOCAL^MR~9999999999^^^NHS^NH` }),
      message(n, { 3: "9999999999^^^NHS^NH" }),
    ]);
    expect(answer.records.nodes.map(({ outcome }) => outcome)).toEqual(["CREATED", "REJECTED"]);
    expect(issuesAt(answer, "messages[1]").map(({ code }) => code)).toContain("PATIENT_UNIDENTIFIED");
  });

  it("a message of another registered organisation is not taken from this one", async () => {
    const { answer } = await submitter().submit("submitHl7v2", [
      message(next()).replace("|WARD|", "|ZDM02|"),
      message(next()).replace("|WARD|", "|ZDM01|"),
    ]);
    expect(answer.records.nodes.map(({ outcome }) => outcome)).toEqual(["REJECTED", "CREATED"]);
    expect(issuesAt(answer, "messages[0]")).toContainEqual(
      expect.objectContaining({ code: "NOT_AUTHORISED_FOR_ORGANISATION", expression: "messages[0].MSH-4" }),
    );
  });

  const patient = (n: number): Input => ({
    resourceType: "Patient",
    id: `p${n}`,
    gender: "male",
    birthDate: "1951-03-14",
    identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: toTestNhsNumber(n) }],
  });
  const condition = (reference: string): Input => ({
    resourceType: "Condition",
    id: "c1",
    subject: { reference },
    onsetDateTime: "2026-01-02",
    code: { coding: [{ system: "http://snomed.info/sct", code: "401303003" }] },
  });

  it("a bundle with references that lead nowhere is answered, and what can be told stands", async () => {
    const n = next();
    const entries = [patient(n), condition("Patient/nobody"), condition("urn:uuid:00000000-0000-0000-0000-000000000000")];
    const { answer } = await submitter().submit("submitFhir", {
      resourceType: "Bundle",
      type: "collection",
      entry: entries.map((resource) => ({ resource })),
    });
    expect(answer.status).toBe("COMPLETED");
    expect(answer.records.nodes.find(({ recordType }) => recordType === "PATIENT")?.outcome).toBe("CREATED");
    const codes = [...answer.issues, ...answer.records.nodes.flatMap(({ issues }) => issues)].map(({ code }) => code);
    expect(codes).toContain("REFERENCE_UNRESOLVED");
  });

  it.each([
    ["a text that is no JSON", "{"],
    ["a number", 7],
    ["nothing", []],
    ["a resource without a type", { id: "x" }],
    [
      "names with zeros and prototypes in them",
      { resourceType: "Patient", "a\u0000b": 1, ["__proto__"]: { x: 1 }, constructor: { "\ud800": 1 } },
    ],
    ["a huge list of nothing", Array(20_000).fill(null)],
  ])("%s is answered as data, never as a fault of ours", async (_title, resources) => {
    const { http } = await submitter().submit("submitFhir", resources);
    expect(http.status).toBeLessThan(500);
    expect(http.errors.map(({ extensions }) => extensions.code)).not.toContain("INTERNAL_SERVER_ERROR");
  });

  it.each([
    ["a segment of nothing but zeros", "MSH|^~\\&|A\u0000|B\r\u0000\u0000\u0000|\u0000"],
    ["a segment name with a zero", "MSH|^~\\&|PAS|WARD|GW|NACR|20260301120000||ADT^A31|1|P|2.4\rPID|1||1^^^LOCAL^MR\rZ\u0000Z|1"],
    [
      "half a surrogate pair",
      "MSH|^~\\&|PAS|WARD|GW|NACR|20260301120000||ADT^A31|1|P|2.4\rPID|1||\ud800^^^LOCAL^MR||\udfff||19510314|1",
    ],
  ])("%s is answered as data, never as a fault of ours", async (_title, text) => {
    const { http, answer } = await submitter().submit("submitHl7v2", [text, message(next())]);
    expect(http.status).toBe(200);
    expect(answer.records.nodes.at(-1)?.outcome).toBe("CREATED");
  });

  it("lists in lists without end are refused at once, and never a fault of ours", async () => {
    const { gateway } = submitter();
    const query = "mutation ($i: SubmitFhirInput!) { submitFhir(input: $i) { status issues { code } } }";
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
      ['{"resourceType":"Patient","contained":[', "]}"],
    ] as const) {
      const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
      const body = `{"query":${JSON.stringify(query)},"variables":{"i":{"options":${JSON.stringify(optionsOf("submitter"))},"resources":${deep}}}}`;
      const answer = await fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${await gateway.token("submitter")}` },
        body,
      });
      expect([answer.status, JSON.parse(await answer.text()).errors[0].extensions.code]).toEqual([413, "LIMIT_EXCEEDED"]);
    }
  });

  it("no fault of ours was logged for any of it", () => {
    expect(submitter().gateway.logs.filter((line) => line.includes('"fault"'))).toEqual([]);
  });
});
