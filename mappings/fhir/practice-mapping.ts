/** `Patient.generalPractitioner` to GP practice code. */
import { type OpenDraft, setItem } from "../support/fhir-draft.ts";
import { readElements } from "../support/fhir-reader.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import { readOrganisationCode } from "./organisation-code.ts";

/** The first reference that leads to an ODS code; a practitioner alone names no practice. */
export function mapGpPractice(use: ResourceUse, draft: OpenDraft, run: FhirRun): void {
  for (const reference of readElements(use.element, "generalPractitioner")) {
    const practice = readOrganisationCode(reference, use.entry, run);
    if (practice === null) continue;
    setItem(draft, "gpPracticeCode", practice.value, use.ledger.expressionOf(practice.path));
    use.ledger.mapped(practice.path, "PATIENT", "gpPracticeCode");
    for (const entry of practice.through) run.markUsed(entry, "PATIENT", "gpPracticeCode");
    return;
  }
}
