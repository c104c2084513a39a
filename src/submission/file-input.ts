/** An uploaded file as the input of a job: read entry by entry, mapped chunk by chunk. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { MappedSource, SourceKind } from "../records/draft-record.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { MappingName, MappingRegistry } from "./commands.ts";
import type { FileChunk, FileReader, JobChunk, JobInput } from "./file-ports.ts";
import type { SubmissionJob } from "./job-ports.ts";
import { senderFormatOf } from "./sender-format.ts";
import { ProfileGone, type ResolveSender, resolveUnsaved, type Sender } from "./sender-ports.ts";
import { type PlacedStaffingRow, type ReadStaffingRows, StaffingRow } from "./survey-ports.ts";
import { UploadDamaged, type UploadReader } from "./upload-ports.ts";

export const MAPPING_OF_FORMAT: Readonly<Record<FileFormat, MappingName>> = {
  NACR_NDJSON: "RECORDS",
  IMPORTER_CSV: "IMPORTER",
  IMPORTER_ZIP: "IMPORTER",
  EXCEL: "IMPORTER",
  ACCESS: "IMPORTER",
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
  /** Absent: nothing can be saved for a sender. */
  readonly resolveSender?: ResolveSender | undefined;
  readonly readStaffing: ReadStaffingRows;
}

/** What it takes of a job. */
type FileToRead = Pick<SubmissionJob, "actor" | "header" | "profile" | "source">;

export type OpenFileInput = (job: FileToRead, dictionary: Dictionary) => Promise<JobInput>;

/** @throws UploadDamaged where the content is gone or was altered */
export function createOpenFileInput(dependencies: FileInputDependencies): OpenFileInput {
  const { uploads, files, mappings, resolveSender = resolveUnsaved, readStaffing } = dependencies;
  return async ({ header, actor, source, profile }, dictionary) => {
    if (source.kind !== "UPLOAD") throw new Error("This job does not read a file.");
    const upload = await uploads.find(actor, source.uploadId);
    if (upload === null) throw new UploadDamaged("The upload of a job is gone.");
    const content = await uploads.open(header.ods, source.uploadId);
    const { vendor, product } = header.sourceSystem;
    const format = senderFormatOf(MAPPING_OF_FORMAT[source.format]);
    const sender = await resolveSender({ ods: header.ods, vendor, product, format, profile, dictionary });
    if (sender === null) throw new ProfileGone();
    const { columns } = sender;
    const entries = await files.open(source.format, content, { dictionary, recordType: upload.recordType, columns });
    const toJobChunk = (chunk: FileChunk): JobChunk => {
      const source = mapChunk(chunk, entries.mapping, sender, dictionary, mappings);
      const { surveys, issues } = readStaffing(staffingOf(chunk), header.programmeCode);
      return { source: { ...source, issues: [...source.issues, ...issues] }, surveys, next: chunk.next };
    };
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

const staffingOf = ({ entries, places }: FileChunk): readonly PlacedStaffingRow[] =>
  entries.flatMap((row, index) => (row instanceof StaffingRow ? [{ row, place: places[index] ?? "" }] : []));

function mapChunk(
  { entries, places }: FileChunk,
  mapping: MappingName,
  sender: Sender,
  dictionary: Dictionary,
  mappings: MappingRegistry,
): MappedSource {
  const source = mappings.map(mapping, entries, sender.profile, dictionary, (index) => places[index] ?? "", sender);
  if (source === null) throw new ProfileGone();
  return source;
}
