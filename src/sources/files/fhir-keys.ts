/**
 * By which names a FHIR resource is known, and which other resources it names: as far as the mapping follows references. Names are only
 * compared here; what a reference really leads to is decided by the mapping, over the resources that were put together.
 */
import {
  type FhirElement,
  readElement,
  readElements,
  readOwn,
  readText,
  toElement,
} from "../../../mappings/support/fhir-reader.ts";
import type { JsonObject } from "./decode-line.ts";

/** Types that belong to no patient and are read for those that refer to them. */
const SHARED_TYPES: ReadonlySet<string> = new Set(["Organization", "PractitionerRole", "Medication"]);
const TYPE_AND_ID = /([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]*)?$/;
const URN = /^urn:(?:uuid|oid):(.+)$/;
const CONDITIONAL = /^Patient\?identifier=[^|&]*\|([^&]+)$/;

export interface ResourceKeys {
  readonly isShared: boolean;
  /** All resources with one of these belong to one patient (or are one shared resource). */
  readonly joining: readonly string[];
  /** Identifiers the resource's patient is known by, and those it names its patient by. */
  readonly identifiers: readonly string[];
  readonly namedIdentifiers: readonly string[];
  /** Shared resources it refers to: names, of which one may be known. */
  readonly shared: readonly string[];
}

export function readKeys(resource: JsonObject): ResourceKeys {
  const element = toElement(resource);
  const type = readText(element, "resourceType") ?? "";
  const id = readText(element, "id");
  const own = id === null ? [] : [`${type}/${id}`];
  const isShared = SHARED_TYPES.has(type);
  if (isShared) return { isShared, joining: own, identifiers: [], namedIdentifiers: [], shared: readShared(element, type) };
  const subject = readElement(element, "subject") ?? readElement(element, "patient");
  const identifier = subject === null ? null : readElement(subject, "identifier");
  const named = identifier === null ? null : readText(identifier, "value");
  return {
    isShared,
    joining: [...own, ...toNames(subject, "Patient"), ...readOwnReferences(element, type)],
    identifiers: readPatientIdentifiers(element, type),
    namedIdentifiers: [...(named === null ? [] : [named]), ...conditionalValue(subject)].map(toIdentifier),
    shared: readShared(element, type),
  };
}

/** A patient's other resources, as far as the mapping looks at them. */
function readOwnReferences(element: FhirElement, type: string): readonly string[] {
  const encounters = toNames(readElement(element, "encounter"), "Encounter");
  if (type !== "Encounter") return encounters;
  return readElements(element, "diagnosis").flatMap((diagnosis) => toNames(readElement(diagnosis, "condition"), "Condition"));
}

function readShared(element: FhirElement, type: string): readonly string[] {
  switch (type) {
    case "Patient":
      return readElements(element, "generalPractitioner").flatMap((reference) => [
        ...toNames(reference, "Organization"),
        ...toNames(reference, "PractitionerRole"),
      ]);
    case "PractitionerRole":
      return toNames(readElement(element, "organization"), "Organization");
    case "MedicationRequest":
    case "MedicationStatement":
      return toNames(readElement(element, "medicationReference"), "Medication");
    default:
      return [];
  }
}

/** The patient may be contained in the resource itself. */
function readPatientIdentifiers(element: FhirElement, type: string): readonly string[] {
  const contained = readElements(element, "contained").filter((item) => readOwn(item.value, "resourceType") === "Patient");
  const patients = type === "Patient" ? [element, ...contained] : contained;
  return patients
    .flatMap((patient) => readElements(patient, "identifier"))
    .flatMap((identifier) => readText(identifier, "value") ?? [])
    .map(toIdentifier);
}

/** `Type/id` of a reference of any form; a urn says no type. Contained resources have no name outside, other types are not meant. */
function toNames(reference: FhirElement | null, wanted: string): readonly string[] {
  const text = readText(reference, "reference");
  if (text === null || text.startsWith("#")) return [];
  const urn = URN.exec(text)?.[1];
  const name = urn === undefined ? TYPE_AND_ID.exec(text)?.[1] : `${wanted}/${urn}`;
  return name?.startsWith(`${wanted}/`) ? [name] : [];
}

function conditionalValue(subject: FhirElement | null): readonly string[] {
  const value = CONDITIONAL.exec(readText(subject, "reference") ?? "")?.[1];
  return value === undefined ? [] : [value];
}

/** Spacing is no part of a number. */
const toIdentifier = (value: string): string => `identifier ${value.replace(/[\s-]/g, "")}`;
