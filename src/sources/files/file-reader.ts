/** The reader of uploaded files: one door for all formats. */
import { LIMITS } from "../../lib/limits.ts";
import type { FileFormat } from "../../records/file-format.ts";
import { MAPPING_OF_FORMAT } from "../../submission/file-input.ts";
import type { FileEntries, FileOptions, FileReader, RawEntry } from "../../submission/file-ports.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { detectFormat } from "./detect-format.ts";
import { openFhirLines } from "./fhir-lines.ts";
import { refuseFile, refuseWith } from "./file-issues.ts";
import { openBatch, readRawMessages } from "./hl7v2-batch.ts";
import { ImporterFiles } from "./importer-files.ts";
import { openImporterRows, readRawRows } from "./importer-rows.ts";
import { openRecordLines, readRawLines } from "./record-lines.ts";

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
      return await openBatch(content);
    default:
      return await openImporter(format, content, options, folder);
  }
}

async function openImporter(
  format: "IMPORTER_CSV" | "IMPORTER_ZIP",
  content: UploadContent,
  options: FileOptions,
  folder: string,
): Promise<FileEntries> {
  const opened = await ImporterFiles.open(format, content, options, folder);
  try {
    const entries =
      opened.issues.length > 0
        ? refuseWith("IMPORTER", content.bytes, opened.issues)
        : await openImporterRows(opened.files, options.dictionary);
    return { ...entries, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function* readRaw(
  format: FileFormat,
  content: UploadContent,
  options: FileOptions,
  folder: string,
): AsyncGenerator<RawEntry> {
  if (format === "NACR_NDJSON") yield* readRawLines(content, LIMITS.fileLineBytes);
  else if (format === "FHIR_NDJSON") yield* readRawLines(content, LIMITS.bundleBytes);
  else if (format === "HL7V2_BATCH") yield* readRawMessages(content);
  else {
    const opened = await ImporterFiles.open(format, content, options, folder);
    try {
      yield* readRawRows(opened.files);
    } finally {
      await opened.close();
    }
  }
}
