/** The kinds of files `submitFile` takes. */
export const FILE_FORMATS = ["NACR_NDJSON", "IMPORTER_CSV", "IMPORTER_ZIP", "FHIR_NDJSON", "HL7V2_BATCH"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];
