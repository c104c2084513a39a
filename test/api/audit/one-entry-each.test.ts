/** Each reading of patients' data, by whatever door, leaves exactly one entry of the audit trail (assurance D6). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { event, named, person, recordOf } from "../../support/journey-records.ts";

let gateway: TestGateway;
/** What the readings name. */
const known = { patient: "", submission: "" };
const SUBMIT = "mutation($input:SubmitRecordsInput!){submitRecords(input:$input){id}}";

beforeAll(async () => {
  // A worker's own acts are entries, too, at moments of its own.
  gateway = await startTestGateway({ config: { roles: new Set(["api"]) } });
  known.submission = await submit("COMMIT");
  const found = await gateway.gql<{ patientRecord: { id: string } }>(
    "team",
    "query($n:String!){patientRecord(nhsNumber:$n){id}}",
    { n: named(1).nhsNumber },
  );
  known.patient = found.data?.patientRecord.id ?? "";
});
afterAll(() => gateway.close());

async function submit(mode: "COMMIT" | "VALIDATE_ONLY"): Promise<string> {
  const sourceSystem = { vendor: "Test", product: "Audit", version: "1" };
  const options = { idempotencyKey: crypto.randomUUID(), programmeCode: "CR-VALLEY", sourceSystem, mode };
  const rejected = recordOf(2, { patient: person(2, { gender: "no code" }) });
  const records = [recordOf(1, { initiatingEvents: [event()] }), rejected];
  const { data, errors } = await gateway.gql<{ submitRecords: { id: string } }>("submitter", SUBMIT, {
    input: { options, records },
  });
  if (data === null) throw new Error(JSON.stringify(errors));
  return data.submitRecords.id;
}

type Act = () => Promise<unknown>;

const ask =
  (as: DemoIdentity, query: string): Act =>
  async () => {
    const text = query.replace("$patient", `"${known.patient}"`).replace("$submission", `"${known.submission}"`);
    const { errors } = await gateway.gql(as, text);
    if (errors.length > 0) throw new Error(`${text}: ${JSON.stringify(errors)}`);
  };
const download =
  (as: DemoIdentity, name: string): Act =>
  async () => {
    const headers = { authorization: `Bearer ${await gateway.token(as)}` };
    const answer = await fetch(`${gateway.url}/submissions/${known.submission}/${name}`, { headers });
    await answer.text();
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  };

/** The types of the entries that an act leaves. */
async function entriesOf(act: Act): Promise<readonly string[]> {
  const all = async () =>
    new Map((await gateway.database.query("select id, type from audit.event")).map((row) => [row.id, row.type]));
  const before = await all();
  await act();
  return [...(await all())].flatMap(([id, type]) => (before.has(id) ? [] : [String(type)]));
}

const SINCE = '"2020-01-01T00:00:00Z"';
const READINGS: readonly (readonly [type: string, what: string, act: Act])[] = [
  ["READ_RECORD", "patientRecord", ask("team", "{patientRecord(id:$patient){patient{surname} initiatingEvents{eventType}}}")],
  ["READ_RECORD", "patientRecord, by the sender", ask("submitter", "{patientRecord(id:$patient){id}}")],
  ["READ_RECORD", "patientRecord of nobody", ask("team", '{patientRecord(hospitalNumber:"nobody"){id}}')],
  ["READ_RECORD_AS_OF", "patientRecord as of an instant", ask("team", `{patientRecord(id:$patient,asOf:${SINCE}){id}}`)],
  ["LIST_RECORDS", "patientRecords", ask("team", "{patientRecords(first:10){nodes{id}}}")],
  ["READ_HISTORY", "history", ask("team", "{history(recordId:$patient){totalCount nodes{field}}}")],
  ["READ_JOURNEY", "journey", ask("team", "{journey(patientRecordId:$patient){patient{recordIds}}}")],
  ["READ_RESULTS", "a submission's records", ask("submitter", "{submission(id:$submission){records(first:10){nodes{outcome}}}}")],
  ["READ_RECORD_STATUS", "recordStatus", ask("submitter", '{recordStatus(sourceRecordId:"rec-1"){outcome}}')],
  ["LIST_LINKS", "recordLinks", ask("team", "{recordLinks(recordId:$patient,first:10){nodes{id}}}")],
  ["LIST_LINKS", "proposedLinks", ask("team", "{proposedLinks(first:10){nodes{id}}}")],
  ["LIST_IDENTITY_CONFLICTS", "identityConflicts", ask("guardian", "{identityConflicts(first:10){nodes{since}}}")],
  ["LIST_OBJECTIONS", "objections", ask("team", "{objections(first:10){nodes{id}}}")],
  ["READ_ACCESS_LOG", "accessLog", ask("guardian", "{accessLog(patientRecordId:$patient){nodes{type}}}")],
  [
    "READ_PROGRAMME_ACCESS_LOG",
    "programmeAccessLog",
    ask("guardian", `{programmeAccessLog(programmeCode:"CR-VALLEY",since:${SINCE}){nodes{type}}}`),
  ],
  ["DOWNLOAD_REPORT", "report.json", download("submitter", "report.json")],
  ["DOWNLOAD_REPORT", "report.csv", download("team", "report.csv")],
  ["DOWNLOAD_FAILED_ROWS", "failed-rows.csv", download("submitter", "failed-rows.csv")],
  ["VALIDATE_SUBMISSION", "a dry run", () => submit("VALIDATE_ONLY")],
  ["SUBMIT", "a submission", () => submit("COMMIT")],
];

describe("the audit trail", () => {
  it.each(READINGS)("has exactly one entry, %s, of %s", async (type, _what, act) => {
    expect(await entriesOf(act)).toEqual([type]);
  });

  it("has one of each of two readings in one request", async () => {
    const text = `{a:patientRecord(id:"${known.patient}"){id} history(recordId:"${known.patient}"){totalCount}}`;
    expect([...(await entriesOf(ask("team", text)))].sort()).toEqual(["READ_HISTORY", "READ_RECORD"]);
  });

  it("has none of what shows no patient, and two of what was read twice (control)", async () => {
    const read = ask("team", "{patientRecord(id:$patient){id}}");
    expect(await entriesOf(ask("team", "{viewer{role} submissions(first:5){nodes{id status}}}"))).toEqual([]);
    expect(await entriesOf(async () => [await read(), await read()])).toEqual(["READ_RECORD", "READ_RECORD"]);
  });
});
