/** FHIR EpisodeOfCare, CarePlan and Appointment, as far as they tell of cardiac rehabilitation (interop 1.4). */
import { CARDIAC_CARE_PLAN_CODE } from "../concept-maps/fhir-systems.ts";
import { readFirstDate } from "../support/fhir-date.ts";
import {
  type FhirElement,
  type Located,
  readAllCodings,
  readCodings,
  readElement,
  readElements,
  readLocatedText,
  readText,
  toElement,
} from "../support/fhir-reader.ts";
import { toCodeKey } from "./code-key.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { EventReason, PatientFile, Recognition } from "./patient-file.ts";
import { isRehabilitationTeam, recogniseRehabilitation } from "./rehabilitation-service.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

const EPISODE_BEGAN = new Set(["active", "onhold", "finished"]);
const PLAN_IN_FORCE = new Set(["active", "on-hold", "completed"]);
/** A plan that was given up had begun where it states a start. */
const PLAN_BEGAN = new Set([...PLAN_IN_FORCE, "revoked"]);
const PLANNED = new Set(["plan", "order"]);
/** Booked, proposed and missed appointments are no visit. */
const VISITED = new Set(["fulfilled", "arrived", "checked-in"]);
const COMPLETED: Readonly<Record<string, "YES" | "NO">> = { completed: "YES", revoked: "NO" };
const CONDITION_ID = /(?:^|\/)(Condition\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]*)?$/;

export function readEpisodeOfCare(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const recognition = recogniseRehabilitation(use.element, ["type"], run);
  if (recognition === null) return;
  const refusal = refuseStatus(use, "status", EPISODE_BEGAN);
  const start = readActiveStart(use.element) ?? readFirstDate(use.element, ["period.start"]);
  if (refusal !== null || start === null) {
    dropResource(use, run, refusal ?? "NO_DATE", true);
    return;
  }
  const requests = readElements(use.element, "referralRequest");
  const conditions = readElements(use.element, "diagnosis").flatMap((item) => readElement(item, "condition") ?? []);
  file.rehabilitations.push({
    kind: "EPISODE",
    use,
    start,
    end: readFirstDate(use.element, ["period.end"]),
    completed: null,
    recognition,
    about: readReasons(conditions, use.entry, run),
    basedOn: requests.flatMap((request) => run.index.resolveElement(request, use.entry, "ServiceRequest") ?? []),
  });
}

/** The period an episode waited or was planned is no rehabilitation: it begins when its history says `active`. */
function readActiveStart(episode: FhirElement): Located<string> | null {
  const active = readElements(episode, "statusHistory").filter((item) => readText(item, "status") === "active");
  const starts = active.flatMap((item) => readFirstDate(item, ["period.start"]) ?? []);
  return starts.toSorted((one, other) => (one.value < other.value ? -1 : 1))[0] ?? null;
}

/**
 * A plan of cardiac rehabilitation is its programme. A plan of cardiac care at large dates a referral where a profile has nothing better,
 * and is no start of a programme.
 */
export function readCarePlan(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const details = readElements(use.element, "activity").flatMap((activity) => readElement(activity, "detail") ?? []);
  const recognition =
    recogniseRehabilitation(use.element, ["category"], run) ??
    details.map((detail) => recogniseRehabilitation(detail, ["code"], run)).find((found) => found !== null) ??
    null;
  if (recognition !== null && run.profile.assessmentFrom.kind !== "LATEST") readProgramme(use, file, run, recognition);
  if (recognition !== null || run.profile.assessmentFrom.kind !== "LATEST" || !isCardiacCare(use, details)) return;
  const refusal = refuseStatus(use, "status", PLAN_IN_FORCE);
  const start = readFirstDate(use.element, ["period.start"]);
  if (refusal !== null || start === null) dropResource(use, run, refusal ?? "NO_DATE", true);
  else
    file.rehabilitations.push({
      kind: "CARE_PLAN",
      use,
      start,
      end: null,
      completed: null,
      recognition: "CODE",
      about: [],
      basedOn: [],
    });
}

function readProgramme(use: ResourceUse, file: PatientFile, run: FhirRun, recognition: Recognition): void {
  const refusal = refuseStatus(use, "status", PLAN_BEGAN) ?? refuseStatus(use, "intent", PLANNED);
  const start = readFirstDate(use.element, ["period.start"]);
  if (refusal !== null || start === null) {
    dropResource(use, run, refusal ?? "NO_DATE", true);
    return;
  }
  const status = readLocatedText(use.element, "status");
  const completed = status === null || !Object.hasOwn(COMPLETED, status.value) ? undefined : COMPLETED[status.value];
  const requests = readElements(use.element, "basedOn");
  file.rehabilitations.push({
    kind: "PLAN",
    use,
    start,
    end: completed === undefined ? null : readFirstDate(use.element, ["period.end"]),
    completed: status === null || completed === undefined ? null : { value: completed, path: status.path },
    recognition,
    about: readReasons(readElements(use.element, "addresses"), use.entry, run),
    basedOn: requests.flatMap((request) => run.index.resolveElement(request, use.entry, "ServiceRequest") ?? []),
  });
}

const isCardiacCare = (use: ResourceUse, details: readonly FhirElement[]): boolean =>
  [...readAllCodings(use.element, "category"), ...details.flatMap((detail) => readCodings(detail, "code"))].some(
    (coding) => toCodeKey(coding) === CARDIAC_CARE_PLAN_CODE,
  );

/** Whether an Appointment is one with cardiac rehabilitation, by its service or by who takes part. */
export function isRehabilitationAppointment(entry: ResourceEntry, run: FhirRun): boolean {
  return recogniseAppointment(toElement(entry.resource), entry, run) !== null;
}

function recogniseAppointment(appointment: FhirElement, entry: ResourceEntry, run: FhirRun): Recognition | null {
  const actors = readElements(appointment, "participant").flatMap((item) => readElement(item, "actor") ?? []);
  const byTeam = actors.some((actor) => isRehabilitationTeam(actor, entry, run)) ? "CODE" : null;
  return recogniseRehabilitation(appointment, ["serviceType", "serviceCategory"], run) ?? byTeam;
}

/** A visit that took place is a contact of its day, as an Encounter is; any other appointment says nothing of a rehabilitation. */
export function readAppointment(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const refusal = refuseStatus(use, "status", VISITED);
  const start = readFirstDate(use.element, ["start"]);
  if (refusal !== null || start === null) {
    dropResource(use, run, refusal ?? "NO_DATE", true);
    return;
  }
  const requests = readElements(use.element, "basedOn");
  file.rehabilitations.push({
    kind: "ENCOUNTER",
    use,
    start,
    end: null,
    completed: null,
    recognition: recogniseAppointment(use.element, use.entry, run) ?? "NAME",
    about: readReasons(readElements(use.element, "reasonReference"), use.entry, run),
    basedOn: requests.flatMap((request) => run.index.resolveElement(request, use.entry, "ServiceRequest") ?? []),
  });
}

/** The diagnoses a rehabilitation or referral says it is for: of the input, or by the id of one sent before. */
export function readReasons(references: readonly FhirElement[], from: ResourceEntry, run: FhirRun): readonly EventReason[] {
  return references.flatMap((reference): readonly EventReason[] => {
    const entry =
      run.index.resolveElement(reference, from, "Condition") ?? run.index.resolveElement(reference, from, "Procedure");
    if (entry !== null) return [{ entry, id: null, path: reference.path }];
    const id = CONDITION_ID.exec(readText(reference, "reference") ?? "")?.[1];
    return id === undefined || run.index.knows(id) ? [] : [{ entry: null, id, path: reference.path }];
  });
}
