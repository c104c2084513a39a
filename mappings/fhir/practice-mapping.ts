/** `Patient.generalPractitioner` to GP practice code. */
import { ODS_SYSTEMS } from "../concept-maps/fhir-systems.ts";
import { type OpenDraft, setItem } from "../support/fhir-draft.ts";
import { type FhirElement, readElement, readElements, readText, toElement } from "../support/fhir-reader.ts";
import type { ResourceEntry } from "./fhir-input.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";

/** The practice's ODS code stands in the reference itself, in the Organization it names, or behind a PractitionerRole. */
export function mapGpPractice(use: ResourceUse, draft: OpenDraft, run: FhirRun): void {
  for (const reference of readElements(use.element, "generalPractitioner")) {
    const own = readOdsCode(readElements(reference, "identifier"));
    const organisation = own === null ? findOrganisation(reference, use.entry, run) : null;
    const code =
      own ?? (organisation === null ? null : readOdsCode(readElements(toElement(organisation.resource), "identifier")));
    if (code === null) continue;
    setItem(draft, "gpPracticeCode", code, use.ledger.expressionOf(reference.path));
    use.ledger.mapped(reference.path, "PATIENT", "gpPracticeCode");
    if (organisation !== null) run.markUsed(organisation, "PATIENT", "gpPracticeCode");
    return;
  }
}

function findOrganisation(reference: FhirElement, from: ResourceEntry, run: FhirRun): ResourceEntry | null {
  const organisation = run.index.resolveElement(reference, from, "Organization");
  if (organisation !== null) return organisation;
  const role = run.index.resolveElement(reference, from, "PractitionerRole");
  return role === null
    ? null
    : run.index.resolveElement(readElement(toElement(role.resource), "organization"), role, "Organization");
}

const readOdsCode = (identifiers: readonly FhirElement[]): string | null => {
  const identifier = identifiers.find((item) => ODS_SYSTEMS.has(readText(item, "system") ?? ""));
  return identifier === undefined ? null : readText(identifier, "value");
};
