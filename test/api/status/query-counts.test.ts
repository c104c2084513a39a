/** What each operation asks of the database. A read that is no longer batched is a difference here, before it is a complaint. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { type CountedDatabase, countDatabase } from "../../support/counted-database.ts";
import { openTestDatabase } from "../../support/database.ts";
import { type DemoIdentity, startTestGateway } from "../../support/gateway.ts";
import { event, journey, named, recordOf } from "../../support/journey-records.ts";
import { ANSWER, type Submitter, submitterOf } from "../submission/submitting.ts";

let counted: CountedDatabase;
/** What loops ask the database by the clock is nobody's question. */
const API_ALONE = new Set(["api"] as const);
let submitter: Submitter;
let submissionId: string;

beforeAll(async () => {
  counted = countDatabase(await openTestDatabase());
  submitter = submitterOf(await startTestGateway({ database: counted, config: { roles: API_ALONE } }));
  // Organisation, keys and tokens are read once per process: the first requests are not counted.
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
  ({ id: submissionId } = await submitter.records(seeds.map((n) => journey(n))));
  await submitter.records([{ ...recordOf(13), patient: { gender: "?" } }]);
  await ask("{ viewer { organisations { odsCode } } }");
  await ask("{ viewer { organisations { odsCode } } }", {}, "team");
});
afterAll(async () => {
  await submitter.gateway.close();
  await counted.close();
});

async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}, as: DemoIdentity = "submitter") {
  await submitter.gateway.token(as);
  counted.takeCount();
  const answer = await submitter.gateway.gql(as, query, variables);
  expect(answer.errors).toEqual([]);
  return { answer, count: counted.takeCount() };
}

async function submit(records: readonly unknown[], options: Readonly<Record<string, unknown>> = {}): Promise<string> {
  counted.takeCount();
  const answer = await submitter.records(records, options);
  expect(answer.status).toBe("COMPLETED");
  return counted.takeCount();
}

const patients = `{ patientRecords(first: 10) { nodes { id
  initiatingEvents { eventType treatments { type } rehabilitations { referralDate assessments { number drugs { class } } acuteEvents { type } } }
  previousEvents { type } comorbidities { type } } } }`;

it("asks the database no more than this, whatever the number of records", async () => {
  const counts: Record<string, string> = {};
  const note = async (name: string, query: string, variables: object = {}, as: DemoIdentity = "submitter") => {
    counts[name] = (await ask(query, { ...variables }, as)).count;
  };
  counts["submitRecords: 10 new patients"] = await submit(Array.from({ length: 10 }, (_, i) => journey(100 + i)));
  counts["submitRecords: the same again"] = await submit(Array.from({ length: 10 }, (_, i) => journey(100 + i)));
  counts["submitRecords: 10 changed patients"] = await submit(
    Array.from({ length: 10 }, (_, i) =>
      recordOf(100 + i, {
        patient: named(100 + i, { maritalStatus: "MARRIED" }),
        initiatingEvents: [event({ riskLevel: "LOW" })],
      }),
    ),
  );
  counts["submitRecords: dry run"] = await submit([journey(200)], { mode: "VALIDATE_ONLY" });
  const idempotencyKey = randomUUID();
  await submit([journey(201)], { idempotencyKey });
  counts["submitRecords: replayed"] = await submit([journey(201)], { idempotencyKey });
  for (const reading of ["first read", "from memory"])
    await note(
      `submission: its header, ${reading}`,
      "query ($id: ID!) { submission(id: $id) { id status counts { received } issueGroups { code } programme { name } } }",
      { id: submissionId },
    );
  await note("submission: with its records and their parents", `query ($id: ID!) { submission(id: $id) { ${ANSWER} } }`, {
    id: submissionId,
  });
  await note(
    "submissions: with their records",
    "{ submissions(first: 5) { totalCount nodes { id programme { name } records(first: 10) { nodes { outcome parent { index } issues { code } } } } } }",
  );
  await note(
    "recordStatus",
    'query { recordStatus(sourceRecordId: "rec-1") { outcome submission { id receivedAt } issues { code } } }',
  );
  await note(
    "patientRecord: whole tree",
    `query ($n: String) { patientRecord(nhsNumber: $n) { initiatingEvents { treatments { type } rehabilitations { assessments { number } } } } }`,
    { n: toTestNhsNumber(1) },
  );
  await note("patientRecords: ten whole trees", patients);
  await note(
    "patientRecords: with identity, for the clinical team",
    "{ patientRecords(first: 10) { nodes { patient { surname } } } }",
    {},
    "team",
  );
  await note("previewMapping", "query ($c: JSON!) { previewMapping(input: { format: RECORDS, content: $c }) { totalRecords } }", {
    c: [journey(300)],
  });
  await note("dataset and limits", "{ dataset { version } limits { patientsPerRequest } }");
  expect(counts).toMatchInlineSnapshot(`
    {
      "dataset and limits": "0 transactions, 0 statements",
      "patientRecord: whole tree": "5 transactions, 6 statements",
      "patientRecords: ten whole trees": "9 transactions, 11 statements",
      "patientRecords: with identity, for the clinical team": "1 transactions, 3 statements",
      "previewMapping": "0 transactions, 0 statements",
      "recordStatus": "1 transactions, 2 statements",
      "submission: its header, first read": "1 transactions, 1 statements",
      "submission: its header, from memory": "0 transactions, 0 statements",
      "submission: with its records and their parents": "3 transactions, 9 statements",
      "submissions: with their records": "3 transactions, 8 statements",
      "submitRecords: 10 changed patients": "1 transactions, 13 statements",
      "submitRecords: 10 new patients": "1 transactions, 7 statements",
      "submitRecords: dry run": "1 transactions, 6 statements",
      "submitRecords: replayed": "4 transactions, 10 statements",
      "submitRecords: the same again": "1 transactions, 4 statements",
    }
  `);
});

it("asks the same for the records of two submissions as of six", async () => {
  const query =
    "query ($n: Int!) { submissions(first: $n) { nodes { id records(first: 5) { nodes { outcome parent { index } } } } } }";
  for (const n of [2, 6]) {
    const { answer, count } = await ask(query, { n });
    const { nodes } = JSON.parse(answer.text).data.submissions;
    expect(nodes).toHaveLength(n);
    for (const { records } of nodes) expect(records.nodes.length).toBeGreaterThan(0);
    expect(count).toBe("3 transactions, 8 statements");
  }
});

it("sees a read that is done once for each record: the control of the count", async () => {
  const ids = (await ask("{ patientRecords(first: 3) { nodes { id } } }")).answer.data;
  const nodes = JSON.parse(JSON.stringify(ids)).patientRecords.nodes;
  const one = (await ask("query ($id: ID) { patientRecord(id: $id) { id } }", { id: nodes[0].id })).count;
  const each = (
    await ask(
      "query ($a: ID, $b: ID, $c: ID) { a: patientRecord(id: $a) { id } b: patientRecord(id: $b) { id } c: patientRecord(id: $c) { id } }",
      { a: nodes[0].id, b: nodes[1].id, c: nodes[2].id },
    )
  ).count;
  expect([one, each]).toEqual(["1 transactions, 2 statements", "3 transactions, 6 statements"]);
});
