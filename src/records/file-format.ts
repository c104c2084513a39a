/** The kinds of files `submitFile` takes. */
export const FILE_FORMATS = [
  "NACR_NDJSON",
  "IMPORTER_CSV",
  "IMPORTER_ZIP",
  "EXCEL",
  "ACCESS",
  "FHIR_NDJSON",
  "HL7V2_BATCH",
] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** Columns behind the sender's own, in a file of failed rows, that say why. Whoever reads the file, corrected, leaves them out. */
export const REASON_COLUMNS = ["reasonCode", "reasonField", "reasonText"] as const;
/** The same in a line of NACR NDJSON. */
export const REASONS_MEMBER = "_reasons";
