/** Every leaf of a FHIR JSON input, with its place as `Bundle.entry[3].resource.name[0].family`. */
import { type SourceField, usedPartOf } from "./find-unaccounted.ts";

export interface FhirWalk {
  readonly fields: readonly SourceField[];
  /** The places of whole resources. */
  readonly resources: ReadonlySet<string>;
}

/** What carries a resource and is no part of it: how a server is to apply or has found it. References are looked up by `fullUrl`. */
const CARRIES_AN_ENTRY: ReadonlySet<string> = new Set(["fullUrl", "request", "response", "search", "link"]);
/** Names the place only; `resourceType` says what the field is a field of. */
const NAMES_THE_PLACE = "resourceType";
/** An entry of a Bundle. */
const ENTRY = /(?:^Bundle|\]|\.resource)\.entry\[\d+\]$/;
/** Comments of an XML document, as its reader keeps them: no data. */
const COMMENTS = "fhir_comments";
/** What is asked of a resource that makes no record itself: these fields are accounted for where the whole is reported as used. */
const ASKED_OF_HELPERS: Readonly<Record<string, readonly string[]>> = {
  MessageHeader: ["sender"],
  Organization: ["identifier"],
  PractitionerRole: ["organization", "code", "practitioner"],
  Medication: ["code", "ingredient", "status"],
  Specimen: ["collection"],
  DiagnosticReport: ["result", "effectiveDateTime", "effectivePeriod", "issued", "specimen"],
  Observation: ["hasMember", "effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "issued", "specimen"],
  Questionnaire: ["url", "item"],
};
/** A name that could be a value is not repeated in a report. */
const FIELD_NAME = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;

/** @param input a resource or Bundle (placed by its type; `resources` where it has none), or a list of them (placed as `resources[0]`) */
export function walkFhir(input: unknown): FhirWalk {
  const fields: SourceField[] = [];
  const resources = new Set<string>();
  const visit = (value: unknown, expression: string, within: readonly string[]): void => {
    if (value === null || value === undefined || value === "") return;
    if (typeof value !== "object") {
      fields.push({ expression, within });
      return;
    }
    const deeper = [expression, ...within];
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, `${expression}[${index}]`, deeper);
      });
      return;
    }
    if (Object.hasOwn(value, NAMES_THE_PLACE)) resources.add(expression);
    const isEntry = ENTRY.test(expression) && Object.hasOwn(value, "resource");
    for (const [name, member] of Object.entries(value)) {
      if (name !== NAMES_THE_PLACE && name !== COMMENTS && !(isEntry && CARRIES_AN_ENTRY.has(name)))
        visit(
          member,
          `${expression}.${FIELD_NAME.test(name) ? name : "?"}`,
          isAsked(value, name) ? [...deeper, usedPartOf(expression)] : deeper,
        );
    }
  };
  if (Array.isArray(input)) for (const [index, item] of input.entries()) visit(item, `resources[${index}]`, []);
  else visit(input, typeOf(input), []);
  return { fields, resources };
}

/** The id leads to every resource that is used. */
const isAsked = (resource: object, name: string): boolean =>
  name === "id" || (ASKED_OF_HELPERS[typeOf(resource)]?.includes(name) ?? false);

const typeOf = (input: unknown): string =>
  typeof input === "object" && input !== null && NAMES_THE_PLACE in input && typeof input.resourceType === "string"
    ? input.resourceType
    : "resources";
