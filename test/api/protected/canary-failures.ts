/** The ways in which what is sent is refused, misread or lost: each with the identifiers where they do not belong. */
import type pg from "pg";
import { optionsOf, submitting } from "./canary-client.ts";
import { type CanaryPatient, toFhir, toHl7, toRecord } from "./canary-patients.ts";
import { type Party, sendFile, submitRecords, type Way } from "./canary-ways.ts";

const allOf = ({ nhsNumber, hospitalNumber, surname, postcode, dateOfBirth }: CanaryPatient): string =>
  `${nhsNumber} ${hospitalNumber} ${surname} ${postcode} ${dateOfBirth}`;
const SIDE_BY_SIDE = 4;
const each =
  (act: (party: Party, patient: CanaryPatient, all: string) => Promise<unknown>): Way =>
  async (party, patients) => {
    for (let at = 0; at < patients.length; at += SIDE_BY_SIDE)
      await Promise.all(patients.slice(at, at + SIDE_BY_SIDE).map((patient) => act(party, patient, allOf(patient))));
  };

const documents = each(async ({ client }, { nhsNumber, surname, hospitalNumber }, all) => {
  const queries: readonly (readonly [string, unknown])[] = [
    [`{viewer{${surname} ${hospitalNumber}}}`, {}],
    [`{submission(${surname}:"${nhsNumber}"){id}}`, {}],
    [`{viewer{role} ${nhsNumber} "${all}`, {}],
    [`{submissions(first:"${all}"){totalCount}}`, {}],
    ["query($n:Int!){submissions(first:$n){totalCount}}", { n: nhsNumber }],
    ["query($n:Int!){submissions(first:$n){totalCount}}", { n: Number(nhsNumber) }],
    ["query($i:ID!){submission(id:$i){id}}", { i: all }],
    ["query($i:ID!){submission(id:$i){id}}", { i: { [surname]: nhsNumber } }],
    ["query($a:String){submissions(after:$a){totalCount}}", { a: all }],
    ["{viewer{role}}", { [surname]: all }],
    [`query ${surname}{viewer{role}}`, {}],
    ["query($n:String){patientRecord(nhsNumber:$n,hospitalNumber:$n){id}}", { n: all }],
    ["query($n:String){patientRecord(nhsNumber:$n){id}}", { n: `${nhsNumber}1` }],
  ];
  for (const [query, variables] of queries) await client.ask(query, variables, { place: "a refused document" });
  for (const as of ["vendor", "analyst", "admin", "newcomer"] as const)
    await client.ask("query($n:String){patientRecord(nhsNumber:$n){id}}", { n: nhsNumber }, { place: "a look-up", as });
});

const JSON_TYPE = { "content-type": "application/json" };
const requests = each(async ({ client }, { nhsNumber, surname }, all) => {
  const post = (body: string, headers: Readonly<Record<string, string>> = JSON_TYPE) =>
    client.call("POST", "/graphql", body, { place: "a refused body", headers });
  await post(`{"query": "${all}`);
  await post(`"${all}"`);
  await post(`${"[".repeat(300)}"${all}"${"]".repeat(300)}`);
  await post(all, { "content-type": `text/${surname}` });
  await post(JSON.stringify({ query: "{viewer{role}}", operationName: surname }));
  await post('{"query":"{viewer{role}}"}', { ...JSON_TYPE, "x-correlation-id": nhsNumber });
  await post('{"query":"{viewer{role}}"}', { ...JSON_TYPE, "idempotency-key": nhsNumber, cookie: `name=${surname}` });
  const get = (path: string, headers = {}) => client.call("GET", path, null, { place: "a refused GET", headers });
  const lookUp = encodeURIComponent(`{patientRecord(nhsNumber:"${nhsNumber}"){id}}`);
  await get(`/graphql?query=${lookUp}`, { "apollo-require-preflight": "1" });
  await get(`/graphql?query=%7Bviewer%7Brole%7D%7D&variables=${encodeURIComponent(all)}`, { "apollo-require-preflight": "1" });
  await get(`/patients/${nhsNumber}?name=${surname}`);
  await get(`/submissions/${nhsNumber}/report.json?part=${surname}`);
  await client.call("PATCH", `/uploads/${nhsNumber}`, surname, { place: "a refused upload" });
});

const values = each(async (party, patient, all) => {
  const { client } = party;
  const submit = (records: unknown, options: unknown = optionsOf()) =>
    client.ask(submitting("Records"), { input: { options, records } }, { place: "refused values" });
  await submit([toRecord(patient, { dateOfBirth: all, gender: patient.surname, telephone: { [patient.surname]: all } })]);
  await submit([toRecord(patient, { nhsNumber: `${patient.nhsNumber} ${patient.nhsNumber}`, hospitalNumber: all.repeat(9) })]);
  await submit([{ ...toRecord(patient), [all]: all, initiatingEvents: [{ eventType: all, eventDate: patient.dateOfBirth }] }]);
  await submit([all, { patient: all }]);
  await submit([toRecord(patient)], optionsOf({ programmeCode: "CR-COAST" }));
  await submit([toRecord(patient)], optionsOf({ idempotencyKey: patient.requestKey }));
  await submit([toRecord(patient, { gender: "MALE" })], optionsOf({ idempotencyKey: patient.requestKey }));
  const fhir = { ...toFhir(patient), gender: all, [all]: all, birthDate: all, extension: [{ url: all, valueString: all }] };
  const place = { place: "refused values" };
  await client.ask(submitting("Fhir"), { input: { options: optionsOf(), resources: fhir } }, place);
  await client.ask(submitting("Fhir"), { input: { options: optionsOf(), resources: all } }, place);
  const messages = [toHl7(patient, patient.sendingFacility, `ZZZ|${all}`, `OBX|1|ST|${all}||${all}`), all, `MSH|^~\\&|${all}`];
  for (const message of messages)
    await client.ask(submitting("Hl7v2"), { input: { options: optionsOf(), messages: [message] } }, place);
});

const files: Way = async (party, patients) => {
  const name = patients[0]?.fileName ?? "";
  const lines = patients.map((patient) => JSON.stringify(toRecord(patient)));
  const broken = patients.flatMap((patient) => [`{"patient": "${allOf(patient)}`, allOf(patient)]);
  await sendFile(party, lines.join("\n"), name, "IMPORTER_CSV");
  await sendFile(party, [...lines, ...broken].join("\n"), name, "NACR_NDJSON");
  await sendFile(party, `PK\u0003\u0004${broken.join("\n")}`, name, "IMPORTER_ZIP");
};

/** Waits until a statement of the gateway stands behind the lock. */
async function findBlocked(holder: pg.Client): Promise<number> {
  for (;;) {
    const { rows } = await holder.query<{ pid: number }>(
      "select pid from pg_stat_activity where wait_event_type = 'Lock' and pid <> pg_backend_pid() and usename is not null limit 1",
    );
    if (rows[0] !== undefined) return rows[0].pid;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function breakOne(holder: pg.Client, how: string): Promise<void> {
  await holder.query(`select ${how}($1)`, [await findBlocked(holder)]);
  await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A submission whose statement is broken off in its midst: as by a time-out, or by a server that ends the connection. */
async function breakOff(party: Party, patients: readonly CanaryPatient[], how: "pg_cancel_backend" | "pg_terminate_backend") {
  const holder = await party.ground.connect();
  await holder.query("begin");
  await holder.query("lock table identity.patient_identity in access exclusive mode");
  const submitted = submitRecords(
    party,
    patients.map((patient) => toRecord(patient)),
  );
  let done = false;
  const ended = submitted.finally(() => {
    done = true;
  });
  // The gateway tries again what was broken off: so does this.
  while (!done) await Promise.race([ended, breakOne(holder, how)]);
  await holder.end();
  await submitted;
}

const databaseFaults: Way = async (party, patients) => {
  const { query } = party.ground;
  for (const table of ["identity.patient_identity", "public.patient", "public.submission_record", "public.submission"]) {
    await query(`alter table ${table} add constraint canary check (false) not valid`);
    await submitRecords(
      party,
      patients.map((patient) => toRecord(patient)),
    );
    await query(`alter table ${table} drop constraint canary`);
  }
  await breakOff(party, patients, "pg_cancel_backend");
  await breakOff(party, patients, "pg_terminate_backend");
};

/** Every way in which something fails. */
export const FAILURES: Readonly<Record<string, Way>> = { documents, requests, values, files, "database faults": databaseFaults };
