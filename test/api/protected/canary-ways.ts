/** The ways by which patients come to the gateway, each with what is done to them afterwards. */
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { rowsOf, toCsv } from "../../support/importer-files.ts";
import { openMllpSender } from "../../support/mllp-sender.ts";
import { eventually } from "../../support/webhook-receiver.ts";
import {
  type CanaryClient,
  EVERYTHING,
  idIn,
  OWN_IDS,
  optionsOf,
  READ_SUBMISSION,
  SUBMIT_FILE,
  submitting,
} from "./canary-client.ts";
import type { Ground } from "./canary-gateway.ts";
import { type CanaryPatient, toFhir, toHl7, toRecord } from "./canary-patients.ts";

export interface Party {
  readonly client: CanaryClient;
  readonly ground: Ground;
  readonly mllpPort: number;
}
/** At most a hundred patients at a time. */
export type Way = (party: Party, patients: readonly CanaryPatient[]) => Promise<void>;
type Members = Readonly<Record<string, unknown>>;

const bundleOf = (patients: readonly CanaryPatient[]): Members => ({
  resourceType: "Bundle",
  type: "collection",
  entry: patients.map((patient) => ({ fullUrl: `urn:example:${patient.sourceRecordId}`, resource: toFhir(patient) })),
});

export async function submitRecords(
  { client }: Party,
  records: readonly Members[],
  options: Members = optionsOf(),
): Promise<string> {
  return idIn(await client.ask(submitting("Records"), { input: { options, records } }, { place: "submitRecords" }));
}

/** What the organisation's own people read of a submission; only they, and the sender its own ids. */
async function readBack({ client }: Party, id: string): Promise<void> {
  await client.ask(READ_SUBMISSION, { id }, { place: "submission", as: "team" });
  await client.call("GET", `/submissions/${id}/report.json`, null, { place: "report.json" });
  await client.call("GET", `/submissions/${id}/report.csv`, null, { place: "report.csv", allows: OWN_IDS });
}

const records: Way = async (party, patients) => {
  const options = optionsOf();
  const id = await submitRecords(
    party,
    patients.map((patient) => toRecord(patient)),
    options,
  );
  await submitRecords(
    party,
    patients.map((patient) => toRecord(patient)),
    options,
  );
  const corrected = patients.map((patient) => toRecord(patient, { gender: "MALE", telephone: `${patient.telephone} x` }));
  await submitRecords(party, corrected);
  await readBack(party, id);
};

const dryRun: Way = async (party, patients) => {
  const id = await submitRecords(
    party,
    patients.map((patient) => toRecord(patient)),
    optionsOf({ mode: "VALIDATE_ONLY" }),
  );
  await readBack(party, id);
};

const fhir: Way = async (party, patients) => {
  const input = { options: optionsOf(), resources: bundleOf(patients) };
  await readBack(party, idIn(await party.client.ask(submitting("Fhir"), { input }, { place: "submitFhir" })));
};

const hl7v2: Way = async (party, patients) => {
  const input = { options: optionsOf(), messages: patients.map((patient) => toHl7(patient)) };
  await readBack(party, idIn(await party.client.ask(submitting("Hl7v2"), { input }, { place: "submitHl7v2" })));
};

/** Uploads, submits, waits, reads everything that is said about it. Failed rows are the sender's own rows. */
export async function sendFile(party: Party, content: string, fileName: string, format: string): Promise<void> {
  const { client } = party;
  const uploadId = await client.upload(content, { place: "upload", fileName, allows: ["fileName"] });
  const input = { uploadId, format, options: optionsOf() };
  const id = idIn(await client.ask(SUBMIT_FILE, { input }, { place: "submitFile", allows: ["fileName"] }));
  await client.ended(id);
  await readBack(party, id);
  await client.call("GET", `/submissions/${id}/failed-rows.csv`, null, { place: "failed rows", allows: EVERYTHING });
}

const lines: Way = (party, patients) => {
  const [first, ...others] = patients;
  const rejected = first === undefined ? [] : [toRecord(first, { gender: "no code" })];
  const content = [...rejected, ...others.map((patient) => toRecord(patient))].map((record) => JSON.stringify(record)).join("\n");
  return sendFile(party, content, first?.fileName ?? "", "NACR_NDJSON");
};

const csv: Way = (party, patients) => {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("the dictionary is in service");
  const all = patients.map((patient, position) => toRecord(patient, position === 0 ? { gender: "no code" } : {}));
  return sendFile(
    party,
    toCsv(dictionary, "PATIENT", rowsOf(dictionary, "PATIENT", all)),
    patients[0]?.fileName ?? "",
    "IMPORTER_CSV",
  );
};

/** One message is stored, one is refused and parked, one comes from a stranger, one is broken off. */
const mllp: Way = async ({ client, mllpPort, ground }, patients) => {
  const [first] = patients;
  if (first === undefined) return;
  const sender = await openMllpSender(mllpPort);
  const messages = patients.map((patient, position) => [
    toHl7(patient),
    toHl7({ ...patient, dateOfBirth: "19999999" }, `F${position}`),
    toHl7(patient).replace("ADT^A31", `ADT^${patient.surname}`),
    `PID|${patient.nhsNumber}|${patient.surname}`,
  ]);
  for (const message of messages.flat()) sender.send(message);
  // A message's type is given back as it came: one that is a name, too.
  for (const text of await sender.received(messages.flat().length))
    client.tell({ place: "acknowledgement", text: text.replace(/\|ACK\^[^|]*\|/, ""), allows: [] });
  sender.write(`\x0b${toHl7(first).slice(0, 120)}`);
  await sender.end();
  const waiting = "select count(*)::int as n from mllp_message where state not in ('PROCESSED', 'PARKED')";
  await eventually(async () => (await ground.query(waiting))[0]?.n === 0, "messages worked on");
  const list = `{mllpMessages(first:100){nodes{id listener messageType state answer reason findings{code field expression}}}}`;
  await client.ask(list, {}, { place: "mllpMessages", as: "team" });
};

const WITHDRAW = `mutation($input:WithdrawRecordInput!){withdrawRecord(input:$input){
  sourceRecordId outcome expression issues{code message expression} changes{field before after}}}`;
const withdrawals: Way = async (party, patients) => {
  const { client } = party;
  const id = await submitRecords(
    party,
    patients.map((patient) => toRecord(patient)),
  );
  const [first, ...others] = patients;
  if (first === undefined) return;
  const { sourceSystem, programmeCode, idempotencyKey } = optionsOf();
  const named = { recordType: "PATIENT", sourceRecordId: first.sourceRecordId, reason: first.words };
  await client.ask(WITHDRAW, { input: { idempotencyKey, programmeCode, sourceSystem, ...named } }, { place: "withdrawRecord" });
  const reason = others.map(({ words }) => words).join(" ");
  const whole = "mutation($id:ID!,$reason:String!){withdrawSubmission(id:$id,reason:$reason){id status}}";
  await client.ask(whole, { id, reason: reason || first.words }, { place: "withdrawSubmission" });
};

const OBJECT = "mutation($input:RecordObjectionInput!){recordObjection(input:$input){id scope carriedOutAt certificateId}}";
/** Before and after the patient is known. Some destroy what there is of the patient. */
const objections: Way = async (party, patients) => {
  const { client } = party;
  const object = async ({ nhsNumber, words }: CanaryPatient, as: "team" | "guardian", scope = "NATIONAL"): Promise<void> => {
    await client.ask(OBJECT, { input: { nhsNumber, scope, reason: words } }, { place: "recordObjection", as });
  };
  for (const patient of patients.filter((_, position) => position % 3 === 0)) await object(patient, "team");
  await submitRecords(
    party,
    patients.map((patient) => toRecord(patient)),
  );
  for (const [position, patient] of patients.entries())
    await object(patient, "guardian", position % 20 === 1 ? "ALL" : "NATIONAL");
};

const previews: Way = async ({ client }, patients) => {
  const preview = `query($input:PreviewMappingInput!){previewMapping(input:$input){issues{message expression}
    records{expression values{field value} issues{message expression} mappingReport{sourceField field reason}}
    mappingReport{sourceField field reason} mappingSummary{lines{sourceField field reason}}}}`;
  const inputs = [
    { format: "RECORDS", content: patients.map((patient) => toRecord(patient)) },
    { format: "FHIR", content: bundleOf(patients) },
    { format: "HL7V2", content: patients.map((patient) => toHl7(patient)) },
  ];
  for (const input of inputs) await client.ask(preview, { input }, { place: "previewMapping" });
};

const lookUps: Way = async ({ client }, patients) => {
  const find = "query($n:String,$h:String){patientRecord(nhsNumber:$n,hospitalNumber:$h){id}}";
  for (const { nhsNumber, hospitalNumber, sourceRecordId } of patients) {
    await client.ask(find, { n: nhsNumber }, { place: "patientRecord", as: "team" });
    await client.ask(find, { h: hospitalNumber }, { place: "patientRecord" });
    await client.ask(
      "query($n:String){accessLog(nhsNumber:$n){nodes{id type}}}",
      { n: nhsNumber },
      { place: "accessLog", as: "guardian" },
    );
    await client.ask("query($i:ID!){recordStatus(sourceRecordId:$i){index}}", { i: sourceRecordId }, { place: "recordStatus" });
  }
};

/** Each two of them become one, and two again. */
const merges: Way = async (party, patients) => {
  const { client } = party;
  await submitRecords(
    party,
    patients.map((patient) => toRecord(patient)),
  );
  const find = "query($n:String!){patientRecord(nhsNumber:$n){id}}";
  const ids = await Promise.all(
    patients.map(async ({ nhsNumber: n }) => idIn(await client.ask(find, { n }, { place: "patientRecord", as: "team" }))),
  );
  for (const [position, loser] of ids.entries()) {
    const winner = ids[position + 1];
    if (position % 2 === 1 || winner === undefined) continue;
    const input = { programmeCode: "CR-VALLEY", winner, loser, reason: patients[position]?.words };
    for (const act of ["mergePatients", "unmergePatients"])
      await client.ask(
        `mutation($input:MergePatientsInput!){${act}(input:$input){id status}}`,
        { input },
        { place: act, as: "team" },
      );
  }
};

/** Every way in which what is sent is accepted. */
export const WAYS: Readonly<Record<string, Way>> = {
  records,
  "dry run": dryRun,
  fhir,
  hl7v2,
  lines,
  csv,
  mllp,
  withdrawals,
  objections,
  previews,
  lookUps,
  merges,
};
