/** How resources are named and name one another, as far as reading a server goes. What a reference means is the mapping's business. */
import type { Resource } from "../../pull/pull-ports.ts";

export const LOGICAL_ID = /^[A-Za-z0-9\-.]{1,64}$/;
const REFERENCE = /(?:^|\/)([A-Z][A-Za-z]{1,60}\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]*)?$/;

const isObject = (value: unknown): value is Resource => typeof value === "object" && value !== null && !Array.isArray(value);

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** `Type/id`; null for what has none of them. */
export function nameOf(resource: Resource): string | null {
  const [type, id] = [textOf(resource.resourceType), textOf(resource.id)];
  return /^[A-Z][A-Za-z]{1,60}$/.test(type) && LOGICAL_ID.test(id) ? `${type}/${id}` : null;
}

/** `Type/id` of a Reference; null for a contained, logical or conditional one. */
function toName(reference: unknown): string | null {
  const text = isObject(reference) ? textOf(reference.reference) : "";
  return text.startsWith("#") || text.startsWith("urn:") ? null : (REFERENCE.exec(text)?.[1] ?? null);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** What a resource refers to that belongs to no patient: its practice, the medication. */
export const referencesOf = (resource: Resource): readonly string[] =>
  ["generalPractitioner", "medicationReference", "organization"]
    .flatMap((member) => listOf(resource[member]))
    .flatMap((reference) => toName(reference) ?? []);

/** Ids of the patients a resource is about: its own, its subject's, or those that take part in an appointment. */
export function patientsOf(resource: Resource): readonly string[] {
  if (resource.resourceType === "Patient") return LOGICAL_ID.test(textOf(resource.id)) ? [textOf(resource.id)] : [];
  const participants = listOf(resource.participant).map((participant) => (isObject(participant) ? participant.actor : undefined));
  const members = listOf(resource.member).map((member) => (isObject(member) ? member.entity : undefined));
  return [resource.subject, resource.patient, ...participants, ...members]
    .flatMap((reference) => toName(reference) ?? [])
    .flatMap((name) => (name.startsWith("Patient/") ? [name.slice("Patient/".length)] : []));
}
