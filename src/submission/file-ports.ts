/** A job's input, whatever it comes from: a file that was uploaded, or the failed records of an earlier submission. */

import type { CompiledProfile } from "../../mappings/files/profile-compile.ts";
import type { RecordTypeName } from "../dataset/define.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { MappedSource, SourceKind } from "../records/draft-record.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { Issue } from "../records/issue.ts";
import type { MappingName } from "./commands.ts";
import type { StatedSurvey } from "./survey-ports.ts";
import type { UploadContent } from "./upload-ports.ts";

/** How far a source was read. `bytes` is for progress, and for formats that are read from there; `entries` decides. */
export interface SourcePlace {
  readonly entries: number;
  readonly bytes: number;
}

/** Some entries of a file, as its mapping takes them. */
export interface FileChunk {
  readonly entries: readonly unknown[];
  /** For each entry, where it stands in the file: `line 7`, `row 14`, `assessment row 14`, `messages[3]`. The root of its expressions. */
  readonly places: readonly string[];
  /** Where the next chunk begins. */
  readonly next: SourcePlace;
}

/**
 * A file, entry by entry, in an order that is always the same. An entry is a line, a row or a message; the FHIR resources, rows or messages
 * of one patient stand side by side, wherever they stand in the file, and are never parted by the end of a chunk.
 */
export interface FileEntries {
  /** Issues that belong to no record: encoding, format, columns. With an ERROR among them nothing of the file is read. */
  readonly issues: readonly Issue[];
  readonly mapping: MappingName;
  readonly bytesTotal: number;
  /** About `size` entries at a time (more only where one patient has more), from a place a chunk ended at (or the start). */
  chunks(from: SourcePlace, size: number): AsyncIterable<FileChunk>;
  /** Removes what was laid aside while reading. */
  close(): Promise<void>;
}

export interface FileOptions {
  readonly dictionary: Dictionary;
  /** What the file's name says it holds. */
  readonly recordType: RecordTypeName | null;
  /** The column profile that reads its tables; absent or null: they are importer files. */
  readonly columns?: CompiledProfile | null;
}

/** A row, line or message as the sender wrote it: for the file of failed rows. */
export interface RawEntry {
  /** As in `FileChunk.places`. */
  readonly place: string;
  /** Importer files: whose row it is. */
  readonly recordType: RecordTypeName | null;
  /** Importer files: the cells, in the order of `header`. Else null. */
  readonly cells: readonly string[] | null;
  /** Importer files: the sender's own columns, as written. Else null. */
  readonly header: readonly string[] | null;
  /** Lines and messages: the text without its line end. Else null. */
  readonly text: string | null;
}

/** Reads the formats. @throws UploadDamaged; what is wrong with the file itself is an issue. */
export interface FileReader {
  open(format: FileFormat, content: UploadContent, options: FileOptions): Promise<FileEntries>;
  /** Every row, line or message in the file's own order. */
  readRaw(format: FileFormat, content: UploadContent, options: FileOptions): AsyncIterable<RawEntry>;
}

/** A chunk of a job's input: mapped, not yet judged. */
export interface JobChunk {
  readonly source: MappedSource;
  /** Surveys of the programme that stand in it. */
  readonly surveys?: readonly StatedSurvey[];
  readonly next: SourcePlace;
}

export interface JobInput {
  readonly issues: readonly Issue[];
  readonly kind: SourceKind;
  readonly bytesTotal: number | null;
  chunks(from: SourcePlace, size: number): AsyncIterable<JobChunk>;
  close(): Promise<void>;
}
