/** Resolves references inside one input (FHIR R4 2.36.4.1), and only inside it. */
import { type FhirElement, readElement, readElements, readText, toElement } from "../support/fhir-reader.ts";
import { listContained, type ResourceEntry } from "./resource-entry.ts";
import { isForbiddenIdentifier } from "./source-record-id.ts";

/** `null`: several resources answer to the name, so none does: a wrong patient is worse than none. */
type Found = ResourceEntry | null;

const RESTFUL_URL = /^(https?:\/\/.+\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/;
const URN = /^urn:(?:uuid|oid):/i;
/** What a transaction's conditional reference asks for. */
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?identifier=([^|&]*)\|([^&]+)$/;
const NO_CONTAINED: readonly ResourceEntry[] = [];

export class ResourceIndex {
  readonly #entries: readonly ResourceEntry[];
  readonly #byUrl = new Map<string, Found>();
  readonly #byTypeAndId = new Map<string, Found>();
  readonly #contained = new Map<ResourceEntry, readonly ResourceEntry[]>();
  #byIdentifier: ReadonlyMap<string, Found> | null = null;

  constructor(entries: readonly ResourceEntry[]) {
    this.#entries = entries;
    for (const entry of entries) {
      if (entry.fullUrl !== null) addOnce(this.#byUrl, toUrlKey(entry.fullUrl), entry);
      if (entry.id !== null) addOnce(this.#byTypeAndId, `${entry.type}/${entry.id}`, entry);
    }
  }

  /** The resource `reference` names, as written in `from`; null where the input does not hold it, or holds several. */
  resolve(reference: string, from: ResourceEntry, type: string): ResourceEntry | null {
    const conditional = CONDITIONAL.exec(reference);
    if (conditional !== null)
      return conditional[1] === type ? this.#findByIdentifier(type, conditional[2], conditional[3]) : null;
    const found = reference.startsWith("#")
      ? this.#findContained(from, reference)
      : this.#find(withoutVersion(reference), from, type);
    return found?.type === type ? found : null;
  }

  /** As `resolve`, for the Reference element itself: by its reference, else by its identifier. */
  resolveElement(reference: FhirElement | null, from: ResourceEntry, type: string): ResourceEntry | null {
    const text = readText(reference, "reference");
    if (text !== null) return this.resolve(text, from, type);
    const identifier = reference === null ? null : readElement(reference, "identifier");
    if (identifier === null) return null;
    return this.#findByIdentifier(type, readText(identifier, "system") ?? undefined, readText(identifier, "value") ?? undefined);
  }

  /** Whether any resource of the input has this `Type/id`. */
  knows(typeAndId: string): boolean {
    return this.#byTypeAndId.has(typeAndId);
  }

  /** The resources contained in one: the same entries at every call. */
  containedOf(container: ResourceEntry): readonly ResourceEntry[] {
    if (container.container !== null || !Object.hasOwn(container.resource, "contained")) return NO_CONTAINED;
    const known = this.#contained.get(container) ?? listContained(container);
    this.#contained.set(container, known);
    return known;
  }

  #find(reference: string, from: ResourceEntry, type: string): Found {
    const direct = this.#byUrl.get(toUrlKey(reference));
    if (direct !== undefined) return direct;
    // A list of resources has no fullUrl; the id of the urn is then the resource's own.
    if (URN.test(reference)) return this.#byTypeAndId.get(`${type}/${reference.replace(URN, "")}`) ?? null;
    const absolute = RESTFUL_URL.exec(reference);
    const base = absolute?.[1] ?? baseOf(from.container ?? from);
    const relative = absolute?.[2] ?? reference;
    const onServer = base === null ? undefined : this.#byUrl.get(base + relative);
    if (onServer !== undefined) return onServer;
    const candidate = this.#byTypeAndId.get(relative) ?? null;
    const candidateBase = candidate === null ? null : baseOf(candidate);
    // The same id on another server is another resource.
    return base !== null && candidateBase !== null && candidateBase !== base ? null : candidate;
  }

  #findContained(from: ResourceEntry, reference: string): ResourceEntry | null {
    const container = from.container ?? from;
    const id = reference.slice(1);
    return this.containedOf(container).find((entry) => entry.id === id) ?? null;
  }

  /** A logical reference names a resource of the input where exactly one has the identifier. */
  #findByIdentifier(type: string, system: string | undefined, value: string | undefined): Found {
    if (system === undefined || system === "" || value === undefined) return null;
    this.#byIdentifier ??= indexIdentifiers(this.#entries);
    return this.#byIdentifier.get(`${type} ${system}|${value}`) ?? null;
  }
}

function indexIdentifiers(entries: readonly ResourceEntry[]): ReadonlyMap<string, Found> {
  const index = new Map<string, Found>();
  for (const entry of entries) {
    for (const identifier of readElements(toElement(entry.resource), "identifier")) {
      const [system, value] = [readText(identifier, "system"), readText(identifier, "value")];
      if (system === null || value === null || isForbiddenIdentifier(identifier)) continue;
      const key = `${entry.type} ${system}|${value}`;
      if (index.get(key) !== entry) addOnce(index, key, entry);
    }
  }
  return index;
}

const withoutVersion = (reference: string): string => reference.replace(/\/_history\/[^/]*$/, "");
/** A UUID means the same in either case. */
const toUrlKey = (url: string): string => (URN.test(url) ? url.toLowerCase() : url);
/** The server a resource stands on, as its `fullUrl` says; null where that is no address. */
export const baseOf = (entry: ResourceEntry): string | null =>
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
