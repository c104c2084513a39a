/** What a Guardian reads of who saw or changed a patient, over the whole gateway. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { event, named, person, recordOf } from "../../support/journey-records.ts";

interface Line {
  readonly id: string;
  readonly sequence: number | null;
  readonly action: string;
  readonly type: string;
  readonly agentId: string;
  readonly agentRole: string | null;
  readonly agentOds: string | null;
  readonly purpose: string | null;
  readonly submissionId: string | null;
  readonly recordId: string | null;
  readonly identity: boolean;
}

const LINE =
  "id sequence at action type outcome agentId agentRole agentOds purpose programmeCode submissionId recordId identity correlationId";
const numberOf = (n: number) => named(n).nhsNumber;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

async function ask<Data>(as: DemoIdentity, query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const { data, errors } = await gateway.gql<Data>(as, query, variables);
  expect(errors).toEqual([]);
  if (data === null) throw new Error("no data");
  return data;
}

async function send(n: number, eventType = "MI_STEMI"): Promise<string> {
  const patient = person(n, { surname: "Canaryname" });
  const options = {
    idempotencyKey: crypto.randomUUID(),
    programmeCode: "CR-VALLEY",
    sourceSystem: { vendor: "Test", product: "Audit", version: "1" },
  };
  const records = [recordOf(n, { sourceRecordId: `audit-${n}`, patient, initiatingEvents: [event({ eventType })] })];
  const { submitRecords } = await ask<{ submitRecords: { id: string } }>(
    "submitter",
    "mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) { id } }",
    { input: { options, records } },
  );
  return submitRecords.id;
}

const findPatient = async (n: number): Promise<string> =>
  (
    await ask<{ patientRecord: { id: string } }>(
      "team",
      "query ($nhsNumber: String) { patientRecord(nhsNumber: $nhsNumber) { id initiatingEvents { eventType } } }",
      { nhsNumber: numberOf(n) },
    )
  ).patientRecord.id;

async function logOf(argument: "patientRecordId: ID" | "nhsNumber: String", value: unknown): Promise<readonly Line[]> {
  const [name, type] = argument.split(": ");
  const { accessLog } = await ask<{ accessLog: { nodes: readonly Line[] } }>(
    "guardian",
    `query ($value: ${type}) { accessLog(${name}: $value, first: 100) { nodes { ${LINE} } totalCount } }`,
    { value },
  );
  return accessLog.nodes;
}

describe("the access log of a patient", () => {
  it("has each act once, latest first, with who, as what, for whom and why", async () => {
    const first = await send(0);
    const id = await findPatient(0);
    const second = await send(0, "MI_NSTEMI");
    await ask("team", "query ($id: ID!) { history(recordId: $id) { totalCount } }", { id });
    await ask("team", "query ($id: ID!) { journey(patientRecordId: $id) { patient { recordIds } } }", { id });
    await ask("submitter", `query ($id: ID!) { submission(id: $id) { records { nodes { outcome } } } }`, { id: second });
    const lines = await logOf("patientRecordId: ID", id);
    expect(lines.map(({ action, type, agentId, purpose }) => [action, type, agentId, purpose])).toEqual([
      ["READ", "READ_RESULTS", "demo-submitter", "CLINICAL_AUDIT"],
      ["READ", "READ_JOURNEY", "demo-team", "DIRECT_CARE"],
      ["READ", "READ_HISTORY", "demo-team", "DIRECT_CARE"],
      ["CREATE", "SUBMIT", "demo-submitter", "CLINICAL_AUDIT"],
      ["READ", "READ_RECORD", "demo-team", "DIRECT_CARE"],
      ["CREATE", "SUBMIT", "demo-submitter", "CLINICAL_AUDIT"],
    ]);
    expect(lines.filter(({ type }) => type === "SUBMIT").map(({ id: line, submissionId }) => [line, submissionId])).toEqual([
      [second, second],
      [first, first],
    ]);
    expect(lines.find(({ type }) => type === "READ_RECORD")).toMatchObject({
      identity: true,
      agentRole: "CLINICAL_TEAM",
      agentOds: "ZDM01",
    });
    expect(lines.every(({ id: line }) => line !== "")).toBe(true);
  });

  it("is the same by NHS number, and is itself in the log", async () => {
    await send(1);
    const id = await findPatient(1);
    const byNumber = await logOf("nhsNumber: String", numberOf(1));
    expect(byNumber.map(({ type }) => type)).toEqual(["READ_RECORD", "SUBMIT"]);
    const byId = await logOf("patientRecordId: ID", id);
    expect(byId.map(({ type }) => type)).toEqual(["READ_ACCESS_LOG", "READ_RECORD", "SUBMIT"]);
    const again = await logOf("patientRecordId: ID", id);
    expect(again[0]).toMatchObject({ type: "READ_ACCESS_LOG", agentId: "demo-guardian", purpose: "INFORMATION_GOVERNANCE" });
  });

  it("is read in pages", async () => {
    await send(2);
    const id = await findPatient(2);
    await findPatient(2);
    const types: string[] = [];
    let after: string | null = null;
    do {
      const { accessLog }: { accessLog: { nodes: Line[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } = await ask(
        "guardian",
        `query ($number: String, $after: String) { accessLog(nhsNumber: $number, first: 1, after: $after) {
           nodes { type } pageInfo { hasNextPage endCursor } } }`,
        { number: numberOf(2), after },
      );
      types.push(...accessLog.nodes.map(({ type }) => type));
      after = accessLog.pageInfo.hasNextPage ? accessLog.pageInfo.endCursor : null;
    } while (after !== null);
    expect(types).toEqual(["READ_RECORD", "READ_RECORD", "SUBMIT"]);
    expect(id).not.toBe("");
  });

  it("holds no value of the record, and is nobody's but the own Guardian's", async () => {
    const id = await findPatient(0);
    const { text } = await gateway.gql("guardian", `query ($id: ID) { accessLog(patientRecordId: $id) { nodes { ${LINE} } } }`, {
      id,
    });
    expect(text).not.toMatch(/Canaryname|999\d{7}|1951-03-14|audit-0/);
    for (const as of ["submitter", "vendor", "team", "analyst", "admin"] as const) {
      const { errors } = await gateway.gql(as, "query ($id: ID) { accessLog(patientRecordId: $id) { totalCount } }", { id });
      expect(errors, as).not.toEqual([]);
    }
    expect(await logOf("patientRecordId: ID", "01890000-0000-7000-8000-00000000dead")).toEqual([]);
  });
});

describe("the access log of a programme", () => {
  it("has its submissions", async () => {
    const submission = await send(0);
    const { programmeAccessLog } = await ask<{ programmeAccessLog: { nodes: readonly Line[] } }>(
      "guardian",
      `query ($since: DateTime!) { programmeAccessLog(programmeCode: "CR-VALLEY", since: $since, first: 100) { nodes { ${LINE} } } }`,
      { since: new Date(Date.now() - 3_600_000).toISOString() },
    );
    expect(programmeAccessLog.nodes.map(({ submissionId }) => submissionId)).toContain(submission);
  });
});

describe("a receipt", () => {
  it("names its entry at once, and its number within seconds", async () => {
    const id = await send(0);
    const read = async () =>
      (
        await ask<{ submission: { receipt: { auditEventId: string; sequence: number | null } } }>(
          "submitter",
          "query ($id: ID!) { submission(id: $id) { receipt { digest auditEventId sequence } } }",
          { id },
        )
      ).submission.receipt;
    expect(await read()).toMatchObject({ auditEventId: id });
    await expect.poll(async () => (await read()).sequence, { timeout: 10_000 }).toBeGreaterThan(0);
  });
});
