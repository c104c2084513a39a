/** Everybody who has no business with a patient's identity reads everything that they may. */

import type { DemoIdentity } from "../../support/gateway.ts";
import { startReceiver } from "../../support/webhook-receiver.ts";
import { type CanaryClient, EVERYTHING } from "./canary-client.ts";

const SUBMISSIONS = "{submissions(first:100){nodes{id status outcome channel issueGroups{code message suggestion}}}}";
const RECORDS = `{patientRecords(first:100){nodes{id patient{nhsNumber hospitalNumber surname forename address postcode telephone dateOfBirth}
  initiatingEvents{id eventType}}}}`;
const REGISTRATIONS = "{registrations(first:100){nodes{id name evidence state decisionReason}}}";
const CERTIFICATES = "{destructionCertificates(first:100){nodes{id file authorisedBy}}}";

/** Of the same organisation without clinical business, of another organisation, of none. */
const READINGS: readonly (readonly [DemoIdentity, readonly string[]])[] = [
  ["vendor", [SUBMISSIONS, "{profiles{name}}"]],
  [
    "submitter2",
    [SUBMISSIONS, "{patientRecords(first:100){nodes{id patient{gender} initiatingEvents{id eventType}}}}", "{webhooks{id url}}"],
  ],
  [
    "team2",
    [
      SUBMISSIONS,
      RECORDS,
      "{mllpMessages(first:100){nodes{id reason}}}",
      "{proposedLinks(first:100){nodes{id}}}",
      "{objections(first:100){nodes{id reason}}}",
      "{optOutRequests(first:100){nodes{id reference}}}",
    ],
  ],
  [
    "guardian",
    [
      REGISTRATIONS,
      "{identityConflicts(first:100){nodes{patientRecordId since}}}",
      '{programmeAccessLog(programmeCode:"CR-VALLEY",since:"2020-01-01T00:00:00Z",first:100){nodes{id type agentId recordId correlationId}}}',
      "{optOutRequests(first:100){nodes{id reference state asked}}}",
      "{clients(first:100){nodes{id}}}",
    ],
  ],
  ["analyst", ["{dataset{version}}", "{viewer{role organisations{odsCode}}}"]],
  ["admin", [REGISTRATIONS, "{nationalFeed{rows due withheld}}", CERTIFICATES, "{section251References{reference}}"]],
  ["newcomer", ["{viewer{role}}"]],
];

/** @throws Error where a question is refused: then its answer shows nothing */
export async function readAsOthers(client: CanaryClient): Promise<void> {
  const refused: string[] = [];
  for (const [as, queries] of READINGS)
    for (const query of queries) {
      const { data } = await client.ask(query, {}, { place: query.slice(0, 25), as });
      if (Object.keys(data).length === 0) refused.push(`${as}: ${query}`);
    }
  if (refused.length > 0) throw new Error(`refused: ${refused.join("\n")}`);
}

/** The clinical team sees its own patients: the answer that shows that they are there to be found. */
export async function readAsTeam(client: CanaryClient): Promise<void> {
  await client.ask(RECORDS, {}, { place: "the clinical team's patients", as: "team", allows: EVERYTHING });
  const objections = "{objections(first:100){nodes{id reason scope}}}";
  await client.ask(objections, {}, { place: "the clinical team's objections", as: "team", allows: ["words"] });
}

interface Listening {
  /** Hands what was posted so far to the client, as if it had been told it. */
  report(): void;
  close(): Promise<void>;
}

/** Takes the posts of every programme of the organisation. */
export async function listenToWebhooks(client: CanaryClient): Promise<Listening> {
  const receiver = await startReceiver();
  const register = "mutation($input:RegisterWebhookInput!){registerWebhook(input:$input){webhook{id}}}";
  await client.ask(register, { input: { url: receiver.url } }, { place: "registerWebhook" });
  return {
    report: () => {
      for (const { headers, body } of receiver.received)
        client.tell({ place: "webhook", text: JSON.stringify(headers) + body, allows: [] });
    },
    close: receiver.close,
  };
}
