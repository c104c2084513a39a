/** FHIR Condition: a diagnosis that may be an initiating event, a previous event or a comorbidity (interop 1.4, 1.7). */
import { readAllCodings, readCodings } from "../support/fhir-reader.ts";
import { chooseCode, findNamedEncounter, readFactDate } from "./coded-fact.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { PatientFile } from "./patient-file.ts";
import { dropResource, refuseCodedStatus } from "./resource-status.ts";

/** `differential`: one of several possible diagnoses is none yet. */
const NOT_TRUE = new Set(["refuted", "entered-in-error", "differential"]);
const NO_LONGER = new Set(["inactive", "resolved", "remission"]);
const LISTS = new Set(["problem-list-item", "health-concern"]);
/** Roles that a past illness does not have. */
const PRESENT_ONLY = "COMORBIDITY";

export function readCondition(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const chosen = chooseCode(use, run);
  if (chosen === null) {
    use.setAside("UNMAPPED", "CODE_SYSTEM_NOT_COVERED");
    return;
  }
  const { targets } = chosen;
  const encounter = findNamedEncounter(use, run);
  const isOnlyPresent = targets.length > 0 && targets.every((target) => target.role === PRESENT_ONLY);
  const refusal = refuseCodedStatus(use, "verificationStatus", NOT_TRUE) ?? (isOnlyPresent ? refusePast(use) : null);
  if (refusal !== null) {
    dropResource(use, run, refusal, targets.length > 0);
    return;
  }
  const onset = readFactDate(use, ["onsetDateTime", "onsetPeriod.start"], ["recordedDate"]);
  file.facts.push({ kind: "DIAGNOSIS", use, coding: chosen, ...onset, listed: isProblemListItem(use), encounter });
}

/** An illness that is over, by its status, or by an end that is stated without one. */
function refusePast(use: ResourceUse): string | null {
  const hasEnd = Object.keys(use.element.value).some((name) => name.startsWith("abatement"));
  const isOver = hasEnd && readCodings(use.element, "clinicalStatus").length === 0;
  return refuseCodedStatus(use, "clinicalStatus", NO_LONGER) ?? (isOver ? "ABATED" : null);
}

/** A problem list tells what a patient has had; what brought the patient in is the diagnosis of an encounter. */
function isProblemListItem(use: ResourceUse): boolean {
  const categories = readAllCodings(use.element, "category").map((coding) => coding.code);
  return categories.some((code) => LISTS.has(code)) && !categories.includes("encounter-diagnosis");
}
