/**
 * The organisation an input names as the one it comes from: the sender of a message (MessageHeader.sender, as MSH-4 of HL7 v2), else the
 * custodian of the patient's record (Patient.managingOrganization). Whether it is the sender's own is for the use case to judge.
 */
import type { OpenDraft } from "../support/fhir-draft.ts";
import { readElement, toElement } from "../support/fhir-reader.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import { readOrganisationCode } from "./organisation-code.ts";

export function mapClaimedOrganisation(use: ResourceUse, draft: OpenDraft, run: FhirRun): void {
  const header = use.entry.bundle?.header ?? null;
  const sender = header?.type === "MessageHeader" ? readElement(toElement(header.resource), "sender") : null;
  const sent = header === null || sender === null ? null : readOrganisationCode(sender, header, run);
  if (header !== null && sent !== null) {
    draft.claimedOrganisation = { code: sent.value, expression: `${header.expression}.${sent.path}` };
    for (const entry of [header, ...sent.through]) run.markUsed(entry, "PATIENT", null);
  }
  const custodian = readElement(use.element, "managingOrganization");
  const managing = custodian === null ? null : readOrganisationCode(custodian, use.entry, run);
  if (managing === null) return;
  draft.claimedOrganisation ??= { code: managing.value, expression: use.ledger.expressionOf(managing.path) };
  use.ledger.mapped(managing.path, "PATIENT", null);
  for (const entry of managing.through) run.markUsed(entry, "PATIENT", null);
}
