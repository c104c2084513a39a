/** FHIR EpisodeOfCare and CarePlan, as far as they tell of cardiac rehabilitation. */
import { CARDIAC_CARE_PLAN_CODE } from "../concept-maps/fhir-systems.ts";
import { readFirstDate } from "../support/fhir-date.ts";
import { readAllCodings, readCodings, readElement, readElements } from "../support/fhir-reader.ts";
import { isRehabilitationService, toCodeKey } from "./encounter-mapping.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { PatientFile } from "./patient-file.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

const EPISODE_BEGAN = new Set(["active", "onhold", "finished"]);
const PLAN_IN_FORCE = new Set(["active", "on-hold", "completed"]);

export function readEpisodeOfCare(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  if (!isRehabilitationService(use, ["type"])) return;
  const refusal = refuseStatus(use, "status", EPISODE_BEGAN);
  const start = readFirstDate(use.element, ["period.start"]);
  if (refusal !== null || start === null) {
    dropResource(use, run, refusal ?? "NO_DATE", true);
    return;
  }
  file.rehabilitations.push({ kind: "EPISODE", use, start, end: readFirstDate(use.element, ["period.end"]) });
}

/** A plan of cardiac care dates a referral where a profile has nothing better; it is no start of a programme. */
export function readCarePlan(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  if (run.profile.assessmentFrom.kind !== "LATEST" || !isCardiacCare(use)) return;
  const refusal = refuseStatus(use, "status", PLAN_IN_FORCE);
  const start = readFirstDate(use.element, ["period.start"]);
  if (refusal === null && start !== null) file.rehabilitations.push({ kind: "CARE_PLAN", use, start, end: null });
  else dropResource(use, run, refusal ?? "NO_DATE", true);
}

function isCardiacCare(use: ResourceUse): boolean {
  const activities = readElements(use.element, "activity").flatMap((activity) => {
    const detail = readElement(activity, "detail");
    return detail === null ? [] : readCodings(detail, "code");
  });
  return [...readAllCodings(use.element, "category"), ...activities].some(
    (coding) => toCodeKey(coding) === CARDIAC_CARE_PLAN_CODE,
  );
}
