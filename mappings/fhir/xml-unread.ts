/**
 * Finds the elements of a FHIR XML document that its conversion to JSON left out: the converter knows the elements of R4 and passes over
 * all others without a word (an element of another release, a slip of the pen).
 */
import { isFhirObject } from "../support/fhir-reader.ts";
import type { XmlTag } from "./xml-tags.ts";

export interface UnreadElement {
  /** Path without positions: `Bundle.entry.resource.reason`, FHIRPath for that element wherever it stands. */
  readonly expression: string;
  /** The same within its resource: `Encounter.reason`. */
  readonly sourceField: string;
}

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/** An element that is open: its path, and its path within its resource. */
interface OpenElement {
  readonly path: string;
  readonly field: string;
}

interface Counted {
  readonly field: string;
  count: number;
}

/** `tags`: of a document that is well nested; `resource`: what it was converted to. Of an element left out its parts are not listed. */
export function findUnreadElements(tags: readonly XmlTag[], resource: unknown): readonly UnreadElement[] {
  const sent = countElements(tags);
  const read = new Map<string, number>();
  const [root] = tags;
  countMembers(resource, root?.name ?? "", read);
  const unread = [...sent].filter(([path, { count }]) => count > (read.get(path) ?? 0));
  const paths = new Set(unread.map(([path]) => path));
  return unread
    .filter(([path]) => !paths.has(path.slice(0, path.lastIndexOf("."))))
    .map(([expression, { field }]) => ({ expression, sourceField: field }));
}

function countElements(tags: readonly XmlTag[]): ReadonlyMap<string, Counted> {
  const counts = new Map<string, Counted>();
  const stack: OpenElement[] = [];
  let narrative = 0;
  for (const { kind, name } of tags) {
    // XHTML is one value, whatever it holds.
    if (narrative > 0) narrative += kind === "OPEN" ? 1 : kind === "CLOSE" ? -1 : 0;
    else if (kind === "CLOSE") stack.pop();
    else {
      const element = enter(stack.at(-1), name);
      if (!isResourceType(name)) count(counts, element);
      if (kind === "OPEN" && name === "div") narrative = 1;
      else if (kind === "OPEN") stack.push(element);
    }
  }
  return counts;
}

const isResourceType = (name: string): boolean => /^[A-Z]/.test(name);

/** A resource in an entry or among the contained ones is a wrapper of its own in XML and none in JSON. */
function enter(parent: OpenElement | undefined, name: string): OpenElement {
  if (parent === undefined) return { path: name, field: name };
  if (isResourceType(name)) return { path: parent.path, field: name };
  // A name FHIR could not have given is the sender's own text and is not repeated.
  const shown = FIELD_NAME.test(name) ? name : "?";
  return { path: `${parent.path}.${shown}`, field: `${parent.field}.${shown}` };
}

function count(counts: Map<string, Counted>, { path, field }: OpenElement): void {
  const known = counts.get(path);
  if (known === undefined) counts.set(path, { field, count: 1 });
  else known.count += 1;
}

/** Members by path; `_name` holds the extensions of the primitive `name`, the same element of the document. */
function countMembers(value: unknown, path: string, counts: Map<string, number>): void {
  if (Array.isArray(value)) {
    for (const item of value) countMembers(item, path, counts);
    return;
  }
  if (!isFhirObject(value)) return;
  for (const name of new Set(Object.keys(value).map((key) => key.replace(/^_/, "")))) {
    const place = `${path}.${name}`;
    counts.set(place, (counts.get(place) ?? 0) + Math.max(sizeOf(value[name]), sizeOf(value[`_${name}`])));
    countMembers(value[name], place, counts);
    countMembers(value[`_${name}`], place, counts);
  }
}

const sizeOf = (value: unknown): number => (value === undefined ? 0 : Array.isArray(value) ? value.length : 1);
