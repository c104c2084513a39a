/** Resolves references inside one input (FHIR R4 2.36.4.1), and only inside it. */
import { type FhirElement, readElements, readText, toElement } from "../support/fhir-reader.ts";
import { findContained, type ResourceEntry } from "./fhir-input.ts";

/** `null`: several resources answer to the name, so none does: a wrong patient is worse than none. */
type Found = ResourceEntry | null;

const RESTFUL_URL = /^(https?:\/\/.+\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/;
const URN = /^urn:(?:uuid|oid):/;

export class ResourceIndex {
  readonly #byUrl = new Map<string, Found>();
  readonly #byTypeAndId = new Map<string, Found>();
  readonly #contained = new Map<ResourceEntry, Map<string, ResourceEntry | null>>();

  constructor(entries: readonly ResourceEntry[]) {
    for (const entry of entries) {
      if (entry.fullUrl !== null) addOnce(this.#byUrl, entry.fullUrl, entry);
      if (entry.id !== null) addOnce(this.#byTypeAndId, `${entry.type}/${entry.id}`, entry);
    }
  }

  /** The resource `reference` names, as written in `from`; null where the input does not hold it, or holds several. */
  resolve(reference: string, from: ResourceEntry, type: string): ResourceEntry | null {
    const found = reference.startsWith("#")
      ? this.#findContained(from, reference)
      : this.#find(withoutVersion(reference), from, type);
    return found?.type === type ? found : null;
  }

  /** As `resolve`, for the Reference element itself. */
  resolveElement(reference: FhirElement | null, from: ResourceEntry, type: string): ResourceEntry | null {
    const text = readText(reference, "reference");
    return text === null ? null : this.resolve(text, from, type);
  }

  /** Whether any resource of the input has this `Type/id`. */
  knows(typeAndId: string): boolean {
    return this.#byTypeAndId.has(typeAndId);
  }

  #find(reference: string, from: ResourceEntry, type: string): Found {
    const direct = this.#byUrl.get(reference);
    if (direct !== undefined) return direct;
    // A list of resources has no fullUrl; the id of the urn is then the resource's own.
    if (URN.test(reference)) return this.#byTypeAndId.get(`${type}/${reference.replace(URN, "")}`) ?? null;
    const absolute = RESTFUL_URL.exec(reference);
    const base = absolute?.[1] ?? baseOf(from);
    const relative = absolute?.[2] ?? reference;
    const onServer = base === null ? undefined : this.#byUrl.get(base + relative);
    if (onServer !== undefined) return onServer;
    const candidate = this.#byTypeAndId.get(relative) ?? null;
    const candidateBase = candidate === null ? null : baseOf(candidate);
    // The same id on another server is another resource.
    return base !== null && candidateBase !== null && candidateBase !== base ? null : candidate;
  }

  /** One entry per contained resource, however often it is referred to. */
  #findContained(from: ResourceEntry, reference: string): ResourceEntry | null {
    const container = from.container ?? from;
    const found = this.#contained.get(container) ?? new Map<string, ResourceEntry | null>();
    this.#contained.set(container, found);
    const known = found.get(reference);
    if (known !== undefined) return known;
    const entry = findContained(container, reference);
    found.set(reference, entry);
    return entry;
  }
}

const withoutVersion = (reference: string): string => reference.replace(/\/_history\/[^/]*$/, "");
const baseOf = (entry: ResourceEntry): string | null =>
  entry.fullUrl === null ? null : (RESTFUL_URL.exec(entry.fullUrl)?.[1] ?? null);

/** A resource sent twice is one resource, the later version of it; two patients under one name are none. */
function addOnce(map: Map<string, Found>, key: string, entry: ResourceEntry): void {
  const known = map.get(key);
  map.set(key, known === undefined || (known !== null && isSameResource(known, entry)) ? entry : null);
}

function isSameResource(one: ResourceEntry, other: ResourceEntry): boolean {
  if (one.type !== other.type || baseOf(one) !== baseOf(other)) return false;
  return one.type !== "Patient" || toPersonKey(one) === toPersonKey(other);
}

/** All a patient is identified by, in the order sent. */
function toPersonKey(entry: ResourceEntry): string {
  const patient = toElement(entry.resource);
  const identifiers = readElements(patient, "identifier").map((item) => [readText(item, "system"), readText(item, "value")]);
  return JSON.stringify([readText(patient, "birthDate"), identifiers]);
}
