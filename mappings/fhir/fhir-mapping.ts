/** FHIR R4 to NACR: the door of this folder. */
import type { DraftRecord, MappedSource } from "../../src/records/draft-record.ts";
import type { PlaceOf } from "../support/place-of.ts";
import { readCondition } from "./condition-mapping.ts";
import { readEncounter } from "./encounter-mapping.ts";
import { decodeFhir, type ResourceEntry } from "./fhir-input.ts";
import type { FhirProfile } from "./fhir-profiles.ts";
import { FhirRun, ResourceUse } from "./fhir-run.ts";
import { readMedicationRequest, readMedicationStatement } from "./medication-mapping.ts";
import { readObservation } from "./observation-mapping.ts";
import { openPatientFile, type PatientFile } from "./patient-file.ts";
import { makePatientRecords } from "./patient-records.ts";
import { readProcedure } from "./procedure-mapping.ts";
import { readCarePlan, readEpisodeOfCare } from "./rehabilitation-evidence.ts";
import { ResourceIndex } from "./resource-index.ts";
import { type Subject, SubjectRegistry } from "./subject-registry.ts";

/** How a resource type is read into its patient's file, and where it names the patient. */
interface ResourceReader {
  readonly subject: "subject" | "patient";
  readonly read: (use: ResourceUse, file: PatientFile, run: FhirRun) => void;
}

/** A resource type is added here, with its file. */
const READERS: ReadonlyMap<string, ResourceReader> = new Map([
  ["Encounter", { subject: "subject", read: readEncounter }],
  ["Condition", { subject: "subject", read: readCondition }],
  ["Procedure", { subject: "subject", read: readProcedure }],
  ["Observation", { subject: "subject", read: readObservation }],
  ["MedicationRequest", { subject: "subject", read: readMedicationRequest }],
  ["MedicationStatement", { subject: "subject", read: readMedicationStatement }],
  ["EpisodeOfCare", { subject: "patient", read: readEpisodeOfCare }],
  ["CarePlan", { subject: "subject", read: readCarePlan }],
]);

/**
 * Maps FHIR R4 to draft records: patients in the order the input names them, each with its records, parents before children.
 * Pure, and total: whatever the input holds becomes drafts, issues and report lines; it never throws for data.
 * @param input a resource, a Bundle of any type, a list of either, or text with one FHIR JSON or XML document
 * @param placeOf where an entry of a list stands; absent: `resources[3]`
 */
export function mapFhir(input: unknown, profile: FhirProfile, placeOf?: PlaceOf): MappedSource {
  const { entries, issues, lines } = decodeFhir(input, placeOf);
  const run = new FhirRun(profile, new ResourceIndex(entries));
  const registry = new SubjectRegistry(run);
  for (const entry of entries) {
    if (entry.type === "Patient") registry.addPatient(entry);
  }
  const files = new Map<Subject, PatientFile>();
  const bystanders: ResourceEntry[] = [];
  for (const entry of entries) {
    const reader = READERS.get(entry.type);
    if (reader !== undefined) readResource(entry, reader, registry, files, run);
    else if (entry.type !== "Patient") bystanders.push(entry);
  }
  const drafts = registry.subjects.flatMap((subject): readonly DraftRecord[] =>
    makePatientRecords(files.get(subject) ?? openPatientFile(subject), run),
  );
  for (const entry of bystanders) run.reportBystander(entry);
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
  const subject = registry.resolve(entry, name);
  if (subject === null) return;
  const file = files.get(subject) ?? openPatientFile(subject);
  files.set(subject, file);
  const use = new ResourceUse(entry);
  file.uses.push(use);
  read(use, file, run);
}
