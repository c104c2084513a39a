/** The reader of uploaded files: one door for all formats. */
import { LIMITS } from "../../lib/limits.ts";
import type { FileFormat } from "../../records/file-format.ts";
import { MAPPING_OF_FORMAT } from "../../submission/file-input.ts";
import type { FileEntries, FileOptions, FileReader, RawEntry } from "../../submission/file-ports.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { detectFormat } from "./detect-format.ts";
import { openFhirLines } from "./fhir-lines.ts";
import { refuseFile } from "./file-issues.ts";
import { openBatch, readRawMessages } from "./hl7v2-batch.ts";
import { planImporterTables, typeOfTable } from "./importer-tables.ts";
import { countImporterColumns } from "./known-columns.ts";
import { OpenTables, type TableFormat, type TableOptions } from "./open-tables.ts";
import { countColumnsOf, planProfileTables } from "./profile-tables.ts";
import { openRecordLines, readRawLines } from "./record-lines.ts";
import { openTableRows, readRawRows } from "./table-rows.ts";

export interface FileReaderOptions {
  /** Where content is laid aside, sealed, while it is read. Made where it is not there. */
  readonly scratchFolder: string;
}

export function createFileReader({ scratchFolder }: FileReaderOptions): FileReader {
  return {
    open: (format, content, options) => openFile(format, content, options, scratchFolder),
    readRaw: (format, content, options) => readRaw(format, content, options, scratchFolder),
  };
}

async function openFile(format: FileFormat, content: UploadContent, options: FileOptions, folder: string): Promise<FileEntries> {
  const found = await detectFormat(content, options.dictionary, options.recordType);
  // An importer file says best itself what its columns lack; text that nobody knows is left to it.
  const isOther = found === null ? format !== "IMPORTER_CSV" : found !== format;
  if (isOther)
    return refuseFile(MAPPING_OF_FORMAT[format], content.bytes, "FORMAT_UNRECOGNISED", {
      format,
      ...(found === null ? {} : { found }),
    });
  switch (format) {
    case "NACR_NDJSON":
      return openRecordLines(content);
    case "FHIR_NDJSON":
      return await openFhirLines(content);
    case "HL7V2_BATCH":
      return await openBatch(content, folder);
    default:
      return await openImporter(format, content, options, folder);
  }
}

async function openImporter(
  format: TableFormat,
  content: UploadContent,
  options: FileOptions,
  folder: string,
): Promise<FileEntries> {
  const opened = await OpenTables.open(format, content, tableOptions(options, folder));
  try {
    const { columns, dictionary } = options;
    const { plans, issues } = columns ? planProfileTables(opened.tables, columns) : planImporterTables(opened.tables, dictionary);
    const entries = await openTableRows(plans, [...opened.issues, ...issues], columns ? "COLUMNS" : "IMPORTER");
    return { ...entries, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

const tableOptions = ({ dictionary, recordType, columns }: FileOptions, folder: string): TableOptions => ({
  dictionary,
  recordType,
  countKnown: columns ? countColumnsOf(columns) : countImporterColumns(dictionary),
  folder,
});

async function* readRaw(
  format: FileFormat,
  content: UploadContent,
  options: FileOptions,
  folder: string,
): AsyncGenerator<RawEntry> {
  if (format === "NACR_NDJSON") yield* readRawLines(content, LIMITS.fileLineBytes);
  else if (format === "FHIR_NDJSON") yield* readRawLines(content, LIMITS.bundleBytes);
  else if (format === "HL7V2_BATCH") yield* readRawMessages(content, folder);
  else {
    const opened = await OpenTables.open(format, content, tableOptions(options, folder));
    try {
      yield* readRawRows(opened.tables, (table) => (options.columns ? null : typeOfTable(table, options.dictionary)));
    } finally {
      await opened.close();
    }
  }
}
