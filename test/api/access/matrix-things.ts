/** What two organisations have, by one name for each kind of thing, and the same names with nothing behind them. All data are made up. */
import { randomUUID } from "node:crypto";
import { exportJWK } from "jose";
import { expect } from "vitest";
import type { DemoIdentity, TestGateway } from "../../support/gateway.ts";
import { event, type Input, journey, named, recordOf } from "../../support/journey-records.ts";
import { eventually } from "../../support/webhook-receiver.ts";
import { upload } from "../files/file-client.ts";
import { makeKeys } from "./registered-client.ts";

/** Ids and names of one owner's things. */
export type Things = Readonly<Record<ThingName, string>>;
const THING_NAMES = [
  "patient",
  "otherPatient",
  "event",
  "otherEvent",
  "nhsNumber",
  "hospitalNumber",
  "sourceRecordId",
  "submission",
  "programme",
  "upload",
  "webhook",
  "delivery",
  "profile",
  "siteCode",
  "fhirSource",
  "link",
  "doomed",
  "client",
  "registration",
  "objection",
] as const;
type ThingName = (typeof THING_NAMES)[number];

interface Owner {
  readonly submitter: DemoIdentity;
  readonly team: DemoIdentity;
  readonly programme: string;
  /** Of the persons it treats; no person of one organisation is one of the other. */
  readonly seed: number;
}
const VALLEY: Owner = { submitter: "submitter", team: "team", programme: "CR-VALLEY", seed: 71_000 };
const COAST: Owner = { submitter: "submitter2", team: "team2", programme: "CR-COAST", seed: 72_000 };

export const makeValley = (gateway: TestGateway): Promise<Things> => makeThings(gateway, VALLEY);
export const makeCoast = (gateway: TestGateway): Promise<Things> => makeThings(gateway, COAST);

/** Well-formed, and nobody's. */
export function nothing(): Things {
  const names = Object.fromEntries(THING_NAMES.map((name) => [name, randomUUID()]));
  return {
    ...namesOf({ ...COAST, seed: 73_000, programme: "CR-NOWHERE" }),
    patient: names.patient ?? "",
    otherPatient: names.otherPatient ?? "",
    event: names.event ?? "",
    otherEvent: names.otherEvent ?? "",
    submission: names.submission ?? "",
    upload: names.upload ?? "",
    webhook: names.webhook ?? "",
    delivery: names.delivery ?? "",
    siteCode: names.siteCode ?? "",
    fhirSource: names.fhirSource ?? "",
    link: names.link ?? "",
    doomed: names.doomed ?? "",
    client: names.client ?? "",
    registration: names.registration ?? "",
    objection: names.objection ?? "",
  };
}

/** What an owner calls things by. */
const namesOf = ({ seed, programme }: Owner) => ({
  nhsNumber: String(named(seed).nhsNumber),
  hospitalNumber: `H-${seed}`,
  sourceRecordId: `rec-${seed}`,
  profile: `profile-${seed}`,
  programme,
});

/** @throws Error where anything of it is refused */
async function makeThings(gateway: TestGateway, owner: Owner): Promise<Things> {
  const { submitter, team, programme, seed } = owner;
  const ask = async <Data>(as: DemoIdentity, query: string, variables: Input = {}): Promise<Data> => {
    const { data, errors, text } = await gateway.gql<Data>(as, query, variables);
    if (data === null || errors.length > 0) throw new Error(`${as}: ${query.slice(0, 60)}: ${text.slice(0, 300)}`);
    return data;
  };
  const make = async (field: string, input: Input, as: DemoIdentity, selection = "{ id }"): Promise<Answer> => {
    const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
    const data = await ask<Record<string, Answer>>(as, `mutation ($i: ${type}!) { ${field}(input: $i) ${selection} }`, {
      i: input,
    });
    return data[field] ?? {};
  };
  const sourceSystem = { vendor: "Demo Vendor", product: "Demo Rehab", version: "1" };
  const system = { vendor: sourceSystem.vendor, product: sourceSystem.product };

  const { webhook } = await make("registerWebhook", { url: `https://127.0.0.1:8443/${seed}` }, submitter, "{ webhook { id } }");
  const twoEvents = { initiatingEvents: [event(), event({ eventType: "UNSTABLE_ANGINA", eventDate: "2024-06-20" })] };
  const submission = await make(
    "submitRecords",
    {
      options: { idempotencyKey: randomUUID(), programmeCode: programme, sourceSystem },
      records: [journey(seed), recordOf(seed + 1, twoEvents)],
    },
    submitter,
    "{ id outcome }",
  );
  expect(submission.outcome).toMatch(/^ACCEPTED/);
  // Of a submission that nobody takes back.
  await make(
    "submitRecords",
    {
      options: { idempotencyKey: randomUUID(), programmeCode: programme, sourceSystem },
      records: [recordOf(seed + 2), recordOf(seed + 3)],
    },
    submitter,
  );
  const patientOf = async (person: number) =>
    (
      await ask<{ patientRecord: { id: string; initiatingEvents: { id: string }[] } }>(
        team,
        "query ($n: String!) { patientRecord(nhsNumber: $n) { id initiatingEvents { id } } }",
        { n: named(person).nhsNumber },
      )
    ).patientRecord;
  const [patient, other] = [await patientOf(seed), await patientOf(seed + 1)];
  const [event1, event2] = other.initiatingEvents;
  const site = { ...system, system: "https://hospital.test/codes", code: `C${seed}` };
  const target = { recordType: "INITIATING_EVENT", item: "eventType", key: "MI STEMI" };
  const profile = { name: namesOf(owner).profile, ...system, format: "HL7V2", senderProfile: "pims-wales", automatic: false };
  const source = {
    name: `source ${seed}`,
    baseUrl: `https://127.0.0.1:8443/fhir-${seed}`,
    programmeCode: programme,
    sourceSystem,
  };
  const linked = { kind: "EPISODE", a: event1?.id, b: event2?.id, reason: "One episode" };
  const link = await make("linkRecords", linked, team);
  await make("saveProfile", profile, submitter, "{ name }");
  const deliveries = () =>
    ask<{ webhookDeliveries: { nodes: { id: string }[] } }>(
      submitter,
      "query ($id: ID!) { webhookDeliveries(webhookId: $id) { nodes { id } } }",
      { id: webhook?.id },
    );
  await eventually(async () => (await deliveries()).webhookDeliveries.nodes.length > 0, "a delivery");
  const { publicKey } = await makeKeys("ES384");
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: `kid-${seed}`, alg: "ES384" }] };
  const system1 = { name: `System ${seed}`, ...system, jwks, endsOn: "2027-06-30", evidence: `Contract ${seed}` };
  const client = await make("registerClient", system1, team, "{ id registrationId }");
  const objection = await make("recordObjection", { patientRecordId: (await patientOf(seed + 2)).id }, team);
  return {
    ...namesOf(owner),
    doomed: (await patientOf(seed + 3)).id,
    client: client.id ?? "",
    registration: client.registrationId ?? "",
    objection: objection.id ?? "",
    patient: patient.id,
    otherPatient: other.id,
    event: event1?.id ?? "",
    otherEvent: event2?.id ?? "",
    submission: submission.id ?? "",
    upload: await upload(gateway, "\n", { as: submitter, fileName: "records.ndjson" }),
    webhook: webhook?.id ?? "",
    delivery: (await deliveries()).webhookDeliveries.nodes[0]?.id ?? "",
    siteCode: (await make("proposeSiteCode", { ...site, target }, submitter)).id ?? "",
    fhirSource: (await make("registerFhirSource", source, team)).id ?? "",
    link: link.id ?? "",
  };
}

interface Answer {
  readonly id?: string;
  readonly outcome?: string;
  readonly registrationId?: string;
  readonly webhook?: { readonly id: string };
}
