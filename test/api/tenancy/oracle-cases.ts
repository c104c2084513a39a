/**
 * Ways to name a thing by its id, number, code or name, beside those of the matrix (`test/api/access/matrix-cases.ts`): each is asked for
 * another organisation's thing and for nobody's. Where an act takes several things, the others are the asker's own.
 */
import { randomUUID } from "node:crypto";
import { recordOf } from "../../support/journey-records.ts";
import type { Values } from "../../support/operation-generator.ts";
import type { Things } from "../access/matrix-things.ts";

export type OracleCase = (things: Things, own: Things) => Values;

const queryOf = (name: string): string => `Query.${name}`;
const mutationOf = (name: string): string => `Mutation.${name}`;
const REASON = "Asked by the oracle";
const MESSAGE = "MSH|^~\\&|A";
const sender = { vendor: "Demo Vendor", product: "Demo Rehab", version: "1" };

/** What the names of an owner's things end with: `rec-72000`. */
export const numberOf = ({ sourceRecordId }: Things): string => sourceRecordId.slice("rec-".length);
/** Of rows that no operation makes here: put into the database by `plantRows`. */
export const plantedId = (things: Things): string => `01890000-0000-7000-8000-0000000${numberOf(things)}`;

const options = (own: Things, more: Values = {}) => ({
  idempotencyKey: randomUUID(),
  programmeCode: own.programme,
  sourceSystem: sender,
  ...more,
});
/** An input of the asker's own under a key that another organisation has used. */
const underKey = (things: Things, own: Things) => options(own, { idempotencyKey: `key-${numberOf(things)}` });

/** Nothing of these comes to be: reads, and acts that are refused. */
export const MORE: Readonly<Record<string, readonly OracleCase[]>> = {
  "Query.accessLog": [({ nhsNumber }) => ({ nhsNumber })],
  "Query.destructionCertificate": [(things) => ({ id: plantedId(things) })],
  "Query.mllpMessages": [
    ({ programme }) => ({ filter: { programmeCode: programme } }),
    (things) => ({ filter: { listener: `listener-${numberOf(things)}` } }),
  ],
  "Query.previewMapping": [({ profile }) => ({ input: { format: "HL7V2", content: [MESSAGE], profile, sourceSystem: sender } })],
  "Mutation.replayParkedMessages": [(things) => ({ ids: [plantedId(things)] })],
  "Mutation.importOptOutResult": [(things, own) => ({ input: { requestId: plantedId(things), uploadId: own.upload } })],
  "Mutation.linkRecords": [
    ({ otherEvent }, { event }) => ({ input: { kind: "EPISODE", a: event, b: otherEvent, reason: REASON } }),
    ({ event }, { otherEvent }) => ({ input: { kind: "EPISODE", a: event, b: otherEvent, reason: REASON } }),
  ],
  "Mutation.mergePatients": ownAndForeign(),
  "Mutation.unmergePatients": ownAndForeign(),
  "Mutation.withdrawRecord": [
    (things, own) => ({ input: { ...underKey(things, own), recordType: "PATIENT", recordId: things.patient, reason: REASON } }),
    ({ programme }, own) => ({
      input: { ...options(own, { programmeCode: programme }), recordType: "PATIENT", recordId: own.patient, reason: REASON },
    }),
    ({ sourceRecordId }, own) => ({ input: { ...options(own), recordType: "PATIENT", sourceRecordId, reason: REASON } }),
  ],
  "Mutation.grantDelegation": [
    ({ programme }, { client }) => ({
      input: { clientId: client, programmes: [programme], endsOn: "2027-01-31", evidence: REASON },
    }),
  ],
  "Mutation.rotateClientKey": [(things, { client }) => ({ clientId: client, remove: `kid-${numberOf(things)}` })],
  "Mutation.approveRegistration": [({ registration, programme }) => ({ id: registration, programmes: [programme] })],
  "Mutation.requestRegistration": [
    ({ programme }) => ({
      input: { odsCode: "ZDM01", role: "CLINICAL_TEAM", programmes: [programme], name: "A Newcomer", evidence: REASON },
    }),
  ],
  "Mutation.registerClient": [
    ({ programme }) => ({
      input: {
        name: "A",
        vendor: "Other",
        product: "Other",
        programmes: [programme],
        jwksUrl: "https://127.0.0.1:8443/k",
        endsOn: "2027-06-30",
        evidence: REASON,
      },
    }),
  ],
  "Mutation.submitFhir": [
    ({ profile }, own) => ({ input: { options: options(own), resources: [{ resourceType: "Patient" }], profile } }),
  ],
  "Mutation.submitHl7v2": [({ profile }, own) => ({ input: { options: options(own), messages: [MESSAGE], profile } })],
  "Mutation.submitFile": [
    ({ profile }, own) => ({ input: { options: options(own), uploadId: own.upload, profile } }),
    (things, own) => ({ input: { options: underKey(things, own), uploadId: randomUUID() } }),
  ],
};

function ownAndForeign(): OracleCase[] {
  return [
    ({ programme }, own) => ({
      input: { winner: own.patient, loser: own.otherPatient, programmeCode: programme, reason: REASON },
    }),
    ({ otherPatient }, own) => ({
      input: { winner: own.patient, loser: otherPatient, programmeCode: own.programme, reason: REASON },
    }),
    ({ patient }, own) => ({
      input: { winner: patient, loser: own.otherPatient, programmeCode: own.programme, reason: REASON },
    }),
  ];
}

/** Something comes to be, called what another organisation's thing is called, or of a person it treats. Answers hold new ids. */
export const CREATING: Readonly<Record<string, readonly OracleCase[]>> = {
  "Mutation.submitRecords": [
    // A dry run of the person; a commit of somebody else under the key.
    (things, own) => ({
      input: { options: options(own, { mode: "VALIDATE_ONLY" }), records: [recordOf(Number(numberOf(things)))] },
    }),
    (things, own) => ({ input: { options: underKey(things, own), records: [recordOf(Number(numberOf(things)) + 900)] } }),
  ],
  "Mutation.recordObjection": [
    ({ nhsNumber }) => ({ input: { nhsNumber } }),
    ({ hospitalNumber }) => ({ input: { hospitalNumber } }),
  ],
  "Mutation.submitFhir": [(things, own) => ({ input: { options: underKey(things, own), resources: [] } })],
  "Mutation.submitHl7v2": [(things, own) => ({ input: { options: underKey(things, own), messages: [] } })],
  "Mutation.registerFhirSource": [
    (things, { programme }) => ({
      input: {
        name: `source ${numberOf(things)}`,
        baseUrl: `https://127.0.0.1:8443/fhir-${numberOf(things)}`,
        programmeCode: programme,
        sourceSystem: sender,
        profile: things.profile,
      },
    }),
  ],
  "Mutation.saveProfile": [
    ({ profile }) => ({
      input: { name: profile, vendor: "Other", product: "Other", format: "HL7V2", senderProfile: "pims-wales", automatic: false },
    }),
  ],
  "Mutation.proposeSiteCode": [
    (things) => ({
      input: {
        vendor: sender.vendor,
        product: sender.product,
        system: "https://hospital.test/codes",
        code: `C${numberOf(things)}`,
        target: { recordType: "INITIATING_EVENT", item: "eventType", key: "MI STEMI" },
      },
    }),
  ],
  "Mutation.registerWebhook": [(things) => ({ input: { url: `https://127.0.0.1:8443/${numberOf(things)}` } })],
};

/** What tells somebody's things from others', by the argument's own name; every other argument is a description or a position. */
export const NAMING: ReadonlySet<string> = new Set([
  ...["id", "ids", "a", "b", "winner", "loser", "name", "remove", "profile", "records", "listener", "url", "code"],
  ...["patientRecordId", "recordId", "uploadId", "webhookId", "deliveryId", "sourceId", "clientId", "requestId"],
  ...["nhsNumber", "hospitalNumber", "sourceRecordId", "idempotencyKey"],
  ...["programmeCode", "programmeCodes", "programmes", "odsCode"],
]);
export const DESCRIBING: ReadonlySet<string> = new Set([
  ...["after", "field", "version", "datasetVersion", "reason", "evidence", "comment", "statedOn", "validFrom", "validTo"],
  ...["vendor", "product", "senderProfile", "system", "item", "key", "table", "types", "cohort", "scope", "scopes"],
  ...["content", "proposal", "columnProfile", "columns", "resources", "messages", "jwks", "add"],
  ...["jwksUrl", "certificateNames", "certificateThumbprints", "baseUrl", "tokenUrl", "fileOrigins", "groupId"],
  ...["reference", "subject", "issuer", "controlId", "profession", "source"],
]);
/** Agreements, cuts and what is asked under them are of no organisation: who may know of which is tested where they are. */
export const OF_AGREEMENTS: ReadonlySet<string> = new Set([
  ...["agreement", "agreementFindings", "auditPack", "extract", "extracts", "savedQuestion", "savedQuestions"].map(queryOf),
  ...["cut", "cutPublication", "publishedTables", "statistics", "savedStatistics"].map(queryOf),
  ...["draftAgreement", "updateAgreement", "submitAgreement", "approveAgreement", "returnAgreement"].map(mutationOf),
  ...["declineAgreement", "signAgreement", "terminateAgreement", "proposeAmendment", "certifyDestruction"].map(mutationOf),
  ...["reportBreach", "acknowledgeBreach", "recordIcoDecision", "recordBreachOutcome"].map(mutationOf),
  ...["recordFrameworkContract", "requestExtract", "requestTables", "saveQuestion", "shareQuestion"].map(mutationOf),
  ...["withdrawCut", "confirmAnalyst"].map(mutationOf),
]);

const PUBLIC = "organisations and their programmes are on a public register";
const POSITIONS = "every programme's position is for everybody; what outsiders are not shown is tested in test/api/reporting";
const NATIONAL = "of the audit administrators, who act for no organisation";
const OWN_NAME = "what somebody calls a thing of their own, unknown to all others";
/** Paths that name nothing of an organisation, and why. */
export const OF_NO_ORGANISATION: Readonly<Record<string, string>> = {
  "Query.guardians.odsCode": PUBLIC,
  "Query.certification.programmeCode": POSITIONS,
  "Query.programmeReport.programmeCode": POSITIONS,
  "Mutation.recordDenominators.rows.programmeCode": NATIONAL,
  "Mutation.setSubmissionFrequency.programmeCode": NATIONAL,
  "Query.proposeProfile.name": OWN_NAME,
  "Mutation.requestRegistration.input.odsCode": PUBLIC,
  "Mutation.requestRegistration.input.name": OWN_NAME,
  "Mutation.registerClient.input.name": OWN_NAME,
  "Mutation.registerFhirSource.input.auth.clientId": "given by the server that is to be read",
  "Mutation.proposeSiteCode.input.target.code": "a code of a public code system",
  "Mutation.rebuildNationalRows.odsCode": NATIONAL,
  "Mutation.registerOrganisation.input.odsCode": NATIONAL,
  "Mutation.registerOrganisation.input.name": NATIONAL,
  "Mutation.registerOrganisation.input.programmes.code": NATIONAL,
  "Mutation.registerOrganisation.input.programmes.name": NATIONAL,
  "Mutation.proposeGuardian.odsCode": NATIONAL,
  "Mutation.breakGlass.odsCode": NATIONAL,
  "Mutation.confirmGuardian.id": NATIONAL,
  "Mutation.confirmAdmin.id": NATIONAL,
  "Mutation.proposeRemoval.id": NATIONAL,
  "Mutation.confirmRemoval.id": NATIONAL,
  "Mutation.confirmBreakGlass.id": NATIONAL,
};
