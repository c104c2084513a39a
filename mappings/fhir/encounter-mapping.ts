/** FHIR Encounter: the stay that diagnoses and procedures belong to, its discharge, and rehabilitation contacts. */
import { DIED_CODES, DISCHARGE_METHOD_URL, REHABILITATION_CODES } from "../concept-maps/fhir-systems.ts";
import { readFirstDate } from "../support/fhir-date.ts";
import {
  type Coding,
  readAllCodings,
  readCoding,
  readCodings,
  readElement,
  readElements,
  readExtension,
  readNumber,
  readText,
} from "../support/fhir-reader.ts";
import type { ResourceEntry } from "./fhir-input.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { EncounterView, PatientFile } from "./patient-file.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

const HAPPENED = new Set(["arrived", "triaged", "in-progress", "onleave", "finished"]);

export function readEncounter(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const refusal = refuseStatus(use, "status", HAPPENED);
  const isRehabilitation = isRehabilitationService(use, ["type", "serviceType"]);
  if (refusal !== null) {
    dropResource(use, run, refusal, isRehabilitation);
    return;
  }
  const end = readFirstDate(use.element, ["period.end"]);
  const closed = readText(use.element, "status") === "finished";
  const encounter: EncounterView = {
    use,
    start: readFirstDate(use.element, ["period.start"]),
    end: end?.value ?? null,
    discharge: closed && isInpatient(use, run) ? end : null,
    closed,
    died: hasDied(use),
    isRehabilitation,
    diagnoses: readDiagnoses(use, run),
  };
  addEncounter(encounter, file);
  if (isRehabilitation && encounter.start !== null) {
    file.rehabilitations.push({ kind: "ENCOUNTER", use, start: encounter.start, end: lastsMoreThanADay(encounter) ? end : null });
  }
}

function addEncounter(encounter: EncounterView, { encounters }: PatientFile): void {
  encounters.byEntry.set(encounter.use.entry, encounter);
  for (const condition of encounter.diagnoses.keys()) encounters.byDiagnosis.set(condition, encounter);
  if (encounter.discharge !== null && encounter.start !== null) encounters.stayByStart.set(encounter.start.value, encounter);
}

/** Whether one of the coded fields says cardiac rehabilitation. */
export const isRehabilitationService = (use: ResourceUse, names: readonly string[]): boolean =>
  names.some((name) => readAllCodings(use.element, name).some((coding) => REHABILITATION_CODES.has(toCodeKey(coding))));

export const toCodeKey = (coding: Pick<Coding, "system" | "code">): string => `${coding.system}|${coding.code}`;

const lastsMoreThanADay = (encounter: EncounterView): boolean =>
  encounter.closed && encounter.end !== null && encounter.start !== null && encounter.end > encounter.start.value;

function isInpatient(use: ResourceUse, run: FhirRun): boolean {
  const element = readElement(use.element, "class");
  const code = element === null ? null : readCoding(element)?.code;
  return code !== null && code !== undefined && run.profile.dischargeClasses.includes(code);
}

function hasDied(use: ResourceUse): boolean {
  const method = readExtension(use.element, DISCHARGE_METHOD_URL);
  const hospitalization = readElement(use.element, "hospitalization");
  const codings = [
    ...(method === null ? [] : readCodings(method, "valueCodeableConcept")),
    ...(hospitalization === null ? [] : readCodings(hospitalization, "dischargeDisposition")),
  ];
  return codings.some((coding) => DIED_CODES.has(toCodeKey(coding)));
}

function readDiagnoses(use: ResourceUse, run: FhirRun): ReadonlyMap<ResourceEntry, number | null> {
  const diagnoses = new Map<ResourceEntry, number | null>();
  for (const diagnosis of readElements(use.element, "diagnosis")) {
    const condition = run.index.resolveElement(readElement(diagnosis, "condition"), use.entry, "Condition");
    if (condition !== null) diagnoses.set(condition, readNumber(diagnosis, "rank"));
  }
  return diagnoses;
}
