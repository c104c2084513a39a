/**
 * Reads FHIR elements that may hold anything: every reader is total, reads own properties only (a key such as `__proto__` is data),
 * and remembers the path it read, so that an issue or a report line can name the place in the sender's own input.
 */

/** A JSON object of unknown content. */
export type FhirObject = Readonly<Record<string, unknown>>;

/** An object with the path it was read at, relative to its resource: `name[0]`; "" is the resource itself. */
export interface FhirElement {
  readonly value: FhirObject;
  readonly path: string;
}

/** A leaf with its path. */
export interface Located<T> {
  readonly value: T;
  readonly path: string;
}

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display: string;
  readonly userSelected: boolean;
  /** Path of the coding, without `.code`. */
  readonly path: string;
}

/** A decimal as FHIR writes it; the XML converter hands numbers over as text. */
const DECIMAL = /^-?\d{1,15}(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?$/;
const NO_CODINGS: readonly Coding[] = [];

export const isFhirObject = (value: unknown): value is FhirObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const toElement = (resource: FhirObject): FhirElement => ({ value: resource, path: "" });

export const joinPath = (parent: string, name: string): string => (parent === "" ? name : `${parent}.${name}`);

/** An own property, whatever it holds; undefined where there is none. */
export const readOwn = (object: FhirObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

/** The object at `name`; of a list the first object. */
export function readElement(parent: FhirElement, name: string): FhirElement | null {
  const value = readOwn(parent.value, name);
  if (isFhirObject(value)) return { value, path: joinPath(parent.path, name) };
  return Array.isArray(value) ? (readElements(parent, name)[0] ?? null) : null;
}

/** The objects of a list; a single object is taken as a list of one, anything else is skipped. */
export function readElements(parent: FhirElement, name: string): readonly FhirElement[] {
  const value = readOwn(parent.value, name);
  const path = joinPath(parent.path, name);
  if (isFhirObject(value)) return [{ value, path }];
  if (!Array.isArray(value)) return [];
  const elements: FhirElement[] = [];
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index];
    if (isFhirObject(item)) elements.push({ value: item, path: `${path}[${index}]` });
  }
  return elements;
}

/** Trimmed text; null for anything that is no text, and for blank text. */
export function readText(parent: FhirElement | null, name: string): string | null {
  if (parent === null) return null;
  const value = readOwn(parent.value, name);
  if (typeof value !== "string") return null;
  const text = value.trim();
  return text === "" ? null : text;
}

/** As `readText`, with its path. */
export function readLocatedText(parent: FhirElement | null, name: string): Located<string> | null {
  const value = readText(parent, name);
  return value === null || parent === null ? null : { value, path: joinPath(parent.path, name) };
}

/** The texts of a list of primitives (`given`, `line`); a single text is a list of one. */
export function readTexts(parent: FhirElement, name: string): readonly string[] {
  const value = readOwn(parent.value, name);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list
    .filter((item) => typeof item === "string")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A finite number, or decimal text as XML gives it. */
export function readNumber(parent: FhirElement | null, name: string): number | null {
  if (parent === null) return null;
  const value = readOwn(parent.value, name);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" && DECIMAL.test(value) ? Number(value) : null;
}

export function readBoolean(parent: FhirElement, name: string): boolean | null {
  const value = readOwn(parent.value, name);
  return typeof value === "boolean" ? value : null;
}

/** Codings that have a code, of the CodeableConcept at `name`. A system is kept without its `|version`. */
export function readCodings(parent: FhirElement, name: string): readonly Coding[] {
  const concept = readElement(parent, name);
  return concept === null ? NO_CODINGS : readConceptCodings(concept);
}

/** Codings of every CodeableConcept of the list at `name`. */
export const readAllCodings = (parent: FhirElement, name: string): readonly Coding[] =>
  readElements(parent, name).flatMap(readConceptCodings);

function readConceptCodings(concept: FhirElement): readonly Coding[] {
  const codings: Coding[] = [];
  for (const element of readElements(concept, "coding")) {
    const coding = readCoding(element);
    if (coding !== null) codings.push(coding);
  }
  return codings;
}

/** The element itself as a Coding; null where it has no code. */
export function readCoding(element: FhirElement): Coding | null {
  const code = readText(element, "code");
  if (code === null) return null;
  const system = readText(element, "system") ?? "";
  const bar = system.indexOf("|");
  return {
    system: bar < 0 ? system : system.slice(0, bar),
    code,
    display: readText(element, "display") ?? "",
    userSelected: readOwn(element.value, "userSelected") === true,
    path: element.path,
  };
}

/** The first extension with this URL. */
export const readExtension = (parent: FhirElement, url: string): FhirElement | null =>
  readElements(parent, "extension").find((extension) => readOwn(extension.value, "url") === url) ?? null;

/** The first extension of any of several names: what one publisher renamed. */
export const readExtensionOf = (parent: FhirElement, urls: ReadonlySet<string>): FhirElement | null =>
  readElements(parent, "extension").find((extension) => urls.has(readText(extension, "url") ?? "")) ?? null;
