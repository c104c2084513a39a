/** FHIR Condition: a diagnosis that may be an initiating event, a previous event or a comorbidity (interop 1.4, 1.7). */
import { readFirstDate } from "../support/fhir-date.ts";
import { readAllCodings } from "../support/fhir-reader.ts";
import { chooseCode, findNamedEncounter } from "./coded-fact.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { PatientFile } from "./patient-file.ts";
import { dropResource, refuseCodedStatus } from "./resource-status.ts";

/** `differential`: one of several possible diagnoses is none yet. */
const NOT_TRUE = new Set(["refuted", "entered-in-error", "differential"]);
const NO_LONGER = new Set(["inactive", "resolved", "remission"]);
/** Roles that a past illness does not have. */
const PRESENT_ONLY = "COMORBIDITY";

export function readCondition(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const chosen = chooseCode(use);
  if (chosen === null) {
    use.setAside("UNMAPPED", "CODE_SYSTEM_NOT_COVERED");
    return;
  }
  const { targets } = chosen;
  const encounter = findNamedEncounter(use, run);
  const isOnlyPresent = targets.length > 0 && targets.every((target) => target.role === PRESENT_ONLY);
  const refusal =
    refuseCodedStatus(use, "verificationStatus", NOT_TRUE) ??
    (isOnlyPresent ? refuseCodedStatus(use, "clinicalStatus", NO_LONGER) : null) ??
    (encounter === null && isProblemListItem(use) && targets.some((target) => target.role === "INDEX")
      ? "PROBLEM_LIST_ITEM"
      : null);
  if (refusal !== null) {
    dropResource(use, run, refusal, targets.length > 0);
    return;
  }
  const date = readFirstDate(use.element, ["onsetDateTime", "onsetPeriod.start", "recordedDate"]);
  file.facts.push({ kind: "DIAGNOSIS", use, coding: chosen, date, encounter });
}

/** A problem list tells what a patient has had; what brought the patient in is the diagnosis of an encounter. */
function isProblemListItem(use: ResourceUse): boolean {
  const categories = readAllCodings(use.element, "category").map((coding) => coding.code);
  return categories.includes("problem-list-item") && !categories.includes("encounter-diagnosis");
}
