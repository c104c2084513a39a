/** FHIR ServiceRequest: a referral to cardiac rehabilitation. A request for anything else is no result and makes no record. */
import { REFERRER_BY_ROLE, SENT_REFERRAL_CODE } from "../concept-maps/fhir-systems.ts";
import { readFirstDate } from "../support/fhir-date.ts";
import { readAllCodings, readBoolean, readElement, readElements, toElement } from "../support/fhir-reader.ts";
import { toCodeKey } from "./code-key.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import { readOrganisationCode } from "./organisation-code.ts";
import type { PatientFile, Recognition, Referrer } from "./patient-file.ts";
import { readReasons } from "./rehabilitation-evidence.ts";
import { isAskedOfRehabilitation, recogniseRehabilitation } from "./rehabilitation-service.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

const REFERRED = new Set(["active", "on-hold", "completed"]);
/** A proposal, a plan or an option is no referral yet. */
const ASKED = new Set(["directive", "order", "original-order", "reflex-order", "filler-order", "instance-order"]);
const SENT = new Set([...ASKED, "plan"]);
const SERVICE_FIELDS = ["code", "category", "orderDetail", "performerType"];

/** Whether a ServiceRequest asks for cardiac rehabilitation. */
export const isRehabilitationReferral = (entry: ResourceEntry, run: FhirRun): boolean => recognise(entry, run) !== null;

function recognise(entry: ResourceEntry, run: FhirRun): Recognition | null {
  const request = toElement(entry.resource);
  const stated = recogniseRehabilitation(request, SERVICE_FIELDS, run);
  return stated ?? (isAskedOfRehabilitation(request, entry, run) ? "CODE" : null);
}

export function readServiceRequest(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const doNotPerform = readBoolean(use.element, "doNotPerform") === true ? "DO_NOT_PERFORM" : null;
  const refusal =
    refuseStatus(use, "status", REFERRED) ?? refuseStatus(use, "intent", isSent(use) ? SENT : ASKED) ?? doNotPerform;
  const start = readFirstDate(use.element, ["authoredOn"]);
  if (refusal !== null || start === null) {
    dropResource(use, run, refusal ?? "NO_DATE", true);
    return;
  }
  file.rehabilitations.push({
    kind: "REFERRAL",
    use,
    start,
    end: null,
    completed: null,
    recognition: recognise(use.entry, run) ?? "NAME",
    about: readReasons(readElements(use.element, "reasonReference"), use.entry, run),
    basedOn: [],
    referrer: readReferrer(use, run),
  });
}

const isSent = (use: ResourceUse): boolean =>
  readAllCodings(use.element, "category").some((coding) => toCodeKey(coding) === SENT_REFERRAL_CODE);

/** Who asked: the organisation's ODS code, and the kind of professional where the role's code tells it. */
function readReferrer(use: ResourceUse, run: FhirRun): Referrer | null {
  const requester = readElement(use.element, "requester");
  if (requester === null) return null;
  const organisation = readOrganisationCode(requester, use.entry, run);
  const role = run.index.resolveElement(requester, use.entry, "PractitionerRole");
  const codes = role === null ? [] : readAllCodings(toElement(role.resource), "code").map(toCodeKey);
  const profession = codes.map((code) => REFERRER_BY_ROLE.get(code)).find((key) => key !== undefined) ?? null;
  return { organisation, profession, role, path: requester.path };
}
