/** Makes all records of one person, parents before children, and settles what became of every resource about them. */
import type { DraftRecord } from "../../src/records/draft-record.ts";
import { type OpenDraft, openDraft } from "../support/fhir-draft.ts";
import { addEjectionFraction } from "./assessment-records.ts";
import { makeEventRecords } from "./event-records.ts";
import { type FhirRun, ResourceUse } from "./fhir-run.ts";
import { gatherMeasurements, settleMeasurements } from "./gather-measurements.ts";
import type { FactView, PatientFile, RehabilitationEvidence } from "./patient-file.ts";
import { mapPatient } from "./patient-mapping.ts";
import { makeRehabilitationRecords } from "./rehabilitation-records.ts";
import type { Subject } from "./subject-registry.ts";

export function makePatientRecords(file: PatientFile, run: FhirRun): readonly DraftRecord[] {
  const { subject } = file;
  const patientUse = subject.patient === null ? null : new ResourceUse(subject.patient);
  const patient = patientUse === null ? openPatientReference(subject) : mapPatient(patientUse, run);
  const measurements = gatherMeasurements(file);
  const { drafts, events, rehabilitationContacts } = makeEventRecords(file, patient, run);
  for (const event of events) addEjectionFraction(event, measurements, file, run);
  const contacts = rehabilitationContacts.flatMap(toEvidence);
  const rehabilitations = makeRehabilitationRecords(file, events, patient, contacts, measurements, run);
  explainUnused(file, rehabilitations.length > 0);
  for (const use of [...(patientUse === null ? [] : [patientUse]), ...file.uses]) use.settle(run);
  return [patient, ...drafts, ...rehabilitations];
}

/** A person named by reference or identifier only: attaches to a known patient and never makes one. */
function openPatientReference(subject: Subject): OpenDraft {
  const { sourceRecordId, expression, nhsNumber, hospitalNumber } = subject;
  const draft = openDraft({ recordType: "PATIENT", parent: null, sourceRecordId, expression, reference: true });
  const identifier = `${expression}.identifier.value`;
  for (const [item, number] of Object.entries({ nhsNumber, hospitalNumber })) {
    if (number === null) continue;
    draft.values[item] = number;
    draft.origins[item] = identifier;
  }
  if (subject.isUnresolved) draft.issues.push({ severity: "WARNING", code: "REFERENCE_UNRESOLVED", field: null, expression });
  return draft;
}

/** A rehabilitation coded as a diagnosis or procedure is a contact of its day. */
const toEvidence = ({ use, date }: FactView): readonly RehabilitationEvidence[] =>
  date === null
    ? []
    : [{ kind: "ENCOUNTER", use, start: date, end: null, completed: null, recognition: "CODE", about: [], basedOn: [] }];

/** Values that no record took: older than the chosen one, or of a time that is in no assessment. */
function explainUnused(file: PatientFile, hasRehabilitation: boolean): void {
  const reason = hasRehabilitation ? "NOT_IN_AN_ASSESSMENT" : "OUTSIDE_REHABILITATION";
  settleMeasurements(file, reason);
  for (const { use } of file.drugs) use.setAside("DROPPED", reason);
}
