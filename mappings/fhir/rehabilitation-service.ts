/** Whether a resource is about cardiac rehabilitation. */
import { isRehabilitationCode, PATIENT_REFERRAL_CODES } from "../concept-maps/fhir-systems.ts";
import { type FhirElement, readAllCodings, readElements, readText, toElement } from "../support/fhir-reader.ts";
import { namesCardiacRehabilitation } from "../support/rehabilitation-words.ts";
import { toCodeKey } from "./code-key.ts";
import type { FhirRun } from "./fhir-run.ts";
import type { Recognition } from "./patient-file.ts";
import type { ResourceEntry } from "./resource-entry.ts";

/** UK Core and R4 name the service that is asked in these fields of a HealthcareService. */
const SERVICE_FIELDS = ["category", "type", "specialty"];

/** Reads the coded fields named. */
export function recogniseRehabilitation(element: FhirElement, names: readonly string[], run: FhirRun): Recognition | null {
  const codings = names.flatMap((name) => readAllCodings(element, name));
  const isOwn = (key: string): boolean => run.profile.rehabilitationCodes.includes(key);
  if (codings.some((coding) => isRehabilitationCode(coding.system, coding.code) || isOwn(toCodeKey(coding)))) return "CODE";
  const words = [
    ...codings.map(({ display }) => display),
    ...names.flatMap((name) => readElements(element, name).map((concept) => readText(concept, "text") ?? "")),
  ];
  return words.some(namesCardiacRehabilitation) ? "NAME" : null;
}

/** Whether a referral asks a service of cardiac rehabilitation for a patient to be seen, whatever for. */
export function isAskedOfRehabilitation(element: FhirElement, from: ResourceEntry, run: FhirRun): boolean {
  const codes = readAllCodings(element, "code").map(toCodeKey);
  if (codes.length > 0 && !codes.some((code) => PATIENT_REFERRAL_CODES.has(code))) return false;
  return readElements(element, "performer").some((reference) => isRehabilitationTeam(reference, from, run));
}

/** Whether a reference leads to a HealthcareService of cardiac rehabilitation. */
export function isRehabilitationTeam(reference: FhirElement, from: ResourceEntry, run: FhirRun): boolean {
  const service = run.index.resolveElement(reference, from, "HealthcareService");
  return service !== null && recogniseRehabilitation(toElement(service.resource), SERVICE_FIELDS, run) !== null;
}
