/** Which resources of an input belong to which patient: what has to be sent again together when one of them failed. */
import { type FhirElement, type FhirObject, isFhirObject, readText, toElement } from "../support/fhir-reader.ts";
import { decodeFhir } from "./fhir-input.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import { ResourceIndex } from "./resource-index.ts";
import { findReference } from "./subject-registry.ts";

export interface GroupedResource {
  readonly expression: string;
  /** As it was, except that a reference by a bundle's temporary name (`urn:uuid:…`) names the resource by type and id instead. */
  readonly resource: FhirObject;
  /** Resources of one number are about one patient; null: about none (practitioners, medications). */
  readonly group: number | null;
}

/** @param input as `mapFhir` takes it */
export function groupResources(input: unknown): readonly GroupedResource[] {
  const { entries } = decodeFhir(input);
  const index = new ResourceIndex(entries);
  const addresses = new Map(entries.flatMap((entry) => (isTemporary(entry) ? [[entry.fullUrl, addressOf(entry)]] : [])));
  const groups = new Map<ResourceEntry | string, number>();
  return entries.map((entry) => {
    const patient = findPatient(entry, index);
    if (patient !== null && !groups.has(patient)) groups.set(patient, groups.size);
    const group = patient === null ? null : (groups.get(patient) ?? null);
    return { expression: entry.expression, resource: toLasting(entry, addresses), group };
  });
}

/** The Patient resource, or else the name the input gives to the patient. */
function findPatient(entry: ResourceEntry, index: ResourceIndex): ResourceEntry | string | null {
  if (entry.type === "Patient") return entry;
  const resource = toElement(entry.resource);
  const reference = findReference(resource, "subject") ?? findReference(resource, "patient") ?? findParticipant(entry);
  if (reference === null) return null;
  return index.resolveElement(reference, entry, "Patient") ?? readText(reference, "reference") ?? JSON.stringify(reference.value);
}

/** Of other resources a participant is somebody who took part. */
const findParticipant = ({ type, resource }: ResourceEntry): FhirElement | null =>
  type === "Appointment" ? findReference(toElement(resource), "participant") : null;

const TEMPORARY = /^urn:(?:uuid|oid):/;

const isTemporary = (entry: ResourceEntry): entry is ResourceEntry & { readonly fullUrl: string } =>
  entry.fullUrl !== null && TEMPORARY.test(entry.fullUrl);

const idOf = (entry: ResourceEntry & { readonly fullUrl: string }): string => entry.id ?? entry.fullUrl.replace(TEMPORARY, "");

const addressOf = (entry: ResourceEntry & { readonly fullUrl: string }): string => `${entry.type}/${idOf(entry)}`;

/** Outside its bundle a resource has no name but its own id. */
function toLasting(entry: ResourceEntry, addresses: ReadonlyMap<string, string>): FhirObject {
  if (addresses.size === 0) return entry.resource;
  const resource = replaceReferences(entry.resource, addresses);
  return isTemporary(entry) && entry.id === null ? { ...resource, id: idOf(entry) } : resource;
}

function replaceReferences(object: FhirObject, addresses: ReadonlyMap<string, string>): FhirObject {
  const replace = (name: string, value: unknown): unknown => {
    if (name === "reference" && typeof value === "string") return addresses.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item: unknown) => replace("", item));
    return isFhirObject(value) ? replaceReferences(value, addresses) : value;
  };
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, replace(name, value)]));
}
