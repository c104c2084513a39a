/** FHIR Encounter: the stay that diagnoses and procedures belong to, its discharge, and rehabilitation contacts. */
import { DIED_CODES, DISCHARGE_METHOD_URL } from "../concept-maps/fhir-systems.ts";
import { readFirstDate } from "../support/fhir-date.ts";
import {
  type FhirElement,
  type Located,
  readCoding,
  readCodings,
  readElement,
  readElements,
  readExtension,
  readNumber,
  readText,
} from "../support/fhir-reader.ts";
import { toCodeKey } from "./code-key.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { EncounterView, PatientFile, Recognition } from "./patient-file.ts";
import { recogniseRehabilitation } from "./rehabilitation-service.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

/** Diagnoses of before the stay's end: on admission, as the complaint, before and after an operation. */
const EARLIER_ROLES = new Set(["AD", "CC", "pre-op", "post-op"]);
/** v3-ActCode. */
const EMERGENCY = "EMER";
const HAPPENED = new Set(["arrived", "triaged", "in-progress", "onleave", "finished"]);

export function readEncounter(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const refusal = refuseStatus(use, "status", HAPPENED);
  const recognition = recogniseRehabilitation(use.element, ["type", "serviceType"], run);
  const isRehabilitation = recognition !== null;
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
    inpatient: isInpatient(use, run),
    emergency: readClass(use) === EMERGENCY,
    partOf: run.index.resolveElement(readElement(use.element, "partOf"), use.entry, "Encounter"),
    diagnoses: readDiagnoses(use, run),
  };
  addEncounter(encounter, file);
  if (recognition !== null) addVisit(encounter, recognition, end, file, run);
}

/** A visit of more than a day that is over tells of a whole programme. */
function addVisit(
  encounter: EncounterView,
  recognition: Recognition,
  end: Located<string> | null,
  file: PatientFile,
  run: FhirRun,
): void {
  const { use, start } = encounter;
  if (start === null) return;
  const requests = readElements(use.element, "basedOn");
  file.rehabilitations.push({
    kind: "ENCOUNTER",
    use,
    start,
    end: lastsMoreThanADay(encounter) ? end : null,
    completed: null,
    recognition,
    about: [],
    basedOn: requests.flatMap((request) => run.index.resolveElement(request, use.entry, "ServiceRequest") ?? []),
  });
}

function addEncounter(encounter: EncounterView, { encounters }: PatientFile): void {
  encounters.byEntry.set(encounter.use.entry, encounter);
  for (const condition of encounter.diagnoses.keys()) encounters.byDiagnosis.set(condition, encounter);
  if (encounter.discharge !== null && encounter.start !== null) encounters.stays.push(encounter);
}

const lastsMoreThanADay = (encounter: EncounterView): boolean =>
  encounter.closed && encounter.end !== null && encounter.start !== null && encounter.end > encounter.start.value;

function readClass(use: ResourceUse): string | null {
  const element = readElement(use.element, "class");
  return (element === null ? null : readCoding(element)?.code) ?? null;
}

function isInpatient(use: ResourceUse, run: FhirRun): boolean {
  const code = readClass(use);
  return code !== null && run.profile.dischargeClasses.includes(code);
}

function hasDied(use: ResourceUse): boolean {
  const hospitalization = readElement(use.element, "hospitalization");
  const places = hospitalization === null ? [use.element] : [use.element, hospitalization];
  const methods = places.flatMap((place) => readExtension(place, DISCHARGE_METHOD_URL) ?? []);
  const codings = [
    ...methods.flatMap((method) => readCodings(method, "valueCodeableConcept")),
    ...(hospitalization === null ? [] : readCodings(hospitalization, "dischargeDisposition")),
  ];
  return codings.some((coding) => DIED_CODES.has(toCodeKey(coding)));
}

/** A rank of its own for each role (FHIR `diagnosis.use`): where a discharge diagnosis is ranked, the other roles step behind it. */
const BEHIND = 100;

function readDiagnoses(use: ResourceUse, run: FhirRun): ReadonlyMap<ResourceEntry, number | null> {
  const stated = readElements(use.element, "diagnosis").map((diagnosis) => ({
    reference: readElement(diagnosis, "condition"),
    rank: readNumber(diagnosis, "rank"),
    roles: readCodings(diagnosis, "use").map(({ code }) => code),
  }));
  const hasFinal = stated.some(({ rank, roles }) => rank !== null && roles.includes("DD"));
  const isBehind = ({ roles }: { readonly roles: readonly string[] }): boolean =>
    roles.includes("CM") || (hasFinal && !roles.includes("DD") && roles.some((role) => EARLIER_ROLES.has(role)));
  const passed = stated.filter(isBehind).flatMap(({ rank }) => rank ?? []);
  const diagnoses = new Map<ResourceEntry, number | null>();
  for (const item of stated) {
    const entry = findDiagnosis(item.reference, use, run);
    if (entry === null) continue;
    const rank = item.rank === null ? null : isBehind(item) ? item.rank + BEHIND : closeUp(item.rank, passed);
    const known = diagnoses.get(entry) ?? null;
    diagnoses.set(entry, known !== null && (rank === null || known < rank) ? known : rank);
  }
  return diagnoses;
}

/** Where a diagnosis of another role had the first rank, the next one is the primary diagnosis. */
function closeUp(rank: number, passed: readonly number[]): number {
  let free = rank;
  while (free > 1 && passed.includes(free - 1)) free -= 1;
  return free;
}

/** In R4 a diagnosis of a stay is a Condition or a Procedure. */
function findDiagnosis(reference: FhirElement | null, use: ResourceUse, run: FhirRun): ResourceEntry | null {
  const found =
    run.index.resolveElement(reference, use.entry, "Condition") ?? run.index.resolveElement(reference, use.entry, "Procedure");
  if (found === null && reference !== null && isInpatient(use, run)) {
    run.reportUnresolved(use.entry, reference, "DIAGNOSIS_NOT_IN_INPUT");
  }
  return found;
}
