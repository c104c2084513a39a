/**
 * By which names a FHIR resource is known, and which other resources it names: as far as the mapping follows references. Names are only
 * compared here; what a reference really leads to is decided by the mapping, over the resources that were put together. A name too many
 * makes a group larger and changes nothing in it; one too few would part what belongs together.
 */
import { type FhirObject, isFhirObject, readOwn } from "../../../mappings/support/fhir-reader.ts";
import type { JsonObject } from "./decode-line.ts";

/** Types that belong to no patient and are read for those that refer to them. */
const SHARED_TYPES: ReadonlySet<string> = new Set([
  "Organization",
  "PractitionerRole",
  "HealthcareService",
  "Medication",
  "Questionnaire",
]);
const DIAGNOSES = ["Condition", "Procedure"];
const ORGANISATIONS = ["Organization", "PractitionerRole"];
/** Fields in which the mapping follows references, wherever in a resource they stand, and the types they can lead to. */
const LINKS: ReadonlyMap<string, readonly string[]> = new Map([
  ["subject", ["Patient"]],
  ["patient", ["Patient"]],
  ["focus", ["Patient"]],
  ["other", ["Patient"]],
  ["actor", ["Patient", "HealthcareService"]],
  ["encounter", ["Encounter"]],
  ["partOf", ["Encounter"]],
  ["condition", DIAGNOSES],
  ["reasonReference", DIAGNOSES],
  ["addresses", DIAGNOSES],
  ["basedOn", ["ServiceRequest"]],
  ["referralRequest", ["ServiceRequest"]],
  ["result", ["Observation"]],
  ["hasMember", ["Observation"]],
  ["specimen", ["Specimen"]],
  ["performer", ["HealthcareService"]],
  ["generalPractitioner", ORGANISATIONS],
  ["managingOrganization", ORGANISATIONS],
  ["organization", ORGANISATIONS],
  ["requester", ORGANISATIONS],
  ["medicationReference", ["Medication"]],
]);
/** Types of a patient's own resources that others name. */
const NAMED_TYPES: ReadonlySet<string> = new Set([...LINKS.values()].flat().filter((type) => !SHARED_TYPES.has(type)));
/** Names a form by its address, with a version behind it. */
const CANONICAL_FIELD = "questionnaire";
const VERSION = /\|.*$/;
/** Parts of a resource that hold no reference that is followed, in nearly every resource. */
const NO_LINKS: ReadonlySet<string> = new Set(["code", "coding", "meta", "text", "identifier", "extension", "note"]);
const TYPE_AND_ID = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]*)?$/;
const URN = /^urn:(?:uuid|oid):(.+)$/i;
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?identifier=[^|&]*\|([^&]+)$/;
const SPACING = /[\s-]/g;

export interface ResourceKeys {
  readonly isShared: boolean;
  /** All resources with one of these belong to one patient (or are one shared resource). */
  readonly joining: readonly string[];
  /** Identifiers the resource is known by, and those by which it names others. */
  readonly identifiers: readonly string[];
  readonly namedIdentifiers: readonly string[];
  /** Shared resources it refers to: names, of which one may be known. */
  readonly shared: readonly string[];
}

export function readKeys(resource: JsonObject): ResourceKeys {
  const type = textOf(resource, "resourceType") ?? "";
  const names = new ReferenceNames();
  names.readAll(resource);
  const id = textOf(resource, "id");
  const own = id === null ? [] : [`${type}/${id}`];
  if (SHARED_TYPES.has(type)) {
    const joining = [...own, ...sharedNames(resource, type)];
    return { isShared: true, joining, identifiers: [], namedIdentifiers: [], shared: names.shared };
  }
  return {
    isShared: false,
    joining: [...own, ...names.joining],
    identifiers: readIdentifiers(resource, type).map(toIdentifier),
    namedIdentifiers: names.identifiers,
    shared: names.shared,
  };
}

/** Collects what the references of a resource, and of those it contains, name. */
class ReferenceNames {
  readonly joining: string[] = [];
  readonly identifiers: string[] = [];
  readonly shared: string[] = [];

  /** Nesting was limited when the line was decoded. */
  readAll(object: FhirObject): void {
    for (const field of Object.keys(object)) {
      const value = object[field];
      if (typeof value === "object") {
        if (!NO_LINKS.has(field)) this.#readValue(LINKS.get(field), value);
      } else if (field === CANONICAL_FIELD && typeof value === "string") this.#addCanonical(value);
    }
  }

  #readValue(types: readonly string[] | undefined, value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#readValue(types, item);
    else if (isFhirObject(value)) {
      if (types !== undefined) this.#addReference(value, types);
      this.readAll(value);
    }
  }

  #addReference(reference: FhirObject, types: readonly string[]): void {
    const text = textOf(reference, "reference") ?? "";
    const identifier = readOwn(reference, "identifier");
    const named = isFhirObject(identifier) ? textOf(identifier, "value") : null;
    if (named !== null) for (const type of types) this.#addIdentifier(type, named);
    // Contained resources have no name outside.
    if (text !== "" && !text.startsWith("#")) this.#addText(text, types);
  }

  #addText(text: string, types: readonly string[]): void {
    // A urn says no type.
    const urn = URN.exec(text)?.[1];
    if (urn !== undefined) for (const type of types) this.#addName(type, urn);
    const [, asked = "", value = ""] = text.includes("?") ? (CONDITIONAL.exec(text) ?? []) : [];
    if (types.includes(asked)) this.#addIdentifier(asked, value);
    const [, stated = "", id = ""] = TYPE_AND_ID.exec(text) ?? [];
    if (types.includes(stated)) this.#addName(stated, id);
  }

  #addName(type: string, id: string): void {
    (SHARED_TYPES.has(type) ? this.shared : this.joining).push(`${type}/${id}`);
  }

  #addIdentifier(type: string, value: string): void {
    if (SHARED_TYPES.has(type)) this.shared.push(toSharedIdentifier(type, value));
    else this.identifiers.push(toIdentifier(value));
  }

  /** An address may be a reference like any other. */
  #addCanonical(canonical: string): void {
    const url = canonical.replace(VERSION, "");
    this.shared.push(`canonical ${url}`);
    this.#addReference({ reference: url }, ["Questionnaire"]);
  }
}

function sharedNames(resource: FhirObject, type: string): readonly string[] {
  const url = textOf(resource, "url");
  return [
    ...identifierValues(resource).map((value) => toSharedIdentifier(type, value)),
    ...(url === null ? [] : [`canonical ${url}`]),
  ];
}

/** A patient may be contained in the resource itself. */
function readIdentifiers(resource: FhirObject, type: string): readonly string[] {
  const contained = readOwn(resource, "contained");
  const inner = Array.isArray(contained) ? contained.filter(isFhirObject) : [];
  const patients = inner.filter((item) => readOwn(item, "resourceType") === "Patient");
  return [...(NAMED_TYPES.has(type) ? [resource] : []), ...patients].flatMap(identifierValues);
}

function identifierValues(resource: FhirObject): readonly string[] {
  const stated = readOwn(resource, "identifier");
  const identifiers: readonly unknown[] = Array.isArray(stated) ? stated : [stated];
  return identifiers.flatMap((item) => (isFhirObject(item) ? (textOf(item, "value") ?? []) : []));
}

function textOf(object: FhirObject, name: string): string | null {
  const value = readOwn(object, name);
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? null : text;
}

/** Spacing is no part of a number. */
const toIdentifier = (value: string): string => `identifier ${value.replaceAll(SPACING, "")}`;
const toSharedIdentifier = (type: string, value: string): string => `${type} identifier ${value}`;
