/** FHIR R4 to NACR: the door of this folder. */
import type { DraftRecord, MappedSource } from "../../src/records/draft-record.ts";
import { type MappingTables, SHIPPED_TABLES } from "../support/mapping-tables.ts";
import type { PlaceOf } from "../support/place-of.ts";
import { readCondition } from "./condition-mapping.ts";
import { readEncounter } from "./encounter-mapping.ts";
import { decodeFhir } from "./fhir-input.ts";
import type { FhirProfile } from "./fhir-profiles.ts";
import { FhirRun, ResourceUse } from "./fhir-run.ts";
import { readMedicationDispense, readMedicationRequest, readMedicationStatement } from "./medication-mapping.ts";
import { readObservation } from "./observation-mapping.ts";
import { openPatientFile, type PatientFile } from "./patient-file.ts";
import { makePatientRecords } from "./patient-records.ts";
import { readProcedure } from "./procedure-mapping.ts";
import { readQuestionnaireResponse } from "./questionnaire-mapping.ts";
import { isRehabilitationReferral, readServiceRequest } from "./referral-mapping.ts";
import { isRehabilitationAppointment, readAppointment, readCarePlan, readEpisodeOfCare } from "./rehabilitation-evidence.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import { ResourceIndex } from "./resource-index.ts";
import { isWithdrawn, refuseWhole } from "./resource-status.ts";
import { findSuperseded } from "./resource-versions.ts";
import { type Subject, type SubjectField, SubjectRegistry } from "./subject-registry.ts";

/** How a resource type is read into its patient's file, and where it names the patient. */
interface ResourceReader {
  readonly subject: SubjectField;
  /** Absent: all of them. One that is not relevant is nobody's: it names no patient to be looked for. */
  readonly isRelevant?: (entry: ResourceEntry, run: FhirRun) => boolean;
  readonly read: (use: ResourceUse, file: PatientFile, run: FhirRun) => void;
}

/** A resource type is added here, with its file. */
const READERS: ReadonlyMap<string, ResourceReader> = new Map([
  ["Encounter", { subject: "subject", read: readEncounter }],
  ["Condition", { subject: "subject", read: readCondition }],
  ["Procedure", { subject: "subject", read: readProcedure }],
  ["Observation", { subject: "subject", read: readObservation }],
  ["QuestionnaireResponse", { subject: "subject", read: readQuestionnaireResponse }],
  ["MedicationRequest", { subject: "subject", read: readMedicationRequest }],
  ["MedicationDispense", { subject: "subject", read: readMedicationDispense }],
  ["MedicationStatement", { subject: "subject", read: readMedicationStatement }],
  ["EpisodeOfCare", { subject: "patient", read: readEpisodeOfCare }],
  ["ServiceRequest", { subject: "subject", isRelevant: isRehabilitationReferral, read: readServiceRequest }],
  ["Appointment", { subject: "participant", isRelevant: isRehabilitationAppointment, read: readAppointment }],
  ["CarePlan", { subject: "subject", read: readCarePlan }],
]);

/**
 * Maps FHIR R4 to draft records: patients in the order the input names them, each with its records, parents before children.
 * Pure, and total: whatever the input holds becomes drafts, issues and report lines; it never throws for data.
 * @param input a resource, a Bundle of any type, a list of either, or text with one FHIR JSON or XML document
 * @param placeOf where an entry of a list stands; absent: `resources[3]`
 */
export function mapFhir(
  input: unknown,
  profile: FhirProfile,
  placeOf?: PlaceOf,
  tables: MappingTables = SHIPPED_TABLES,
): MappedSource {
  const { entries, issues, lines } = decodeFhir(input, placeOf);
  const superseded = findSuperseded(entries);
  const current = superseded.size === 0 ? entries : entries.filter((entry) => !superseded.has(entry));
  const run = new FhirRun(profile, new ResourceIndex(current), tables);
  const all = current.flatMap((outer) => [outer, ...run.index.containedOf(outer)]);
  run.panels.addAll(all, run.index);
  run.questionnaires.addAll(all);
  for (const [entry, reason] of superseded) run.reportResource(entry, "DROPPED", reason);
  const registry = new SubjectRegistry(run);
  for (const entry of current) {
    if (entry.type !== "Patient") continue;
    if (isWithdrawn(entry)) run.reportDropped(entry, "STATUS_ENTERED_IN_ERROR");
    else registry.addPatient(entry);
  }
  const files = new Map<Subject, PatientFile>();
  const bystanders: ResourceEntry[] = [];
  for (const entry of all) {
    const reader = READERS.get(entry.type);
    const isRead = reader !== undefined && (reader.isRelevant?.(entry, run) ?? true);
    if (isRead) readResource(entry, reader, registry, files, run);
    else if (entry.type !== "Patient" && entry.container === null) bystanders.push(entry);
  }
  const drafts = registry.subjects.flatMap((subject): readonly DraftRecord[] =>
    makePatientRecords(files.get(subject) ?? openPatientFile(subject), run),
  );
  for (const entry of bystanders) run.reportBystander(entry);
  run.reportUsedContained();
  return {
    drafts,
    issues: [...issues, ...run.issues],
    mappingReport: [...lines, ...run.lines],
    mappingVersion: `${profile.name}/${profile.version}`,
  };
}

function readResource(
  entry: ResourceEntry,
  { subject: name, read }: ResourceReader,
  registry: SubjectRegistry,
  files: Map<Subject, PatientFile>,
  run: FhirRun,
): void {
  if (entry.container !== null) run.tell(entry);
  const refusal = refuseWhole(entry);
  if (refusal !== null) {
    run.reportDropped(entry, refusal);
    return;
  }
  const subject = registry.resolve(withSubjectOfContainer(entry, name), name);
  if (subject === null) return;
  const file = files.get(subject) ?? openPatientFile(subject);
  files.set(subject, file);
  const use = new ResourceUse(entry);
  file.uses.push(use);
  read(use, file, run);
}

/** A contained result that names nobody is about whom its report is about. */
function withSubjectOfContainer(entry: ResourceEntry, field: SubjectField): ResourceEntry {
  const outer = entry.container?.resource;
  if (outer === undefined || Object.hasOwn(entry.resource, field) || !Object.hasOwn(outer, field)) return entry;
  return { ...entry, resource: { [field]: outer[field] } };
}
