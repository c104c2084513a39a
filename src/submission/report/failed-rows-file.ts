/** The file of failed rows: in the form the input had, so that it can be corrected and sent again. */
import type { CompiledProfile } from "../../../mappings/files/profile-compile.ts";
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import type { RecordResult, SubmissionHeader } from "../../records/submission-record.ts";
import type { FileOptions, FileReader } from "../file-ports.ts";
import type { RootInput } from "../replay-root.ts";
import type { InputParts, SentPart, SubmittedFile } from "../report-ports.ts";
import type { UploadContent } from "../upload-ports.ts";
import { collectFailures, partAmong, partOfFile } from "./collect-failures.ts";
import { type RowPiece, renderImporterRows, renderLines, renderMessages, renderRecordLines } from "./failed-rows.ts";
import { addFileGroups, addGroups } from "./fhir-groups.ts";
import { zipFiles } from "./zip-files.ts";

export interface RowsFile {
  readonly contentType: string;
  /** Ending of the file's name. */
  readonly extension: string;
  /** What an importer file's name has to begin with. */
  readonly recordType: RecordTypeName | null;
  readonly body: AsyncIterable<string | Buffer>;
}

export interface RowsRequest {
  readonly header: SubmissionHeader;
  readonly dictionary: Dictionary;
  /** At least those of records that failed. */
  readonly results: AsyncIterable<readonly RecordResult[]>;
}

export interface OpenUpload {
  readonly recordType: RecordTypeName | null;
  /** The column profile that read its tables; absent or null: they are importer files. */
  readonly columns?: CompiledProfile | null;
  readonly content: UploadContent;
}

export interface RowsDependencies {
  readonly openUpload: (file: SubmittedFile) => Promise<OpenUpload>;
  readonly files: FileReader;
  readonly parts: InputParts;
}

const NDJSON = { contentType: "application/x-ndjson", extension: "ndjson", recordType: null };
const FHIR_NDJSON = { contentType: "application/fhir+ndjson", extension: "ndjson", recordType: null };
const ER7 = { contentType: "x-application/hl7-v2+er7; charset=utf-8", extension: "hl7", recordType: null };
const CSV = { contentType: "text/csv; charset=utf-8; header=present", extension: "csv" };
const ZIP = { contentType: "application/zip", extension: "zip", recordType: null };

export const makeRowsFile = (input: RootInput, request: RowsRequest, dependencies: RowsDependencies): Promise<RowsFile> =>
  input.kind === "UPLOAD" ? fromFile(input.file, request, dependencies) : fromEnvelope(input, request, dependencies.parts);

type EnvelopeInput = Extract<RootInput, { readonly kind: "ENVELOPE" }>;

async function fromEnvelope({ channel, envelope }: EnvelopeInput, request: RowsRequest, parts: InputParts): Promise<RowsFile> {
  const sent = partsOf(channel, JSON.parse(envelope), parts);
  const places = partAmong(new Set(sent.map(({ place }) => place)));
  const failures = await collectFailures(request.results, places, request.dictionary);
  if (channel === "RECORDS") return { ...NDJSON, body: renderRecordLines(sent, failures) };
  if (channel === "HL7V2") return { ...ER7, body: renderMessages(sent, failures) };
  return { ...FHIR_NDJSON, body: renderLines(sent, addGroups(sent, failures)) };
}

function partsOf(channel: EnvelopeInput["channel"], payload: unknown, parts: InputParts): readonly SentPart[] {
  if (channel === "FHIR") return parts.fhirResources(payload);
  const list: readonly unknown[] = Array.isArray(payload) ? payload : [];
  // A text of several messages stays whole: what was right in it changes nothing when it comes again.
  if (channel === "HL7V2") return list.map((text, index) => ({ place: `messages[${index}]`, text: String(text), group: null }));
  return list.map((record, index) => ({ place: `records[${index}]`, text: JSON.stringify(record), group: null }));
}

async function fromFile(file: SubmittedFile, request: RowsRequest, dependencies: RowsDependencies): Promise<RowsFile> {
  const { files, parts } = dependencies;
  const { format } = file;
  const { content, recordType, columns = null } = await dependencies.openUpload(file);
  const options: FileOptions = { dictionary: request.dictionary, recordType, columns };
  const failures = await collectFailures(request.results, partOfFile, request.dictionary);
  const entries = files.readRaw(format, content, options);
  switch (format) {
    case "NACR_NDJSON":
      return { ...NDJSON, body: renderRecordLines(entries, failures) };
    case "HL7V2_BATCH":
      return { ...ER7, body: renderMessages(entries, failures) };
    case "FHIR_NDJSON": {
      const wanted = await addFileGroups(failures, files, content, options, parts);
      return { ...FHIR_NDJSON, body: renderLines(entries, wanted) };
    }
    case "IMPORTER_CSV":
      return { ...CSV, recordType, body: textsOf(renderImporterRows(entries, failures)) };
    case "EXCEL":
    case "ACCESS":
    case "IMPORTER_ZIP": {
      // The name of the one file says what it holds; of several tables each says it by the name of its own.
      const isOne = format !== "IMPORTER_ZIP" && recordType !== null && failures.countTables() <= 1;
      if (isOne) return { ...CSV, recordType, body: textsOf(renderImporterRows(entries, failures)) };
      const pieces = inFiles(renderImporterRows(entries, failures));
      return { ...ZIP, body: zipFiles(pieces, new Date(request.header.receivedAt)) };
    }
  }
}

async function* textsOf(pieces: AsyncIterable<RowPiece>): AsyncGenerator<string> {
  for await (const { text } of pieces) yield text;
}

async function* inFiles(pieces: AsyncIterable<RowPiece>) {
  for await (const { file, recordType, text } of pieces) yield { name: `${nameStart(recordType)}_${file}.csv`, text };
}

/** An importer file's name says before the first underscore what it holds (`initiatingevent_2.csv`). */
export const nameStart = (recordType: RecordTypeName | null): string => recordType?.replaceAll("_", "").toLowerCase() ?? "rows";
