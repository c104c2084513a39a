/** The registry: which mapping reads a format, under which sender profile. */
import type { Dictionary } from "../src/dataset/dictionary.ts";
import type { MappedSource } from "../src/records/draft-record.ts";
import { isFileResources, mapFhirFile, resourcesOf } from "./fhir/fhir-file-mapping.ts";
import { mapFhir } from "./fhir/fhir-mapping.ts";
import { detectFhirProfile, findFhirProfile } from "./fhir/fhir-profiles.ts";
import { mapImporterRows } from "./files/importer-mapping.ts";
import { mapPastedTable, PastedTable } from "./files/pasted-table.ts";
import type { CompiledProfile } from "./files/profile-compile.ts";
import { mapProfileRows } from "./files/profile-mapping.ts";
import { UnreadableEntry } from "./files/unreadable-entry.ts";
import { mapHl7v2, type SentMessage } from "./hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE, HL7V2_PROFILES } from "./hl7v2/hl7v2-profiles.ts";
import { mapRecords } from "./records/record-input-mapping.ts";
import type { MappingTables } from "./support/mapping-tables.ts";
import type { PlaceOf } from "./support/place-of.ts";

/** The format's default, for UK senders. */
const DEFAULT_FHIR_PROFILE = "uk-core";

/** Tables in the importer's own layout, by name: where something else is saved for the sender. */
const IMPORTER_PROFILE = "importer";

export interface MappingOptions {
  readonly dictionary: Dictionary;
  /** Name of a sender profile; null: the format's default. */
  readonly profile: string | null;
  /** Recognise test data (Synthea) by its own marks, where no profile was named. Demo mode only: a hospital's data has no such marks. */
  readonly detectTestData: boolean;
  /** Where an entry of the payload stands in the sender's input; absent: by its position in the request. */
  readonly placeOf?: PlaceOf | undefined;
  /** The tables codes are translated by; absent: the shipped core. */
  readonly tables?: MappingTables | undefined;
  /** The column profile that reads rows of tables. */
  readonly columns?: CompiledProfile | null | undefined;
}

/** How one format is read. Null: there is no profile of that name. */
export type Mapping = (payload: unknown, options: MappingOptions) => MappedSource | null;

const toList = (payload: unknown): readonly unknown[] => (Array.isArray(payload) ? payload : []);

const toMessage = (message: unknown): SentMessage => (message instanceof UnreadableEntry ? message : String(message));

export const MAPPINGS = {
  RECORDS: (payload, { dictionary, profile, placeOf }) =>
    profile === null ? mapRecords(toList(payload), dictionary, placeOf) : null,
  FHIR: (payload, { profile, detectTestData, placeOf, tables }) => {
    const ofFile = isFileResources(payload);
    const detected = detectTestData && profile === null ? detectFhirProfile(ofFile ? resourcesOf(payload) : payload) : null;
    const found = findFhirProfile(profile ?? detected ?? DEFAULT_FHIR_PROFILE);
    if (found === null) return null;
    return ofFile ? mapFhirFile(payload, found, placeOf, tables) : mapFhir(payload, found, placeOf, tables);
  },
  HL7V2: (payload, { profile, placeOf, tables }) => {
    const found = profile === null ? DEFAULT_HL7V2_PROFILE : HL7V2_PROFILES.get(profile);
    return found === undefined ? null : mapHl7v2(toList(payload).map(toMessage), found, placeOf, tables);
  },
  IMPORTER: (payload, { dictionary, profile, placeOf }) =>
    profile === null || profile === IMPORTER_PROFILE ? mapImporterRows(toList(payload), dictionary, placeOf) : null,
  COLUMNS: (payload, { columns, placeOf, tables }) => {
    if (!columns) return null;
    return payload instanceof PastedTable
      ? mapPastedTable(payload, columns, tables?.siteCodes)
      : mapProfileRows(toList(payload), columns, tables?.siteCodes, placeOf);
  },
} as const satisfies Readonly<Record<string, Mapping>>;
