/** ODS codes of the organisations a resource refers to. */
import { ODS_SYSTEMS } from "../concept-maps/fhir-systems.ts";
import { readSourceDate } from "../support/fhir-date.ts";
import { isInUse } from "../support/fhir-period.ts";
import { type FhirElement, type Located, readElement, readElements, readText, toElement } from "../support/fhir-reader.ts";
import type { FhirRun } from "./fhir-run.ts";
import type { ResourceEntry } from "./resource-entry.ts";

export interface OrganisationCode extends Located<string> {
  /** Resources the code was found by: the Organization, and the role that leads to it. */
  readonly through: readonly ResourceEntry[];
}

/**
 * The code a Reference leads to: its own identifier, else that of the Organization it names, else of the one behind a PractitionerRole.
 * Its path is that of the reference, as written in `from`. Null: there is none in the input.
 */
export function readOrganisationCode(reference: FhirElement, from: ResourceEntry, run: FhirRun): OrganisationCode | null {
  const direct = readDirectCode(reference, from, run);
  if (direct !== null) return direct;
  const role = run.index.resolveElement(reference, from, "PractitionerRole");
  const behind = role === null ? null : readElement(toElement(role.resource), "organization");
  const found = role === null || behind === null ? null : readDirectCode(behind, role, run);
  return role === null || found === null ? null : { ...found, path: reference.path, through: [...found.through, role] };
}

function readDirectCode(reference: FhirElement, from: ResourceEntry, run: FhirRun): OrganisationCode | null {
  const { path } = reference;
  const own = readOdsCode(reference, readSourceDate(toElement(from.resource)));
  if (own !== null) return { value: own, path, through: [] };
  const organisation = run.index.resolveElement(reference, from, "Organization");
  if (organisation === null) return null;
  const named = toElement(organisation.resource);
  const value = readOdsCode(named, readSourceDate(named));
  return value === null ? null : { value, path, through: [organisation] };
}

/** The organisation's own code before that of a site of it; a registration that has ended is none. */
function readOdsCode(named: FhirElement, asOf: string | null): string | null {
  const identifiers = readElements(named, "identifier").filter((item) => isInUse(item, asOf));
  for (const system of ODS_SYSTEMS) {
    const identifier = identifiers.find((item) => readText(item, "system") === system);
    const code = identifier === undefined ? null : readText(identifier, "value");
    if (code !== null) return code;
  }
  return null;
}
