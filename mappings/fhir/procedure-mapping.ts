/** FHIR Procedure: a treatment, a previous event, or evidence of rehabilitation. */
import { chooseCode, findNamedEncounter, readFactDate } from "./coded-fact.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { PatientFile } from "./patient-file.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

const DONE = new Set(["completed"]);

export function readProcedure(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const chosen = chooseCode(use, run);
  if (chosen === null) {
    use.setAside("UNMAPPED", "CODE_SYSTEM_NOT_COVERED");
    return;
  }
  const refusal = refuseStatus(use, "status", DONE);
  if (refusal !== null) {
    dropResource(use, run, refusal, chosen.targets.length > 0);
    return;
  }
  const encounter = findNamedEncounter(use, run);
  const performed = readFactDate(use, ["performedDateTime", "performedPeriod.start"], []);
  file.facts.push({ kind: "PROCEDURE", use, coding: chosen, ...performed, listed: false, encounter });
}
