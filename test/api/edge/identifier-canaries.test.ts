/** Plants identifiers in every place a request has, makes it fail in every way we know, and looks for them wherever text comes out. */
import { randomUUID } from "node:crypto";
import { ApolloServer } from "@apollo/server";
import { buildSchema } from "graphql";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { headOf, sendRaw } from "./raw-request.ts";

/** Invented; the number has a right check digit, so that nothing refuses it for its form. */
const NHS_NUMBER = "9434765919";
const HOSPITAL_NUMBER = "HOSPCANARY77";
const SURNAME = "Canaryworth";
const POSTCODE = "ZE99 9QQ";
const ALL = `${NHS_NUMBER} ${HOSPITAL_NUMBER} ${SURNAME} ${POSTCODE}`;
const SIGHTS = [/943[\s-]?476[\s-]?5919/, /hospcanary/i, /canaryworth/i, /ZE99/i];

const findCanaries = (text: string): readonly string[] => SIGHTS.filter((sight) => sight.test(text)).map(String);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const SUBMISSION = `id status outcome issues{code message suggestion} issueGroups{code message suggestion field}
  mappingSummary{lines{sourceField field reason}}
  records(first:100){nodes{sourceRecordId outcome expression issues{code field expression message suggestion}
    changes{field before after} mappingReport{sourceField field reason}}}`;
const submitting = (channel: string): string => `mutation($i:Submit${channel}Input!){submit${channel}(input:$i){${SUBMISSION}}}`;
const optionsOf = (more: Readonly<Record<string, unknown>> = {}) => ({
  idempotencyKey: randomUUID(),
  programmeCode: "CR-VALLEY",
  sourceSystem: { vendor: "V", product: "P", version: "1" },
  ...more,
});
const recordOf = (patient: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) => ({
  sourceRecordId: `${SURNAME}-1`,
  patient: { nhsNumber: NHS_NUMBER, hospitalNumber: HOSPITAL_NUMBER, surname: SURNAME, postcode: POSTCODE, ...patient },
  ...more,
});
const HL7_MESSAGE = `MSH|^~\\&|V|ZDM01|NACR|N|20260302||ADT^A01|1|P|2.4\rPID|1||${NHS_NUMBER}^^^NHS^NH~${HOSPITAL_NUMBER}^^^ZDM01^PI||${SURNAME}^Ann||19510332|7|||^^^^${POSTCODE}\rZZZ|${ALL}`;
const FHIR_PATIENT = {
  resourceType: "Patient",
  identifier: [
    { system: "https://fhir.nhs.uk/Id/nhs-number", value: NHS_NUMBER },
    { system: SURNAME, value: HOSPITAL_NUMBER },
  ],
  name: [{ family: SURNAME, [ALL]: ALL, [NHS_NUMBER]: ALL }],
  address: [{ postalCode: POSTCODE }],
  birthDate: ALL,
  gender: ALL,
};

interface Attempt {
  readonly as?: DemoIdentity;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const byRecords = (options: unknown, records: unknown, more: Partial<Attempt> = {}): Attempt => ({
  query: submitting("Records"),
  variables: { i: { options, records } },
  ...more,
});
const byFhir = (resources: unknown, more: Readonly<Record<string, unknown>> = {}): Attempt => ({
  query: submitting("Fhir"),
  variables: { i: { options: optionsOf(), resources, ...more } },
});
const byHl7 = (messages: unknown, more: Readonly<Record<string, unknown>> = {}): Attempt => ({
  query: submitting("Hl7v2"),
  variables: { i: { options: optionsOf(), messages, ...more } },
});

const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  "an unknown field": { query: `{ viewer { ${SURNAME} ${HOSPITAL_NUMBER} } }` },
  "an unknown operation": { query: `{ ${SURNAME} }` },
  "an unknown type": { query: `query($v:${SURNAME}){viewer{role}}` },
  "an unknown argument": { query: `{ submission(${SURNAME}:"${NHS_NUMBER}") { id } }` },
  "an unknown directive": { query: `{ viewer @${SURNAME} { role } }` },
  "a syntax error": { query: `{ viewer { role } ${NHS_NUMBER} "${ALL}` },
  "an argument of the wrong type": { query: `{ submissions(first: "${ALL}") { totalCount } }` },
  "a variable of the wrong type": { query: "query($n:Int!){submissions(first:$n){totalCount}}", variables: { n: ALL } },
  "a variable nobody declared": { query: "{viewer{role}}", variables: { [SURNAME]: ALL } },
  "a variable's own name": {
    query: `query($_${NHS_NUMBER}:Int!){submissions(first:$_${NHS_NUMBER}){totalCount}}`,
    variables: { [`_${NHS_NUMBER}`]: ALL },
  },
  "an enum": { query: "query($m:SubmissionMode!){submissions(filter:{mode:$m}){totalCount}}", variables: { m: ALL } },
  "an enum written in the document": { query: `{submissions(filter:{mode:${SURNAME}}){totalCount}}` },
  "an id": { query: "query($i:ID!){submission(id:$i){id}}", variables: { i: ALL } },
  "a cursor": { query: "query($a:String){submissions(after:$a){totalCount}}", variables: { a: ALL } },
  "a page's size": { query: "query($f:Int!){submissions(first:$f){totalCount}}", variables: { f: Number(NHS_NUMBER) } },
  "a dataset version": { query: "query($v:String){dataset(version:$v){version}}", variables: { v: ALL } },
  "a record's status": { query: "query($i:ID!){recordStatus(sourceRecordId:$i){index}}", variables: { i: ALL } },
  "a look-up": { query: "query($n:String){patientRecord(nhsNumber:$n){id}}", variables: { n: NHS_NUMBER } },
  "a look-up by two": { query: "query($n:String){patientRecord(nhsNumber:$n,hospitalNumber:$n){id}}", variables: { n: ALL } },
  "a look-up nobody may make": {
    as: "vendor",
    query: "query($n:String){patientRecord(nhsNumber:$n){id}}",
    variables: { n: NHS_NUMBER },
  },
  "a look-up by an analyst": {
    as: "analyst",
    query: "query($n:String){patientRecord(hospitalNumber:$n){id}}",
    variables: { n: HOSPITAL_NUMBER },
  },
  "a preview": {
    query: "query($i:PreviewMappingInput!){previewMapping(input:$i){issues{message} records{issues{message expression}}}}",
    variables: { i: { channel: "HL7V2", payload: [HL7_MESSAGE], programmeCode: ALL } },
  },
  "an operation's name": { query: `query ${SURNAME} { viewer { nothing } }` },
  "an idempotency key": byRecords(optionsOf({ idempotencyKey: ALL }), []),
  "two idempotency keys": byRecords(optionsOf({ idempotencyKey: NHS_NUMBER }), [], { headers: { "idempotency-key": SURNAME } }),
  "an idempotency key too long": byRecords(optionsOf({ idempotencyKey: ALL.repeat(20) }), []),
  "a programme": byRecords(optionsOf({ programmeCode: ALL }), []),
  "a dataset version of a submission": byRecords(optionsOf({ datasetVersion: ALL }), []),
  "a mode": byRecords(optionsOf({ mode: ALL }), []),
  "an option nobody knows": byRecords(optionsOf({ [ALL]: SURNAME }), []),
  "options that are text": byRecords(ALL, []),
  "records that are text": byRecords(optionsOf(), ALL),
  "a record that is text": byRecords(optionsOf(), [ALL]),
  "a member of a record nobody knows": byRecords(optionsOf(), [recordOf({ [ALL]: ALL })]),
  "values that are judged wrong": byRecords(optionsOf(), [
    recordOf({
      dateOfBirth: ALL,
      gender: ALL,
      ethnicGroup: SURNAME,
      hospitalNumber: ALL.repeat(9),
      telephone: { [SURNAME]: ALL },
    }),
  ]),
  "a record without anything wrong": byRecords(optionsOf(), [
    recordOf({ dateOfBirth: "1951-03-14", gender: "Male", ethnicGroup: "White British" }),
  ]),
  "an id of the sender's that is too long": byRecords(optionsOf(), [recordOf({}, { sourceRecordId: ALL.repeat(5) })]),
  "a record of another organisation's programme": byRecords(optionsOf({ programmeCode: "CR-COAST" }), [recordOf({})]),
  "a submission by an analyst": byRecords(optionsOf(), [recordOf({})], { as: "analyst" }),
  "too many records": byRecords(
    optionsOf(),
    Array.from({ length: 501 }, () => recordOf({})),
  ),
  "a FHIR resource": byFhir(FHIR_PATIENT),
  "a FHIR resource that is text": byFhir(ALL),
  "a FHIR resource that is XML": byFhir(`<Patient xmlns="http://hl7.org/fhir"><${SURNAME} value="${ALL}"/></Patient>`),
  "a FHIR resource of no type": byFhir({ resourceType: NHS_NUMBER, id: NHS_NUMBER, text: ALL }),
  "a FHIR bundle of garbage": byFhir({
    resourceType: "Bundle",
    type: ALL,
    entry: [{ fullUrl: ALL, resource: ALL }, { resource: FHIR_PATIENT }, ALL],
  }),
  "a FHIR profile": byFhir(FHIR_PATIENT, { profile: ALL }),
  "an HL7 message": byHl7([HL7_MESSAGE]),
  "an HL7 message of another type": byHl7([HL7_MESSAGE.replace("ADT^A01", `${SURNAME}^${HOSPITAL_NUMBER}`)]),
  "an HL7 message that is none": byHl7([ALL]),
  "an HL7 header alone": byHl7([`MSH|^~\\&|${ALL}`]),
  "an HL7 profile": byHl7([HL7_MESSAGE], { profile: ALL }),
  "an HL7 message that is a number": byHl7(Number(NHS_NUMBER)),
};

/** What the sender is given back on purpose: its own id, and nothing else of the record. */
const withoutEcho = (text: string): string => text.replaceAll(/"sourceRecordId":"(?:[^"\\]|\\.)*"/g, '"sourceRecordId":""');

async function whatCameOut(from: number, text: string): Promise<string> {
  await new Promise(setImmediate);
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  return [withoutEcho(text), ...gateway.logs.slice(from), metrics].join("\n");
}

describe("an identifier that was sent is in no answer, log line or metric", () => {
  it.each(Object.entries(ATTEMPTS))("when it stands in %s", async (_name, { as = "submitter", query, variables, headers }) => {
    const from = gateway.logs.length;
    const answer = await gateway.gql(as, query, variables, headers);
    expect(answer.status).toBeLessThan(500);
    const out = await whatCameOut(from, answer.text + JSON.stringify([...answer.headers]));
    expect(findCanaries(out), out.slice(0, 3000)).toEqual([]);
  });

  const post =
    (body: string, headers: Readonly<Record<string, string>> = {}) =>
    async () =>
      fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${await gateway.token("analyst")}`, "content-type": "application/json", ...headers },
        body,
      });
  const get =
    (path: string, headers: Readonly<Record<string, string>> = {}) =>
    async () =>
      fetch(`${gateway.url}${path}`, {
        headers: { authorization: `Bearer ${await gateway.token("submitter")}`, "apollo-require-preflight": "1", ...headers },
      });
  const form = (fields: Readonly<Record<string, string>>) => () =>
    fetch(`${gateway.url}/oauth2/token`, { method: "POST", body: new URLSearchParams(fields) });
  const LOOK_UP = encodeURIComponent(`{patientRecord(nhsNumber:"${NHS_NUMBER}"){id}}`);

  it.each<readonly [string, () => Promise<Response>]>([
    ["malformed JSON", post(`{"query": "${ALL}`)],
    ["JSON that is no request", post(`"${ALL}"`)],
    ["a body that is too large", post(JSON.stringify({ query: ALL.repeat(8_000) }))],
    ["a body nested too deep", post(`${"[".repeat(500)}"${ALL}"${"]".repeat(500)}`)],
    ["a body of another type", post(ALL, { "content-type": `text/${SURNAME}` })],
    ["a character set", post("{}", { "content-type": `application/json; charset=${SURNAME}` })],
    ["a correlation id", post("{}", { "x-correlation-id": NHS_NUMBER })],
    ["part of a correlation id", post("{}", { "x-correlation-id": `visit-943-476-5919-x` })],
    ["an operation's name in the body", post(JSON.stringify({ query: "{viewer{role}}", operationName: SURNAME }))],
    [
      "extensions",
      post(JSON.stringify({ query: "{viewer{role}}", extensions: { persistedQuery: { version: 1, sha256Hash: ALL } } })),
    ],
    ["the address of a GET", get(`/graphql?query=${LOOK_UP}`)],
    ["variables of a GET", get(`/graphql?query=${encodeURIComponent("{viewer{role}}")}&variables=${encodeURIComponent(ALL)}`)],
    ["an address there is not", get(`/patients/${NHS_NUMBER}?name=${SURNAME}`)],
    ["a bearer", get("/graphql", { authorization: `Bearer ${NHS_NUMBER}.${SURNAME}` })],
    ["a cookie", get("/healthz", { cookie: `a=${SURNAME}` })],
    ["an assertion", form({ grant_type: "client_credentials", client_assertion_type: ALL, client_assertion: ALL })],
    ["a grant", form({ grant_type: ALL })],
    [
      "a demo identity",
      () =>
        fetch(`${gateway.url}/demo/token`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ as: ALL }),
        }),
    ],
  ])("when it stands in %s", async (_name, send) => {
    const from = gateway.logs.length;
    const answer = await send();
    expect(answer.status).toBeLessThan(500);
    expect(findCanaries(await whatCameOut(from, (await answer.text()) + JSON.stringify([...answer.headers])))).toEqual([]);
  });

  it("when it stands in an address that cannot be read, or in bytes that are no request", async () => {
    const from = gateway.logs.length;
    const odd = await sendRaw(gateway.url, headOf("GET", `/%zz/${NHS_NUMBER}`, [["Connection", "close"]]));
    const garbage = await sendRaw(gateway.url, `${ALL}\r\n\r\n`);
    expect([odd.status, garbage.status]).toEqual([400, 400]);
    expect(findCanaries(await whatCameOut(from, odd.text + garbage.text))).toEqual([]);
  });

  it("when a statement fails on the row that holds it", async () => {
    const from = gateway.logs.length;
    for (const [index, table] of ["identity.patient_identity", "public.patient", "public.submission"].entries()) {
      const record = recordOf({
        surname: `${SURNAME}${index}`,
        dateOfBirth: "1951-03-14",
        gender: "Male",
        ethnicGroup: "White British",
      });
      await gateway.database.query(`alter table ${table} add constraint canary check (false) not valid`);
      const failed = await gateway.gql("submitter", submitting("Records"), {
        i: { options: optionsOf(), records: [record] },
      });
      await gateway.database.query(`alter table ${table} drop constraint canary`);
      expect(failed.errors[0]?.extensions, table).toMatchObject({
        code: "INTERNAL_SERVER_ERROR",
        correlationId: expect.any(String),
      });
      expect(findCanaries(await whatCameOut(from, failed.text)), table).toEqual([]);
    }
    expect(gateway.logs.slice(from).filter((line) => line.includes('"fault"')).length).toBeGreaterThanOrEqual(3);
  });
});

/** Takes the database away under the running gateway: closed where it is in this process, out of reach where it is a server's. */
async function cutOff({ url, database }: TestDatabase): Promise<void> {
  if (url === null) return await database.close();
  const name = new URL(url).pathname.slice(1);
  const server = new URL(url);
  server.pathname = "/postgres";
  const admin = new pg.Client({ connectionString: server.href });
  await admin.connect();
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
  await admin.query(`alter database ${name} rename to ${name}_gone`);
  await admin.end();
}

describe("when the database is gone", () => {
  it("answers are 503 with a time to wait, say nothing of what was sent, and readiness says so", async () => {
    const database = await openTestDatabase();
    const cut = await startTestGateway({ database });
    expect((await fetch(`${cut.url}/readyz`)).status).toBe(200);
    await cutOff(database);
    const attempts = [
      byRecords(optionsOf(), [recordOf({})]),
      ATTEMPTS["a look-up"],
      ATTEMPTS["a record's status"],
      byFhir(FHIR_PATIENT),
    ];
    for (const attempt of attempts) {
      const answer = await cut.gql("submitter", attempt?.query ?? "", attempt?.variables);
      expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([503, "DATABASE_UNAVAILABLE"]);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(findCanaries(withoutEcho(answer.text))).toEqual([]);
    }
    expect(findCanaries(cut.logs.join(""))).toEqual([]);
    const ready = await fetch(`${cut.url}/readyz`);
    expect([ready.status, ready.headers.get("retry-after")]).toEqual([503, "5"]);
    expect((await fetch(`${cut.url}/healthz`)).status).toBe(200);
    await cut.close();
    if (database.url !== null) await database.database.close();
  });
});

describe("the search for identifiers (control)", () => {
  it("finds what a server without our error texts would say", async () => {
    const schema = buildSchema("type Query { submissions(first: Int!): Int }");
    const leaking = new ApolloServer({ schema });
    const answer = await leaking.executeOperation({ query: "query($n:Int!){submissions(first:$n)}", variables: { n: ALL } });
    await leaking.stop();
    expect(findCanaries(JSON.stringify(answer.body)).length).toBe(SIGHTS.length);
  });

  it("finds what a logger without an allow-list would write", () => {
    const lines: string[] = [];
    pino({}, { write: (line) => lines.push(line) }).info({ patient: recordOf({}) });
    expect(findCanaries(lines.join("")).length).toBe(SIGHTS.length);
  });

  it("finds what a failed statement says of itself", async () => {
    await gateway.database.query("create table canary (surname text check (length(surname) < 3))");
    const failure = await gateway.database.query("insert into canary values ($1)", [ALL]).catch((error: unknown) => error);
    const told = failure instanceof Error ? `${failure.message} ${JSON.stringify(failure)} ${String(failure.cause)}` : "";
    await gateway.database.query("drop table canary");
    expect(findCanaries(told).length).toBeGreaterThan(0);
  });

  it("would fail on an id given back in another place than the sender's own", () => {
    expect(findCanaries(withoutEcho(`{"sourceRecordId":"${SURNAME}","message":"${SURNAME}"}`))).toEqual(["/canaryworth/i"]);
  });
});
