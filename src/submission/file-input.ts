/** An uploaded file as the input of a job: read entry by entry, mapped chunk by chunk. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { MappedSource, SourceKind } from "../records/draft-record.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { MappingName, MappingRegistry } from "./commands.ts";
import type { FileChunk, FileReader, JobChunk, JobInput } from "./file-ports.ts";
import type { SubmissionJob } from "./job-ports.ts";
import { UploadDamaged, type UploadReader } from "./upload-ports.ts";

export const MAPPING_OF_FORMAT: Readonly<Record<FileFormat, MappingName>> = {
  NACR_NDJSON: "RECORDS",
  IMPORTER_CSV: "IMPORTER",
  IMPORTER_ZIP: "IMPORTER",
  FHIR_NDJSON: "FHIR",
  HL7V2_BATCH: "HL7V2",
};

/** NACR records and importer files state the dataset's own values; the others are translated. */
export const kindOf = (mapping: MappingName): SourceKind =>
  mapping === "RECORDS" || mapping === "IMPORTER" ? "STATED" : "MAPPED";

export interface FileInputDependencies {
  readonly uploads: UploadReader;
  readonly files: FileReader;
  readonly mappings: MappingRegistry;
}

export type OpenFileInput = (job: SubmissionJob, dictionary: Dictionary) => Promise<JobInput>;

/** @throws UploadDamaged where the content is gone or was altered */
export function createOpenFileInput({ uploads, files, mappings }: FileInputDependencies): OpenFileInput {
  return async ({ header, actor, source, profile }, dictionary) => {
    if (source.kind !== "UPLOAD") throw new Error("This job does not read a file.");
    const upload = await uploads.find(actor, source.uploadId);
    if (upload === null) throw new UploadDamaged("The upload of a job is gone.");
    const content = await uploads.open(header.ods, source.uploadId);
    const entries = await files.open(source.format, content, { dictionary, recordType: upload.recordType });
    const toJobChunk = (chunk: FileChunk): JobChunk => ({
      source: mapChunk(chunk, entries.mapping, profile, dictionary, mappings),
      next: chunk.next,
    });
    return {
      issues: entries.issues,
      kind: kindOf(entries.mapping),
      bytesTotal: entries.bytesTotal,
      async *chunks(from, size) {
        for await (const chunk of entries.chunks(from, size)) yield toJobChunk(chunk);
      },
      close: () => entries.close(),
    };
  };
}

function mapChunk(
  { entries, places }: FileChunk,
  mapping: MappingName,
  profile: string | null,
  dictionary: Dictionary,
  mappings: MappingRegistry,
): MappedSource {
  const source = mappings.map(mapping, entries, profile, dictionary, (index) => places[index] ?? "");
  if (source === null) throw new Error("The profile of an accepted job does not exist any more.");
  return source;
}
