/** The registry: which mapping reads a format, under which sender profile. */
import type { Dictionary } from "../src/dataset/dictionary.ts";
import type { MappedSource } from "../src/records/draft-record.ts";
import { mapFhir } from "./fhir/fhir-mapping.ts";
import { detectFhirProfile, findFhirProfile } from "./fhir/fhir-profiles.ts";
import { mapHl7v2 } from "./hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE, HL7V2_PROFILES } from "./hl7v2/hl7v2-profiles.ts";
import { mapRecords } from "./records/record-input-mapping.ts";

/** The format's default, for UK senders. */
const DEFAULT_FHIR_PROFILE = "uk-core";

export interface MappingOptions {
  readonly dictionary: Dictionary;
  /** Name of a sender profile; null: the format's default. */
  readonly profile: string | null;
  /** Recognise test data (Synthea) by its own marks, where no profile was named. Demo mode only: a hospital's data has no such marks. */
  readonly detectTestData: boolean;
}

/** How one format is read. Null: there is no profile of that name. */
export type Mapping = (payload: unknown, options: MappingOptions) => MappedSource | null;

export const MAPPINGS = {
  RECORDS: (payload, { dictionary, profile }) =>
    profile === null ? mapRecords(Array.isArray(payload) ? payload : [], dictionary) : null,
  FHIR: (payload, { profile, detectTestData }) => {
    const detected = detectTestData && profile === null ? detectFhirProfile(payload) : null;
    const found = findFhirProfile(profile ?? detected ?? DEFAULT_FHIR_PROFILE);
    return found === null ? null : mapFhir(payload, found);
  },
  HL7V2: (payload, { profile }) => {
    const found = profile === null ? DEFAULT_HL7V2_PROFILE : HL7V2_PROFILES.get(profile);
    const messages = Array.isArray(payload) ? payload.map(String) : [];
    return found === undefined ? null : mapHl7v2(messages, found);
  },
  IMPORTER: () => null,
} as const satisfies Readonly<Record<string, Mapping>>;
