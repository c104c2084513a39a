/** Bad input over HTTP: every bad value rejects its own record, every bad request is refused as a whole, and no answer repeats a value. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { event, type Input, journey, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { adtMessage, optionsOf, provideSubmitter, type SubmissionAnswer } from "./submitting.ts";

const submitter = provideSubmitter();
let seed = 0;
const next = (): number => ++seed;

/** Everything identifying about a person of this file: none of it may stand in any answer. */
const canariesOf = (n: number): readonly string[] => [
  toTestNhsNumber(n),
  `H-${n}-canary`,
  "1951-03-14",
  "Canarysurname",
  "ZZ99 3VZ",
];
const marked = (n: number, more: Input = {}): Input =>
  person(n, { hospitalNumber: `H-${n}-canary`, surname: "Canarysurname", postcode: "ZZ99 3VZ", ...more });

const issuesAt = (answer: SubmissionAnswer, place: string) =>
  answer.records.nodes.filter(({ expression }) => expression.startsWith(place)).flatMap(({ issues }) => issues);

const withEvent =
  (more: Input): ((n: number) => Input) =>
  (n) =>
    recordOf(n, { patient: marked(n), initiatingEvents: [event(more)] });
const withPatient =
  (more: Input): ((n: number) => Input) =>
  (n) =>
    recordOf(n, { patient: marked(n, more) });
const withRehabilitation = (more: Input) => withEvent({ rehabilitations: [rehabilitation({ assessments: [], ...more })] });
const withAssessment = (more: Input) => withRehabilitation({ assessments: [{ number: 1, date: "2026-01-28", ...more }] });

interface BadValue {
  readonly title: string;
  readonly make: (n: number) => Input;
  readonly code: string;
  readonly field: string | null;
  readonly expression: string;
  readonly suggestion?: string;
  /** What was sent, and must not come back. */
  readonly sent?: string;
}

const BAD_VALUES: readonly BadValue[] = [
  {
    title: "a wrong code",
    make: withEvent({ eventType: "MI_STEMY" }),
    code: "CODE_UNKNOWN",
    field: "eventType",
    expression: "initiatingEvents[0].eventType",
    suggestion: "MI STEMI",
  },
  {
    title: "a code in the wrong shape",
    make: withEvent({ eventType: { key: "MI_STEMI" } }),
    code: "FORMAT_INVALID",
    field: "eventType",
    expression: "initiatingEvents[0].eventType",
  },
  {
    title: "31 February",
    make: withEvent({ eventDate: "2026-02-31" }),
    code: "FORMAT_INVALID",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
    sent: "2026-02-31",
  },
  {
    title: "31/02 in the British order",
    make: withEvent({ eventDate: "31/02/2026" }),
    code: "FORMAT_INVALID",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "a year of two digits",
    make: withEvent({ eventDate: "02/01/26" }),
    code: "FORMAT_INVALID",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "a date to come",
    make: withEvent({ eventDate: "2099-01-01" }),
    code: "DATE_IN_FUTURE",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "a date before birth",
    make: withEvent({ eventDate: "1950-01-01" }),
    code: "DATE_ORDER",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "core start before referral",
    make: withRehabilitation({ coreStartDate: "2026-01-07" }),
    code: "DATE_ORDER",
    field: "coreStartDate",
    expression: "initiatingEvents[0].rehabilitations[0].coreStartDate",
  },
  {
    title: "core end before core start",
    make: withRehabilitation({ coreEndDate: "2026-01-31" }),
    code: "DATE_ORDER",
    field: "coreEndDate",
    expression: "initiatingEvents[0].rehabilitations[0].coreEndDate",
  },
  {
    title: "an NHS number that fails its check digit",
    make: withPatient({ nhsNumber: "9434765918" }),
    code: "NHS_NUMBER_CHECKSUM",
    field: "nhsNumber",
    expression: "patient.nhsNumber",
    sent: "9434765918",
  },
  {
    title: "an NHS number of nine digits",
    make: withPatient({ nhsNumber: "943476591" }),
    code: "FORMAT_INVALID",
    field: "nhsNumber",
    expression: "patient.nhsNumber",
    sent: "943476591",
  },
  ...["0000000000", "9999999999", "1111111111", "0123456789", "3333333333"].map((nhsNumber) => ({
    title: `the placeholder ${nhsNumber.slice(0, 2)}…`,
    make: withPatient({ nhsNumber }),
    code: "NHS_NUMBER_PLACEHOLDER",
    field: "nhsNumber",
    expression: "patient.nhsNumber",
    sent: nhsNumber,
  })),
  {
    title: "no date of birth",
    make: withPatient({ dateOfBirth: null }),
    code: "MANDATORY_MISSING",
    field: "dateOfBirth",
    expression: "patient.dateOfBirth",
  },
  {
    title: "no number at all",
    make: withPatient({ nhsNumber: null, hospitalNumber: "" }),
    code: "MANDATORY_MISSING",
    field: "nhsNumber",
    expression: "patient.nhsNumber",
  },
  {
    title: "no gender",
    make: withPatient({ gender: null }),
    code: "MANDATORY_MISSING",
    field: "gender",
    expression: "patient.gender",
  },
  {
    title: "no event date",
    make: withEvent({ eventDate: null }),
    code: "MANDATORY_MISSING",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "no id",
    make: (n) => ({ ...withPatient({})(n), sourceRecordId: null }),
    code: "MANDATORY_MISSING",
    field: "sourceRecordId",
    expression: "sourceRecordId",
  },
  {
    title: "a number in words",
    make: withAssessment({ hadsAnxiety: "seven" }),
    code: "FORMAT_INVALID",
    field: "hadsAnxiety",
    expression: "initiatingEvents[0].rehabilitations[0].assessments[0].hadsAnxiety",
  },
  {
    title: "a score off its scale",
    make: withAssessment({ hadsAnxiety: 22 }),
    code: "OUT_OF_HARD_RANGE",
    field: "hadsAnxiety",
    expression: "initiatingEvents[0].rehabilitations[0].assessments[0].hadsAnxiety",
  },
  {
    title: "a systolic pressure below the diastolic",
    make: withAssessment({ systolicMmHg: 80, diastolicMmHg: 120 }),
    code: "OUT_OF_HARD_RANGE",
    field: "systolicMmHg",
    expression: "initiatingEvents[0].rehabilitations[0].assessments[0].systolicMmHg",
  },
  {
    title: "a name without end",
    make: withPatient({ surname: "Canarysurname".repeat(9) }),
    code: "LENGTH_EXCEEDED",
    field: "surname",
    expression: "patient.surname",
  },
  {
    title: "a zero in a name",
    make: withPatient({ surname: "Canarysurname\u0000" }),
    code: "FORMAT_INVALID",
    field: "surname",
    expression: "patient.surname",
  },
  {
    title: "a patient nobody knows, only named, with an event",
    make: (n) => recordOf(n, { patient: named(n), initiatingEvents: [event()] }),
    code: "PARENT_MISSING",
    field: null,
    expression: "initiatingEvents[0]",
  },
  {
    title: "an index of the ankle with an event of the heart",
    make: withEvent({ ankleBrachialIndex: 0.8 }),
    code: "CONDITION_NOT_MET",
    field: "ankleBrachialIndex",
    expression: "initiatingEvents[0].ankleBrachialIndex",
  },
];

describe("a bad value among good records", () => {
  it.each(BAD_VALUES)(
    "$title is $code, and rejects its own record only",
    async ({ make, code, field, expression, suggestion, sent }) => {
      const [before, bad, after] = [next(), next(), next()];
      const { http, answer } = await submitter().submit("submitRecords", [
        recordOf(before, { patient: marked(before) }),
        make(bad),
        recordOf(after, { patient: marked(after) }),
      ]);
      expect(answer).toMatchObject({ status: "COMPLETED", outcome: "ACCEPTED_WITH_REJECTIONS" });
      const errors = issuesAt(answer, "records[1]").filter(({ severity }) => severity === "ERROR");
      const found = errors.find((issue) => issue.code === code && issue.field === field);
      expect(found, JSON.stringify(errors)).toMatchObject({ expression: `records[1].${expression}` });
      if (suggestion !== undefined) expect(found?.suggestion).toBe(suggestion);
      const neighbours = answer.records.nodes.filter((node) => !node.expression.startsWith("records[1]"));
      expect(neighbours.map(({ outcome }) => outcome)).toEqual(["CREATED", "CREATED"]);
      const shown = [...canariesOf(before), ...canariesOf(bad), ...canariesOf(after), ...(sent === undefined ? [] : [sent])];
      expect(shown.filter((value) => http.text.includes(value))).toEqual([]);
    },
  );

  it("would be found if it were repeated: the check of the answers sees what an answer may hold", async () => {
    const n = next();
    const { http } = await submitter().submit("submitRecords", [recordOf(n, { patient: marked(n) })]);
    expect(http.text).toContain(`rec-${n}`);
    expect(http.text).toContain("surname");
  });

  it("shows all errors of a record together", async () => {
    const n = next();
    const answer = await submitter().records([
      recordOf(n, { patient: { ...marked(n), gender: "?", dateOfBirth: "14.03.51", ethnicGroup: "nobody's" } }),
    ]);
    const errors = issuesAt(answer, "records[0]").filter(({ severity }) => severity === "ERROR");
    expect(new Set(errors.map(({ field }) => field))).toEqual(new Set(["gender", "dateOfBirth", "ethnicGroup"]));
  });

  it("in one of two records of one key rejects the later one where they contradict each other", async () => {
    const n = next();
    const answer = await submitter().records([
      recordOf(n, { patient: marked(n, { maritalStatus: "MARRIED" }) }),
      recordOf(n, { sourceRecordId: `again-${n}`, patient: marked(n, { maritalStatus: "SINGLE" }) }),
    ]);
    expect(answer.records.nodes.map(({ outcome }) => outcome)).toEqual(["CREATED", "REJECTED"]);
    expect(issuesAt(answer, "records[1]")).toContainEqual(
      expect.objectContaining({ code: "KEY_CONFLICT", field: "maritalStatus", causedBy: 0 }),
    );
  });

  it("holds everything back where the sender asks for all or nothing", async () => {
    const answer = await submitter().records([journey(next()), withPatient({ gender: "?" })(next())], {
      errorPolicy: "ALL_OR_NOTHING",
    });
    expect(answer).toMatchObject({ outcome: "REJECTED", counts: { created: 0, held: 5, rejected: 1 } });
    const [patient] = answer.records.nodes;
    const status = await submitter().gateway.gql(
      "submitter",
      "query ($id: ID!) { patientRecords(first: 100) { totalCount } submission(id: $id) { counts { held } } }",
      { id: answer.id },
    );
    expect(status.data).toMatchObject({ submission: { counts: { held: 5 } } });
    expect(patient?.outcome).toBe("HELD");
  });
});

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
  ])("for %s, before the database", async (_title, options, path) => {
    expect(await refusal([recordOf(next())], options)).toMatchObject({ code: "BAD_USER_INPUT", extensions: { path } });
  });

  it("for a programme of another organisation, with the answer for one that does not exist", async () => {
    const [foreign, unknown] = await Promise.all(
      ["CR-COAST", "NOWHERE\u0000"].map((programmeCode) => refusal([], { programmeCode })),
    );
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
