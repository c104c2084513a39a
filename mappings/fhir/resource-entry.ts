/** A resource of the input, with the place it stands at and what surrounds it. */
import { type FhirObject, joinPath, readElements, readText, toElement } from "../support/fhir-reader.ts";

/** A deletion told in a history. */
export interface Deletion {
  /** Of the entry that says so. */
  readonly position: number;
  /** When it was done, in milliseconds; not a number where the entry does not say. */
  readonly time: number;
}

/** The Bundle a resource was sent in, as far as it says something about the resource. */
export interface BundleFrame {
  /** `document`, `message`, `history` …; null where it is not stated. */
  readonly type: string | null;
  /** The Composition of a document, the MessageHeader of a message. */
  header: ResourceEntry | null;
  /** `Type/id` of resources a history says are deleted, with their latest deletion. */
  readonly deleted: Map<string, Deletion>;
}

/** One resource of the input. */
export interface ResourceEntry {
  /** `resourceType`, or `Resource` for a name FHIR cannot have. */
  readonly type: string;
  readonly id: string | null;
  readonly resource: FhirObject;
  readonly expression: string;
  /** The entry's `fullUrl`: what references of a bundle name. */
  readonly fullUrl: string | null;
  /** The resource it is contained in; its id then means something inside that one only. */
  readonly container: ResourceEntry | null;
  /** The innermost Bundle it stands in, and its position there; null: it stands alone. */
  readonly bundle: BundleFrame | null;
  readonly position: number;
}

/** A name a resource type can have. */
export const TYPE_NAME = /^[A-Z][A-Za-z]{1,63}$/;

/** The resources contained in one, each with the place it stands at. */
export function listContained(container: ResourceEntry): readonly ResourceEntry[] {
  return readElements(toElement(container.resource), "contained").flatMap((element): readonly ResourceEntry[] => {
    const type = readText(element, "resourceType");
    if (type === null || !TYPE_NAME.test(type)) return [];
    const expression = joinPath(container.expression, element.path);
    const { bundle, position } = container;
    return [
      { type, id: readText(element, "id"), resource: element.value, expression, fullUrl: null, container, bundle, position },
    ];
  });
}
