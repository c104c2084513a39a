import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 120_000);
afterAll(() => gateway.close());

const SUBMIT = `mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) {
  id outcome counts { received created updated unchanged rejected warnings }
  issueGroups { code } records { nodes { recordType outcome issues { severity code } } } } }`;
const RECORD = `mutation ($input: RecordObjectionInput!) { recordObjection(input: $input) {
  id patientRecordId scope origin reason statedOn carriedOutAt certificateId withdrawnAt } }`;
const LIST = "{ objections { totalCount nodes { id scope patientRecordId reason withdrawnAt } } }";

interface Issue {
  readonly severity: string;
  readonly code: string;
}
interface Submitted {
  readonly submitRecords: {
    readonly id: string;
    readonly outcome: string;
    readonly issueGroups: readonly { readonly code: string }[];
    readonly records: { readonly nodes: readonly { readonly outcome: string; readonly issues: readonly Issue[] }[] };
  };
}
interface Recorded {
  readonly recordObjection: {
    readonly id: string;
    readonly patientRecordId: string | null;
    readonly carriedOutAt: string | null;
    readonly certificateId: string | null;
  };
}

let keys = 0;
const submit = async (as: DemoIdentity, nhsNumber: string, more: Readonly<Record<string, unknown>> = {}) => {
  const programmeCode = as === "submitter2" ? "CR-COAST" : "CR-VALLEY";
  const { data, errors } = await gateway.gql<Submitted>(as, SUBMIT, {
    input: {
      options: { idempotencyKey: `key-${++keys}`, programmeCode, sourceSystem: { vendor: "V", product: "P", version: "1" } },
      records: [{ sourceRecordId: nhsNumber, patient: { nhsNumber, dateOfBirth: "1950-03-02", gender: "FEMALE", ...more } }],
    },
  });
  if (data === null) throw new Error(JSON.stringify(errors));
  return data.submitRecords;
};
const codesIn = ({ records }: Submitted["submitRecords"]) =>
  records.nodes.flatMap(({ issues }) => issues.map(({ code }) => code));
const record = (as: DemoIdentity, input: Readonly<Record<string, unknown>>) => gateway.gql<Recorded>(as, RECORD, { input });

describe("recordObjection", () => {
  it("is shown in later answers to the clinical team, and not to who submits, in answers, groups and reports alike", async () => {
    await submit("submitter", "9434765919");
    const recorded = await record("team", { nhsNumber: "943 476 5919", statedOn: "2026-01-05" });
    expect(recorded.data?.recordObjection).toMatchObject({ scope: "NATIONAL", origin: "STATED", statedOn: "2026-01-05" });

    const sent = await submit("submitter", "9434765919", { gender: "MALE" });
    expect([codesIn(sent), sent.issueGroups]).toEqual([[], []]);
    const seen = await gateway.gql<{ submission: Submitted["submitRecords"] }>(
      "team",
      "query ($id: ID!) { submission(id: $id) { id outcome issueGroups { code } records { nodes { outcome issues { severity code } } } } }",
      { id: sent.id },
    );
    expect(seen.data?.submission.issueGroups).toEqual([{ code: "OBJECTION_RECORDED" }]);
    expect(seen.data && codesIn(seen.data.submission)).toEqual(["OBJECTION_RECORDED"]);
    for (const [as, shown] of [
      ["team", true],
      ["submitter", false],
    ] as const) {
      const headers = { authorization: `Bearer ${await gateway.token(as)}` };
      const report = await (await fetch(`${gateway.url}/submissions/${sent.id}/report.json`, { headers })).text();
      expect(report.includes("OBJECTION_RECORDED")).toBe(shown);
    }
  });

  it("of scope ALL leaves nothing of the patient, certifies that, and refuses what is sent later", async () => {
    await submit("submitter", "9434765870");
    const { data, errors } = await record("guardian", { nhsNumber: "9434765870", scope: "ALL", reason: "asked for it" });
    expect(errors).toEqual([]);
    expect(data?.recordObjection.carriedOutAt).not.toBeNull();
    expect(data?.recordObjection.certificateId).not.toBeNull();
    const gone = await gateway.gql<{ patientRecord: unknown }>("team", '{ patientRecord(nhsNumber: "9434765870") { id } }');
    expect(gone.data?.patientRecord).toBeNull();
    const refused = await submit("submitter", "9434765870");
    expect([refused.outcome, codesIn(refused)]).toEqual(["REJECTED", ["OBJECTION_RECORDED"]]);
    expect((await submit("submitter2", "9434765870")).outcome).toBe("ACCEPTED");

    const id = data?.recordObjection.id;
    const withdrawn = await gateway.gql(
      "team",
      'mutation ($id: ID!) { withdrawObjection(id: $id, reason: "changed her mind") { withdrawnAt withdrawalReason } }',
      { id },
    );
    expect(withdrawn.errors).toEqual([]);
    expect((await submit("submitter", "9434765870")).outcome).toBe("ACCEPTED");
  });

  it("names the patient by exactly one thing, and never tells what was sent", async () => {
    const inputs = [{}, { nhsNumber: "9434765919", hospitalNumber: "H" }, { nhsNumber: "9434765918" }, { hospitalNumber: " " }];
    for (const input of inputs) {
      const { errors, text } = await record("team", input);
      expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
      expect(text).not.toMatch(/94347659/);
    }
  });

  it("answers alike of a patient of another organisation and of nobody", async () => {
    await submit("submitter2", "9434765919");
    const coast = await gateway.gql<{ patientRecord: { id: string } }>(
      "team2",
      '{ patientRecord(nhsNumber: "9434765919") { id } }',
    );
    const bytes = [];
    for (const id of [coast.data?.patientRecord.id, "01890000-0000-7000-8000-00000000ffff"])
      bytes.push((await record("team", { patientRecordId: id })).text.replaceAll(String(id), "id"));
    expect(bytes[0]).toBe(bytes[1]);
    expect(bytes[0]).toContain("NOT_FOUND");
  });

  it("is listed for team and guardian of the organisation, for no other one, and is no operation of other roles", async () => {
    const own = await gateway.gql<{ objections: { totalCount: number } }>("guardian", LIST);
    expect(own.data?.objections.totalCount).toBe(2);
    expect((await gateway.gql<{ objections: { totalCount: number } }>("team2", LIST)).data?.objections.totalCount).toBe(0);
    for (const as of ["submitter", "vendor", "analyst", "admin"] as const)
      expect((await gateway.gql(as, LIST)).errors).not.toEqual([]);
  });

  it("leaves an entry in the audit trail for each act, without a value of the patient", async () => {
    const entries = await gateway.database.query(
      "select type, details::text as details from audit.event where entity_kind = 'OBJECTION' or type = 'LIST_OBJECTIONS' order by type",
    );
    expect([...new Set(entries.map(({ type }) => type))]).toEqual(["LIST_OBJECTIONS", "RECORD_OBJECTION", "WITHDRAW_OBJECTION"]);
    expect(JSON.stringify(entries)).not.toMatch(/9434765/);
    expect(gateway.logs.join("")).not.toMatch(/9434765/);
  });
});

describe("section 251 support", () => {
  const SUPPORT = `mutation ($input: RecordSection251Input!) { recordSection251(input: $input) { reference validFrom validTo evidence } }`;

  it("is recorded by the audit administrator for a year at most, and listed", async () => {
    const input = { reference: "22/CAG/0001", validFrom: "2026-01-01", validTo: "2026-12-31", evidence: "letter of 5 January" };
    expect((await gateway.gql("admin", SUPPORT, { input })).data?.recordSection251).toEqual(input);
    for (const validTo of ["2025-12-31", "2028-01-01", "2026-02-30"])
      expect((await gateway.gql("admin", SUPPORT, { input: { ...input, validTo } })).errors[0]?.extensions.code).toBe(
        "BAD_USER_INPUT",
      );
    const listed = await gateway.gql<{ section251References: unknown }>("admin", "{ section251References { reference } }");
    expect(listed.data?.section251References).toEqual([{ reference: "22/CAG/0001" }]);
    expect((await gateway.gql("team", SUPPORT, { input })).errors).not.toEqual([]);
  });
});

describe("importOptOutResult", () => {
  const IMPORT = `mutation ($input: ImportOptOutResultInput!) { importOptOutResult(input: $input) { state asked } }`;
  const upload = async (body: string): Promise<string> => {
    const headers = { authorization: `Bearer ${await gateway.token("team")}`, "content-type": "text/plain" };
    const answer = await fetch(`${gateway.url}/uploads`, { method: "POST", headers, body });
    const { uploadId }: { uploadId: string } = JSON.parse(await answer.text());
    return uploadId;
  };

  it("takes an uploaded answer of an own request once, and removes the file", async () => {
    await gateway.database.query(
      `insert into consent.opt_out_request (id, ods, reference, state, requested_at, asked, keys)
       values ('01890000-0000-7000-8000-0000000000a1', 'ZDM01', 'NACRA1', 'SENT', now(), 0, '{}')`,
    );
    const requestId = "01890000-0000-7000-8000-0000000000a1";
    const uploadId = await upload("\n");
    const taken = await gateway.gql("team", IMPORT, { input: { requestId, uploadId } });
    expect(taken.data?.importOptOutResult).toEqual({ state: "ANSWERED", asked: 0 });
    const again = await gateway.gql("team", IMPORT, { input: { requestId, uploadId } });
    expect(again.errors[0]?.extensions.code).toBe("NOT_FOUND");
    const twice = await gateway.gql("team", IMPORT, { input: { requestId, uploadId: await upload("\n") } });
    expect(twice.errors[0]?.extensions).toMatchObject({ code: "CONFLICT", reason: "SETTLED" });
    const other = await gateway.gql("team2", IMPORT, { input: { requestId, uploadId } });
    expect(other.errors[0]?.extensions.code).toBe("NOT_FOUND");
  });
});
