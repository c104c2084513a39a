/** The sender's stable id of a resource (api.md): `ResourceType/id`, else identifier `system|value`, else the entry's fullUrl. */
import { FORBIDDEN_IDENTIFIER_SYSTEM, FORBIDDEN_IDENTIFIER_TYPES } from "../concept-maps/fhir-systems.ts";
import { type FhirElement, readCodings, readElements, readText, toElement } from "../support/fhir-reader.ts";
import type { ResourceEntry } from "./resource-entry.ts";

/** Social-security, driving-licence and passport numbers are never stored, under no name. */
export function isForbiddenIdentifier(identifier: FhirElement): boolean {
  const system = readText(identifier, "system") ?? "";
  return (
    FORBIDDEN_IDENTIFIER_SYSTEM.test(system) ||
    readCodings(identifier, "type").some((coding) => FORBIDDEN_IDENTIFIER_TYPES.has(coding.code))
  );
}

/** An id inside a container says nothing outside it, so a contained resource is named by its identifier or with its container. */
export function toSourceRecordId(entry: ResourceEntry): string | null {
  if (entry.container === null && entry.id !== null) return `${entry.type}/${entry.id}`;
  for (const identifier of readElements(toElement(entry.resource), "identifier")) {
    const value = readText(identifier, "value");
    if (value !== null && !isForbiddenIdentifier(identifier)) return `${readText(identifier, "system") ?? ""}|${value}`;
  }
  const container = entry.container === null ? null : toSourceRecordId(entry.container);
  return container === null ? entry.fullUrl : `${container}#${entry.id ?? ""}`;
}
