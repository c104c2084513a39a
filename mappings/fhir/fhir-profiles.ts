/** How senders of FHIR differ, as data: everything else is one mapping. */
import type { QuestionnaireMap } from "../concept-maps/questionnaire-items.ts";
import { isFhirObject, readElement, readElements, readOwn, toElement } from "../support/fhir-reader.ts";
import type { LocalCodes } from "../support/observation-code.ts";
import { decodeFhir } from "./fhir-input.ts";

/** Where assessments come from. */
export type AssessmentSource =
  /** Measurements near the start and the end of a stated rehabilitation, and a year after the first assessment. */
  | { readonly kind: "REHABILITATION" }
  /** A plain record without rehabilitations: one assessment 1 per event, of the latest values up to so many days after it. */
  | { readonly kind: "LATEST"; readonly daysAfterEvent: number }
  /** The same for a record looked at on one day: assessment 1 of the last event before it, of the latest values up to that ISO date. */
  | { readonly kind: "LATEST_BEFORE"; readonly date: string };

export interface FhirProfile {
  readonly name: string;
  /** Raised with every change of mapping or tables that changes a result; part of `mappingVersion`. */
  readonly version: number;
  readonly nhsNumberSystems: readonly string[];
  /** A sender in Wales: numbers traced in the Welsh register (status `nn`) are keys there, and nowhere else. */
  readonly welsh: boolean;
  /** Identifier systems that are the sender's local number although no type `MR` says so. */
  readonly hospitalNumberSystems: readonly string[];
  /** Encounter classes (v3-ActCode) whose end is a discharge from the acute stay. */
  readonly dischargeClasses: readonly string[];
  readonly assessmentFrom: AssessmentSource;
  /** The sender's own codes for cardiac rehabilitation as a service, a referral or a plan: `system|code`. */
  readonly rehabilitationCodes: readonly string[];
  /** The sender's own observation codes: `system|code` to assessment item. */
  readonly observationCodes: LocalCodes;
  /** The sender's questionnaires, where neither the codes nor the names of their items say what they ask. */
  readonly questionnaires: readonly QuestionnaireMap[];
}

const SYNTHEA_SYSTEM = "https://github.com/synthetichealth/synthea";

const UK_CORE: FhirProfile = {
  name: "uk-core",
  version: 3,
  // The second is the OID of the same number, as older systems carry it over from HL7 v3 (not seen in the samples).
  nhsNumberSystems: ["https://fhir.nhs.uk/Id/nhs-number", "urn:oid:2.16.840.1.113883.2.1.4.1"],
  welsh: false,
  hospitalNumberSystems: [],
  dischargeClasses: ["IMP", "ACUTE", "NONAC", "SS"],
  assessmentFrom: { kind: "REHABILITATION" },
  rehabilitationCodes: [],
  observationCodes: {},
  questionnaires: [],
};

/** `uk-core` is the default; `synthea` is chosen by the caller, in demo mode only (`detectFhirProfile`). */
export const FHIR_PROFILES: Readonly<Record<string, FhirProfile>> = {
  "uk-core": UK_CORE,
  "uk-core-wales": { ...UK_CORE, name: "uk-core-wales", welsh: true },
  // Synthea admits a heart attack as an emergency encounter of several days.
  synthea: {
    ...UK_CORE,
    name: "synthea",
    hospitalNumberSystems: [SYNTHEA_SYSTEM],
    dischargeClasses: [...UK_CORE.dischargeClasses, "EMER"],
    assessmentFrom: { kind: "LATEST", daysAfterEvent: 28 },
  },
};

/** The profile with this name; null for an unknown one (names come from input, so a prototype's key is no name). */
export const findFhirProfile = (name: string): FhirProfile | null =>
  Object.hasOwn(FHIR_PROFILES, name) ? (FHIR_PROFILES[name] ?? null) : null;

/** `synthea` where a patient carries Synthea's own identifier system or tag; null: nothing speaks for a special profile. */
export function detectFhirProfile(input: unknown): "synthea" | null {
  return decodeFhir(input).entries.some((entry) => entry.type === "Patient" && isFromSynthea(entry.resource)) ? "synthea" : null;
}

function isFromSynthea(resource: unknown): boolean {
  if (!isFhirObject(resource)) return false;
  const patient = toElement(resource);
  const meta = readElement(patient, "meta");
  const marks = [...readElements(patient, "identifier"), ...(meta === null ? [] : readElements(meta, "tag"))];
  return marks.some((mark) => readOwn(mark.value, "system") === SYNTHEA_SYSTEM);
}
