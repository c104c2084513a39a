/** What was answered can be asked again: after a replay, a restart, page by page, by record, and by whom it concerns only. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type DemoIdentity, startTestGateway } from "../../support/gateway.ts";
import { journey, named, person, recordOf } from "../../support/journey-records.ts";
import { ANSWER, adtMessage, type SubmissionAnswer, type Submitter, submitterOf } from "../submission/submitting.ts";

let database: TestDatabase;
let first: Submitter;
let restarted: Submitter;
const sent = new Map<string, SubmissionAnswer>();

/** The story: records, messages, a correction, a rejection, a dry run, another organisation's; then the gateway is started again. */
beforeAll(async () => {
  database = await openTestDatabase();
  const keyManagement = createForgettingKeyManagement();
  first = submitterOf(await startTestGateway({ database, keyManagement }));
  const keep = (name: string, answer: SubmissionAnswer): void => void sent.set(name, answer);
  keep("records", await first.records([journey(1), journey(2), recordOf(3, { patient: person(3, { gender: "?" }) })]));
  const messages = [adtMessage(toTestNhsNumber(4), "H-4"), "MSH|broken"];
  keep("messages", (await first.submit("submitHl7v2", messages)).answer);
  keep(
    "correction",
    await first.records([recordOf(1, { patient: named(1, { maritalStatus: "MARRIED", surname: "Canarysurname" }) })]),
  );
  keep("dry", await first.records([recordOf(1, { patient: named(1, { maritalStatus: "SINGLE" }) })], { mode: "VALIDATE_ONLY" }));
  const app = { sourceSystem: { vendor: "Demo Vendor", product: "Demo Rehab", version: "3" } };
  keep("app", await first.records([recordOf(1, { patient: named(1, { ethnicGroup: "WHITE_BRITISH" }) })], app));
  keep("coast", await first.records([journey(1)], {}, "submitter2"));
  await first.gateway.close();
  restarted = submitterOf(await startTestGateway({ database, keyManagement }));
});
afterAll(async () => {
  await restarted.gateway.close();
  await database.close();
});

const answerOf = (name: string): SubmissionAnswer => {
  const answer = sent.get(name);
  if (answer === undefined) throw new Error(`nothing was sent as ${name}`);
  return answer;
};
const idOf = (name: string): string => answerOf(name).id;

/** The data of an answer without errors, as plain JSON: its shape is the test's claim. */
async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}, as: DemoIdentity = "submitter") {
  const answer = await restarted.gateway.gql(as, query, variables);
  expect(answer.errors).toEqual([]);
  return JSON.parse(answer.text).data;
}

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly { readonly index: number }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const SUBMISSION = `query ($id: ID!) { submission(id: $id) { ${ANSWER} } }`;

describe("a submission after a restart", () => {
  it.each(["records", "messages", "correction", "dry"])("tells the same story: %s", async (name) => {
    expect((await ask(SUBMISSION, { id: idOf(name) })).submission).toEqual(answerOf(name));
  });

  it("tells it page by page, and by outcome", async () => {
    const query = `query ($id: ID!, $after: String, $outcome: [RecordOutcome!]) { submission(id: $id) {
      records(first: 4, after: $after, outcome: $outcome) { totalCount pageInfo { hasNextPage endCursor } nodes { index outcome } } } }`;
    const indexes: number[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page: Page = (await ask(query, { id: idOf("records"), after })).submission.records;
      indexes.push(...page.nodes.map(({ index }) => index));
      ({ hasNextPage: more, endCursor: after } = page.pageInfo);
      expect(page.totalCount).toBe(11);
    }
    expect(indexes).toEqual(Array.from({ length: 11 }, (_, i) => i));
    const { records } = (await ask(query, { id: idOf("records"), outcome: ["REJECTED"] })).submission;
    expect(records).toMatchObject({ totalCount: 1, nodes: [{ index: 10, outcome: "REJECTED" }] });
  });

  it("is replayed byte for byte, apart from saying so", async () => {
    const idempotencyKey = randomUUID();
    const payload = [journey(20), recordOf(21, { patient: person(21, { gender: "?" }) })];
    const one = await restarted.submit("submitRecords", payload, { idempotencyKey });
    const two = await restarted.submit("submitRecords", payload, { idempotencyKey });
    expect(two.http.text).toBe(one.http.text.replace('"replayed":false', '"replayed":true'));
    expect(one.http.text).not.toBe(two.http.text);
    expect([one, two].map(({ http }) => http.headers.get("idempotency-replayed"))).toEqual([null, "true"]);
  });
});

describe("the list of submissions", () => {
  const list = async (filter: object, as?: DemoIdentity): Promise<readonly string[]> =>
    (
      await ask("query ($f: SubmissionFilter) { submissions(filter: $f, first: 100) { nodes { id } } }", { f: filter }, as)
    ).submissions.nodes.map(({ id }: { id: string }) => id);

  it("comes latest first, and is filtered by outcome, mode, programme and time", async () => {
    const all = await list({});
    const story = ["app", "correction", "messages", "records"].map(idOf);
    expect(all.filter((id) => story.includes(id))).toEqual(story);
    expect(all).not.toContain(idOf("dry"));
    expect(await list({ mode: "VALIDATE_ONLY" })).toEqual([idOf("dry")]);
    const rejections = await list({ outcome: ["ACCEPTED_WITH_REJECTIONS"] });
    expect(rejections).toEqual(expect.arrayContaining([idOf("records"), idOf("messages")]));
    expect(rejections).not.toContain(idOf("correction"));
    expect(await list({ programmeCode: "CR-HILL" })).toEqual([]);
    expect(await list({ receivedTo: "2020-01-01T00:00:00Z" })).toEqual([]);
  });

  it("has pages that begin after a cursor, and refuses a cursor that is none", async () => {
    const query =
      "query ($after: String) { submissions(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }";
    const page = (await ask(query)).submissions;
    const second = (await ask(query, { after: page.pageInfo.endCursor })).submissions;
    expect([...page.nodes, ...second.nodes].map(({ id }) => id)).toEqual((await list({})).slice(0, 4));
    const refused = await restarted.gateway.gql("submitter", query, { after: "nonsense" });
    expect(refused.errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", path: "after" });
  });
});

describe("the status of a record", () => {
  const STATUS =
    "query ($s: ID!, $p: String) { recordStatus(sourceRecordId: $s, programmeCode: $p) { outcome submission { id } } }";

  it("comes latest first, across what was sent, and never from a dry run", async () => {
    const { recordStatus } = await ask(STATUS, { s: "rec-1" });
    expect(recordStatus).toEqual([
      { outcome: "UPDATED", submission: { id: idOf("app") } },
      { outcome: "UPDATED", submission: { id: idOf("correction") } },
      { outcome: "CREATED", submission: { id: idOf("records") } },
    ]);
    expect((await ask(STATUS, { s: "rec-3" })).recordStatus).toMatchObject([{ outcome: "REJECTED" }]);
  });

  it("is found for a nested record by its derived id", async () => {
    const nested = answerOf("records").records.nodes.find(({ recordType }) => recordType === "ASSESSMENT")?.sourceRecordId;
    expect(nested).toBe("rec-1/INITIATING_EVENT:MI_STEMI:2026-01-02/REHABILITATION:CR-VALLEY:2026-01-08/ASSESSMENT:1");
    expect((await ask(STATUS, { s: nested })).recordStatus).toMatchObject([{ outcome: "CREATED" }]);
  });

  it("of an id nobody sent, and under a programme that is none, is empty", async () => {
    for (const variables of [{ s: "nobody" }, { s: "rec-1", p: "CR-HILL" }])
      expect((await ask(STATUS, variables)).recordStatus).toEqual([]);
  });
});

describe("patient records", () => {
  const record = (items: string) => `query ($n: String, $h: String) {
    patientRecord(nhsNumber: $n, hospitalNumber: $h) { version patient { ${items} maritalStatus gender yearOfBirth }
    initiatingEvents { eventType eventDate treatments { type date } rehabilitations { referralDate assessments { number weightKg } } } } }`;
  const RECORD = record("");

  it("are read whole by either number; who only submits gets no identifying item back", async () => {
    const { patientRecord } = await ask(RECORD, { n: toTestNhsNumber(1) });
    expect(patientRecord).toMatchObject({
      version: 3,
      patient: { maritalStatus: "MARRIED", gender: "MALE", yearOfBirth: 1951 },
      initiatingEvents: [
        {
          eventType: "MI_STEMI",
          eventDate: "2026-01-02",
          treatments: [{ type: "PCI", date: "2026-01-02" }],
          rehabilitations: [{ referralDate: "2026-01-08", assessments: [{ number: 1, weightKg: 82 }] }],
        },
      ],
    });
    expect(await ask(RECORD, { h: "H-1" })).toEqual({ patientRecord });
    const withIdentity = record("surname nhsNumber");
    const refused = await restarted.gateway.gql("submitter", withIdentity, { n: toTestNhsNumber(1) });
    expect([refused.data, refused.errors[0]?.extensions.code]).toEqual([null, "GRAPHQL_VALIDATION_FAILED"]);
    const team = await ask(withIdentity, { n: toTestNhsNumber(1) }, "team");
    expect(team.patientRecord.patient).toMatchObject({ surname: "Canarysurname", nhsNumber: toTestNhsNumber(1) });
  });

  it("are listed with a total, a page at a time", async () => {
    const query =
      "query ($after: String) { patientRecords(first: 2, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }";
    const page = (await ask(query)).patientRecords;
    expect(page).toMatchObject({ nodes: [{}, {}], pageInfo: { hasNextPage: true } });
    const next = (await ask(query, { after: page.pageInfo.endCursor })).patientRecords;
    expect(next.nodes.map(({ id }: { id: string }) => id)).not.toContain(page.nodes[0].id);
  });
});

describe("who may see it", () => {
  const NOT_FOUND = `query ($id: ID!, $n: String) { submission(id: $id) { id } patientRecord(nhsNumber: $n) { id } recordStatus(sourceRecordId: "rec-2") { index } }`;

  it("another organisation gets, for what exists and for what does not, the same bytes", async () => {
    const nothing = { id: "01890000-0000-7000-8000-000000000000", n: toTestNhsNumber(77) };
    const existing = { id: idOf("records"), n: toTestNhsNumber(2) };
    const [a, b] = await Promise.all(
      [nothing, existing].map((variables) => restarted.gateway.gql("submitter2", NOT_FOUND, variables)),
    );
    expect(a?.text).toBe(b?.text);
    expect(a?.data).toEqual({ submission: null, patientRecord: null, recordStatus: [] });
    const list = await ask("{ submissions { nodes { id } } patientRecords { totalCount } }", {}, "submitter2");
    expect(list).toEqual({ submissions: { nodes: [{ id: idOf("coast") }] }, patientRecords: { totalCount: 1 } });
  });

  it("a vendor app sees the submissions of its registered product, whoever sent them, and no others", async () => {
    const query = `query ($id: ID!) { submission(id: $id) { id records { nodes { index } } } submissions { totalCount nodes { id } } recordStatus(sourceRecordId: "rec-1") { submission { id } } }`;
    const own = await ask(query, { id: idOf("app") }, "vendor");
    expect(own).toMatchObject({
      submission: { id: idOf("app"), records: { nodes: [{ index: 0 }] } },
      submissions: { totalCount: 1, nodes: [{ id: idOf("app") }] },
      recordStatus: [{ submission: { id: idOf("app") } }],
    });
    expect((await ask(query, { id: idOf("records") }, "vendor")).submission).toBeNull();
  });

  it.each<DemoIdentity>(["guardian", "analyst", "admin"])("%s reads no submission", async (as) => {
    const answer = await restarted.gateway.gql(as, "query ($id: ID!) { submission(id: $id) { id } }", { id: idOf("records") });
    expect(answer.errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });
});

describe("what is published", () => {
  it("the limits are those that are enforced", async () => {
    const { limits } = await ask(
      "{ limits { patientsPerRequest messagesPerRequest bundleBytes pageSize idempotencyKeyLength } }",
    );
    expect(LIMITS).toMatchObject(limits);
  });

  it("the dictionary names every issue code that was answered here", async () => {
    const { dataset } = await ask(
      "{ dataset { version recordTypes { name parent naturalKey fields { name } } issueCodes { code } rules { id } } }",
    );
    expect(dataset.version).toBe("gw-1.1");
    const known = new Set(dataset.issueCodes.map(({ code }: { code: string }) => code));
    const answered = [...sent.values()].flatMap(({ records, issues }) => [
      ...issues,
      ...records.nodes.flatMap((node) => node.issues),
    ]);
    expect(answered.length).toBeGreaterThan(3);
    expect(answered.map(({ code }) => code).filter((code) => !known.has(code))).toEqual([]);
  });

  it("a preview shows the records of a pasted message and what is wrong with them, and keeps nothing", async () => {
    const before = await database.query("select count(*)::int as n from submission");
    const query = `query ($input: PreviewMappingInput!) { previewMapping(input: $input) { mappingVersion totalRecords
      records { recordType expression values { field value identifying } issues { code field } } } }`;
    const content = adtMessage("9434765918", "H-9");
    const { previewMapping } = await ask(query, { input: { format: "HL7V2", content } });
    expect(previewMapping).toMatchObject({ totalRecords: 1, records: [{ recordType: "PATIENT" }] });
    expect(previewMapping.records[0].issues).toContainEqual({ code: "NHS_NUMBER_CHECKSUM", field: "nhsNumber" });
    expect(previewMapping.records[0].values).toContainEqual({ field: "surname", value: null, identifying: true });
    expect(JSON.stringify(previewMapping)).not.toMatch(/CANARYSURNAME|9434765918|19510314|1951-03-14/);
    expect(await database.query("select count(*)::int as n from submission")).toEqual(before);
  });
});

it("no log line of either gateway names anybody", () => {
  const logs = [...first.gateway.logs, ...restarted.gateway.logs].join("\n");
  expect(logs).toContain("request");
  for (const value of ["Canarysurname", "CANARYSURNAME", toTestNhsNumber(1), "H-1", "rec-1", "1951-03-14"])
    expect(logs).not.toContain(value);
});
