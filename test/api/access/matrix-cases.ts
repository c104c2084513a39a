/**
 * What each operation is called with, of one owner's things. An operation without arguments, or with such that its types make up, needs
 * no entry; one that names something does (the matrix fails without). Several ways to name it are several entries of the list.
 */
import { randomUUID } from "node:crypto";
import type { Values } from "../../support/operation-generator.ts";
import type { Things } from "./matrix-things.ts";

export type Case = (things: Things) => Values;

const NOBODY = "01890000-0000-7000-8000-00000000dead";
const REASON = "Asked by the matrix";
/** Agreements are of no organisation: who may know of which is tested where they are (test/api/agreements). */
const NO_AGREEMENT = "DARS-NIC-99999-ZZZZZ";
const noTerms = {
  title: "Asked by the matrix",
  extractFrequency: "NONE",
  ...Object.fromEntries(
    [
      "parties",
      "locations",
      "people",
      "purposes",
      "measures",
      "dimensions",
      "fields",
      "years",
      "nations",
      "eventGroups",
      "answers",
    ].map((name) => [name, []]),
  ),
};
const byId =
  (name: keyof Things): Case =>
  (things) => ({ id: things[name] });
const sender = { vendor: "Demo Vendor", product: "Demo Rehab", version: "1" };
const options = ({ programme }: Things) => ({ idempotencyKey: randomUUID(), programmeCode: programme, sourceSystem: sender });
/** Of whomever it is submitted for: the programme is the name that counts. */
const newcomer = () => ({
  sourceRecordId: "newcomer",
  patient: { nhsNumber: "9990000018", hospitalNumber: "H-NEW", dateOfBirth: "1950-01-01", gender: "MALE" },
});

export const CASES: Readonly<Record<string, readonly Case[]>> = {
  "Query.history": [({ patient }) => ({ recordId: patient }), ({ event }) => ({ recordId: event })],
  "Query.journey": [({ patient }) => ({ patientRecordId: patient })],
  "Query.recordLinks": [({ otherPatient }) => ({ recordId: otherPatient }), ({ event }) => ({ recordId: event })],
  "Query.mappingTrend": [({ programme }) => ({ filter: { from: "2026-01-01", to: "2026-12-31", programmeCode: programme } })],
  "Query.patientRecord": [
    byId("patient"),
    ({ nhsNumber }) => ({ nhsNumber }),
    ({ hospitalNumber }) => ({ hospitalNumber }),
    ({ patient }) => ({ id: patient, asOf: "2040-01-01T00:00:00.000Z" }),
  ],
  "Query.previewMapping": [() => ({ input: { format: "RECORDS", content: [newcomer()] } })],
  "Query.profile": [({ profile }) => ({ name: profile })],
  "Query.proposeProfile": [({ upload }) => ({ uploadId: upload, format: "IMPORTER_CSV" })],
  "Query.simulateRules": [() => ({ input: { proposal: { datasetVersion: "gw-1.1" } } })],
  "Query.submission": [byId("submission")],
  "Query.submissions": [({ programme }) => ({ filter: { programmeCode: programme } }), () => ({})],
  "Query.recordStatus": [
    ({ sourceRecordId }) => ({ sourceRecordId }),
    ({ sourceRecordId, programme }) => ({ sourceRecordId, programmeCode: programme }),
  ],
  "Query.webhookDeliveries": [({ webhook }) => ({ webhookId: webhook })],
  "Mutation.registerFhirSource": [
    ({ programme }) => ({
      input: { name: randomUUID(), baseUrl: "https://127.0.0.1:8443/r4", programmeCode: programme, sourceSystem: sender },
    }),
  ],
  "Mutation.confirmFhirSource": [byId("fhirSource")],
  "Mutation.removeFhirSource": [byId("fhirSource")],
  "Mutation.pullFromFhirServer": [({ fhirSource }) => ({ sourceId: fhirSource })],
  "Mutation.confirmLink": [({ link }) => ({ id: link, reason: REASON })],
  "Mutation.rejectLink": [({ link }) => ({ id: link, reason: REASON })],
  "Mutation.unlink": [({ link }) => ({ id: link, reason: REASON })],
  "Mutation.linkRecords": [
    ({ event, otherEvent }) => ({ input: { kind: "EPISODE", a: event, b: otherEvent, reason: REASON } }),
    ({ patient, otherPatient }) => ({ input: { kind: "PERSON", a: patient, b: otherPatient, reason: REASON } }),
  ],
  "Mutation.mergePatients": [
    ({ patient, otherPatient }) => ({
      input: { winner: patient, loser: otherPatient, programmeCode: "CR-VALLEY", reason: REASON },
    }),
  ],
  "Mutation.unmergePatients": [
    ({ patient, otherPatient }) => ({
      input: { winner: patient, loser: otherPatient, programmeCode: "CR-VALLEY", reason: REASON },
    }),
  ],
  "Mutation.replayParkedMessages": [() => ({ ids: [NOBODY] })],
  "Mutation.deleteProfile": [({ profile }) => ({ name: profile })],
  "Mutation.approveSiteCode": [byId("siteCode")],
  "Mutation.rejectSiteCode": [byId("siteCode")],
  "Mutation.retireSiteCode": [byId("siteCode")],
  "Mutation.cancelSubmission": [byId("submission")],
  "Mutation.redriveSubmission": [byId("submission")],
  "Mutation.replaySubmission": [byId("submission")],
  "Mutation.withdrawSubmission": [({ submission }) => ({ id: submission, reason: REASON })],
  "Mutation.submitRecords": [(things) => ({ input: { options: options(things), records: [newcomer()] } })],
  "Mutation.submitFhir": [(things) => ({ input: { options: options(things), resources: [] } })],
  "Mutation.submitHl7v2": [(things) => ({ input: { options: options(things), messages: ["MSH|^~\\&|A"] } })],
  "Mutation.submitFile": [
    (things) => ({ input: { options: options(things), uploadId: things.upload } }),
    (things) => ({ input: { options: { ...options(things), programmeCode: "CR-VALLEY" }, uploadId: things.upload } }),
  ],
  "Mutation.registerWebhook": [
    ({ programme }) => ({ input: { url: "https://127.0.0.1:8443/all", programmeCodes: [programme] } }),
  ],
  "Mutation.removeWebhook": [byId("webhook")],
  "Mutation.rotateWebhookSecret": [byId("webhook")],
  "Mutation.retireOldWebhookSecret": [byId("webhook")],
  "Mutation.redeliver": [({ delivery }) => ({ deliveryId: delivery })],
  "Mutation.withdrawRecord": [
    (things) => ({
      input: {
        ...options(things),
        programmeCode: "CR-VALLEY",
        recordType: "INITIATING_EVENT",
        recordId: things.event,
        reason: REASON,
      },
    }),
    (things) => ({ input: { ...options(things), recordType: "PATIENT", sourceRecordId: things.sourceRecordId, reason: REASON } }),
  ],
  "Query.accessLog": [({ doomed }) => ({ patientRecordId: doomed }), ({ hospitalNumber }) => ({ hospitalNumber })],
  "Query.programmeAccessLog": [({ programme }) => ({ programmeCode: programme, since: "2026-01-01T00:00:00.000Z" })],
  "Query.destructionCertificate": [() => ({ id: NOBODY })],
  // Cuts are of no organisation: what becomes of them is tested where they are (test/db/cuts).
  "Query.cutPublication": [() => ({ id: NOBODY })],
  "Mutation.withdrawCut": [() => ({ id: NOBODY, reason: REASON })],
  "Mutation.destroyPatient": [({ doomed }) => ({ patientRecordId: doomed, reason: REASON })],
  "Mutation.rotateClientKey": [({ client }) => ({ clientId: client, remove: "no-such-kid" })],
  "Mutation.grantDelegation": [({ client }) => ({ input: { clientId: client, endsOn: "2027-01-31", evidence: REASON } })],
  "Mutation.endDelegation": [({ client }) => ({ clientId: client, reason: REASON })],
  "Mutation.revokeClient": [({ client }) => ({ clientId: client, reason: REASON })],
  "Mutation.approveRegistration": [byId("registration")],
  "Mutation.declineRegistration": [({ registration }) => ({ id: registration, reason: REASON })],
  "Mutation.endRegistration": [({ registration }) => ({ id: registration, reason: REASON })],
  "Mutation.attestRegistrations": [({ registration }) => ({ ids: [registration] })],
  // Administrators and Guardians are of no organisation's data; who may confirm whom is tested where they are.
  "Mutation.confirmGuardian": [() => ({ id: NOBODY })],
  "Mutation.confirmAdmin": [() => ({ id: NOBODY })],
  "Mutation.confirmAnalyst": [() => ({ id: NOBODY })],
  "Mutation.confirmBreakGlass": [() => ({ id: NOBODY })],
  "Mutation.proposeRemoval": [() => ({ id: NOBODY, reason: REASON })],
  "Mutation.confirmRemoval": [() => ({ id: NOBODY })],
  "Mutation.recordObjection": [({ doomed }) => ({ input: { patientRecordId: doomed } })],
  "Mutation.withdrawObjection": [({ objection }) => ({ id: objection, reason: REASON })],
  "Mutation.importOptOutResult": [({ upload }) => ({ input: { requestId: NOBODY, uploadId: upload } })],
  // A programme's report says when it was made, and an administrator may see any programme's certification: both are tested where they are.
  "Query.certificationPatients": [({ programme }) => ({ programmeCode: programme, auditYear: 2025, standard: "ASSESSMENT_1" })],
  "Query.completeness": [({ programme }) => ({ programmeCode: programme, period: { from: "2020-01-01", to: "2027-12-31" } })],
  "Query.programmeSurveys": [({ programme }) => ({ programmeCode: programme, auditYear: 2025 })],
  "Query.patientProgress": [({ patient }) => ({ recordId: patient })],
  "Mutation.recordProgrammeSurvey": [
    ({ programme }) => ({ programmeCode: programme, auditYear: 2025, staff: [], groupsOffered: ["MI"] }),
  ],
  "Query.agreement": [() => ({ id: NO_AGREEMENT })],
  "Query.agreementFindings": [() => ({ id: NO_AGREEMENT })],
  "Query.auditPack": [() => ({ agreement: NO_AGREEMENT })],
  "Query.cut": [() => ({ id: NOBODY })],
  "Query.publishedTables": [() => ({ cut: NOBODY })],
  "Query.statistics": [() => ({ input: { agreement: NO_AGREEMENT, purpose: "NONE", measure: "STARTED", dimensions: ["SEX"] } })],
  // Extracts are of agreements: who may have which is tested where they are (test/api/extracts).
  "Query.extracts": [() => ({ agreement: NO_AGREEMENT })],
  "Query.extract": [() => ({ id: NOBODY })],
  "Mutation.requestExtract": [
    () => ({
      input: { agreement: NO_AGREEMENT, purpose: "NONE", cut: NOBODY, period: "2024", format: "CSV", location: "NOWHERE" },
    }),
  ],
  "Mutation.requestTables": [
    () => ({
      input: {
        ...{ agreement: NO_AGREEMENT, purpose: "NONE", cut: NOBODY, period: "2024", location: "NOWHERE" },
        tables: [{ measure: "STARTED", dimensions: ["SEX"] }],
      },
    }),
  ],
  "Query.savedQuestions": [() => ({ agreement: NO_AGREEMENT })],
  "Query.savedQuestion": [() => ({ id: NOBODY })],
  "Query.savedStatistics": [() => ({ id: NOBODY, purpose: "NONE" })],
  "Mutation.saveQuestion": [
    () => ({ agreement: NO_AGREEMENT, name: REASON, question: { measure: "STARTED", dimensions: ["SEX"] } }),
  ],
  "Mutation.shareQuestion": [() => ({ id: NOBODY, people: [NOBODY] })],
  "Mutation.draftAgreement": [() => ({ terms: noTerms })],
  "Mutation.updateAgreement": [() => ({ id: NO_AGREEMENT, terms: noTerms })],
  "Mutation.submitAgreement": [() => ({ id: NO_AGREEMENT })],
  "Mutation.approveAgreement": [() => ({ id: NO_AGREEMENT })],
  "Mutation.returnAgreement": [() => ({ id: NO_AGREEMENT, reason: REASON })],
  "Mutation.declineAgreement": [() => ({ id: NO_AGREEMENT, reason: REASON })],
  "Mutation.signAgreement": [() => ({ id: NO_AGREEMENT, party: "NOBODY", digest: "none" })],
  "Mutation.proposeAmendment": [() => ({ id: NO_AGREEMENT, terms: noTerms })],
  "Mutation.terminateAgreement": [() => ({ id: NO_AGREEMENT, reason: REASON })],
  "Mutation.reportBreach": [() => ({ agreement: NO_AGREEMENT, input: { description: REASON } })],
  "Mutation.acknowledgeBreach": [() => ({ agreement: NO_AGREEMENT, breach: NOBODY })],
  "Mutation.recordIcoDecision": [
    () => ({ agreement: NO_AGREEMENT, breach: NOBODY, input: { reportable: false, reasons: REASON } }),
  ],
  "Mutation.recordBreachOutcome": [
    () => ({ agreement: NO_AGREEMENT, breach: NOBODY, input: { outcome: "RESUMED", reasons: REASON } }),
  ],
  "Mutation.certifyDestruction": [
    () => ({
      agreement: NO_AGREEMENT,
      input: { what: REASON, how: REASON, destroyedOn: "2026-01-31", destroyedBy: REASON, verification: REASON },
    }),
  ],
  "Mutation.recordFrameworkContract": [
    () => ({ input: { id: "DSFC-MATRIX", organisation: "Matrix", signedOn: "2026-01-31", endsOn: "2027-01-31" } }),
  ],
  "Subscription.submissionProgress": [byId("submission")],
  "Subscription.programmeEvents": [({ programme }) => ({ programmeCode: programme, since: 0 })],
};
