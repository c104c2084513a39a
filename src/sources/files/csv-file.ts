/** One importer file: its header understood, its rows ready to be read. */
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import { columnPrefix } from "../../dataset/csv-header.ts";
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { countColumns, type MatchedHeader, matchHeader, recordTypeOfHeader } from "../../dataset/match-csv-header.ts";
import { LIMITS } from "../../lib/limits.ts";
import type { Issue } from "../../records/issue.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import type { CsvForm } from "./csv-rows.ts";
import { DELIMITERS, type Delimiter, splitCells } from "./csv-text.ts";
import { decodeText, isBlank } from "./decode-line.ts";
import { fileIssue } from "./file-issues.ts";
import { type FindEnd, findCarriageReturn, findLineFeed, readLines } from "./read-lines.ts";

/** No header is nearly as long. */
const HEAD_BYTES = 64 * 1024;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NUL = 0;

export interface CsvFile {
  readonly content: UploadContent;
  readonly recordType: RecordTypeName;
  readonly form: CsvForm;
  readonly header: MatchedHeader;
  /** The sender's own column names. */
  readonly names: readonly string[];
  /** What stands before `row 14`: nothing, or `assessment ` in a zip. */
  readonly prefix: string;
}

/** How a file of a record type is called in places: `assessment`. */
export const nameOfFile = (dictionary: Dictionary, recordType: RecordTypeName): string =>
  columnPrefix(dictionary.recordType(recordType));

/** The file, or why nothing of it can be read. */
export async function openCsv(
  content: UploadContent,
  dictionary: Dictionary,
  hint: RecordTypeName | null,
  toPrefix: (recordType: RecordTypeName) => string,
): Promise<CsvFile | Issue> {
  const findEnd = await findRowEnd(content);
  const line = await readHeaderLine(content, findEnd);
  if (line === null) return fileIssue("ERROR", "FORMAT_UNRECOGNISED");
  const text = line.bytes.includes(NUL) ? null : decodeText(line.bytes);
  if (text === null) return fileIssue("ERROR", "ENCODING_UNREADABLE");
  const delimiter = chooseDelimiter(dictionary, hint, text);
  const names = splitCells(text, delimiter);
  if (names === null) return fileIssue("ERROR", "FORMAT_UNRECOGNISED");
  const recordType = hint ?? recordTypeOfHeader(dictionary, names);
  if (recordType === null) return fileIssue("ERROR", "RECORD_TYPE_UNKNOWN");
  const prefix = toPrefix(recordType);
  const header = matchHeader(dictionary, recordType, names, `${prefix}${rowName(line.number)}`);
  const form = { delimiter, findEnd, firstByte: line.next, firstRow: line.number + 1 };
  return { content, recordType, form, header, names, prefix };
}

export const rowName = (number: number): string => `row ${number}`;

/** Old spreadsheets on Apple computers end lines with a carriage return alone. */
async function findRowEnd(content: UploadContent): Promise<FindEnd> {
  const head = await content.read(0, HEAD_BYTES);
  const first = head.indexOf(CARRIAGE_RETURN);
  const isAlone = first !== -1 && first + 1 < head.length && head[first + 1] !== LINE_FEED;
  const feed = head.indexOf(LINE_FEED);
  return isAlone && (feed === -1 || feed > first) ? findCarriageReturn : findLineFeed;
}

interface HeaderLine {
  readonly number: number;
  readonly next: number;
  readonly bytes: Buffer;
}

/** The first line that is not blank; null where there is none, or none that ends in time. */
async function readHeaderLine(content: UploadContent, findEnd: FindEnd): Promise<HeaderLine | null> {
  let number = 0;
  for await (const lines of readLines(content, 0, HEAD_BYTES, findEnd)) {
    for (const { next, bytes } of lines) {
      number += 1;
      if (bytes === null) return null;
      if (!isBlank(bytes)) return { number, next, bytes: Buffer.from(bytes) };
    }
  }
  return null;
}

/** The delimiter that makes most known columns of the header. */
export function chooseDelimiter(dictionary: Dictionary, hint: RecordTypeName | null, header: string): Delimiter {
  const known = (delimiter: Delimiter): number => {
    const cells = splitCells(header, delimiter) ?? [];
    const types = hint === null ? dictionary.recordTypes.map(({ name }) => name) : [hint];
    return Math.max(...types.map((type) => countColumns(dictionary, type, cells)));
  };
  return DELIMITERS.reduce((best, delimiter) => (known(delimiter) > known(best) ? delimiter : best));
}

/** The cells of a row, one for each column of the header, or why it cannot be read. */
export function readCells(bytes: Buffer | null, { form, names }: CsvFile): readonly string[] | UnreadableEntry {
  if (bytes === null) return new UnreadableEntry("FORMAT_UNRECOGNISED", { max: LIMITS.fileLineBytes });
  const text = bytes.includes(NUL) ? null : decodeText(bytes);
  if (text === null) return new UnreadableEntry("ENCODING_UNREADABLE");
  const cells = splitCells(text.replaceAll("\r\n", "\n"), form.delimiter);
  if (cells === null) return new UnreadableEntry("FORMAT_UNRECOGNISED");
  const isRagged = cells.length < names.length || cells.slice(names.length).some((cell) => cell.trim() !== "");
  return isRagged ? new UnreadableEntry("COLUMNS_UNRECOGNISED", { max: names.length }) : cells;
}
