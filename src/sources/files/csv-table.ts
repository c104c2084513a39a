/** An importer CSV as a table: its encoding, its line ends, its delimiter and its header found, its rows ready to be read. */
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import type { RecordTypeName } from "../../dataset/define.ts";
import { LIMITS } from "../../lib/limits.ts";
import type { Issue } from "../../records/issue.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { type CsvForm, readRows } from "./csv-rows.ts";
import { DELIMITERS, type Delimiter, splitCells } from "./csv-text.ts";
import { decodeText, isBlank } from "./decode-line.ts";
import { fileIssue } from "./file-issues.ts";
import type { CountKnown } from "./known-columns.ts";
import { type FindEnd, findCarriageReturn, findLineFeed, readLines } from "./read-lines.ts";
import { type RowText, readTableRows, type TableFile } from "./table-file.ts";
import type { TextEncoding } from "./text-encoding.ts";

/** No header is nearly as long. */
const HEAD_BYTES = 64 * 1024;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NUL = 0;

export interface CsvOptions {
  /** Of the content: UTF-16 is recoded before. */
  readonly encoding: Exclude<TextEncoding, `utf-16${string}`>;
  /** What the file's name says it holds. */
  readonly recordType: RecordTypeName | null;
  readonly countKnown: CountKnown;
  /** What means the file as a whole in expressions. */
  readonly place: string;
  /** What stands before `row 14` in places. */
  readonly toPrefix: (header: readonly string[]) => string;
}

/** The table, or why nothing of the file can be read. */
export async function openCsvTable(content: UploadContent, options: CsvOptions): Promise<TableFile | Issue> {
  const findEnd = await findRowEnd(content);
  const line = await readHeaderLine(content, findEnd);
  if (line === null) return fileIssue("ERROR", "FORMAT_UNRECOGNISED", options.place);
  const text = decode(line.bytes, options.encoding);
  if (text === null) return fileIssue("ERROR", "ENCODING_UNREADABLE", options.place);
  const delimiter = chooseDelimiter(options.countKnown, options.recordType, text);
  const header = splitCells(text, delimiter);
  if (header === null) return fileIssue("ERROR", "FORMAT_UNRECOGNISED", options.place);
  const form = { delimiter, findEnd, firstByte: line.next, firstRow: line.number + 1 };
  return toTable(content, header, form, options);
}

function toTable(
  content: UploadContent,
  header: readonly string[],
  form: CsvForm,
  { encoding, recordType, place, toPrefix }: CsvOptions,
): TableFile {
  const file = {
    kind: "CSV",
    name: "",
    place,
    prefix: toPrefix(header),
    recordType,
    header,
    headerRow: form.firstRow - 1,
    dateSystem: 1900,
    content,
    readStored: () => readRows(content, form),
    decode: (bytes: Buffer | null) => readCells(bytes, form.delimiter, encoding, header),
    splitAnyhow: (bytes: Buffer | null) => {
      const text = bytes === null ? "" : (decode(bytes, encoding) ?? bytes.toString("utf8"));
      return splitCells(text, form.delimiter) ?? [text];
    },
  } as const;
  return { ...file, rows: () => readTableRows(file) };
}

function decode(bytes: Buffer, encoding: CsvOptions["encoding"]): string | null {
  if (bytes.includes(NUL)) return null;
  return decodeText(bytes) ?? (encoding === "windows-1252" ? new TextDecoder("windows-1252").decode(bytes) : null);
}

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

/** The delimiter that makes most known columns of the header; of a header that nobody knows, the one that makes most columns. */
export function chooseDelimiter(countKnown: CountKnown, recordType: RecordTypeName | null, header: string): Delimiter {
  const ranks = DELIMITERS.map((delimiter) => {
    const cells = splitCells(header, delimiter) ?? [];
    return { delimiter, known: countKnown(cells, recordType), cells: cells.length };
  });
  const isBetter = (one: (typeof ranks)[number], best: (typeof ranks)[number]): boolean =>
    one.known > best.known || (one.known === best.known && one.known === 0 && one.cells > best.cells);
  return ranks.reduce((best, one) => (isBetter(one, best) ? one : best)).delimiter;
}

/** The cells of a row, one for each named column at least, or why it cannot be read. */
function readCells(
  bytes: Buffer | null,
  delimiter: Delimiter,
  encoding: CsvOptions["encoding"],
  header: readonly string[],
): RowText | UnreadableEntry {
  if (bytes === null) return new UnreadableEntry("FORMAT_UNRECOGNISED", { max: LIMITS.fileLineBytes });
  const text = decode(bytes, encoding);
  if (text === null) return new UnreadableEntry("ENCODING_UNREADABLE");
  const texts = splitCells(text.replaceAll("\r\n", "\n"), delimiter);
  if (texts === null) return new UnreadableEntry("FORMAT_UNRECOGNISED");
  return checkWidth({ texts, types: null }, header);
}

/**
 * A row with fewer cells than the header has names, or with more that say something, may have lost or gained one anywhere. Spreadsheets
 * end a header with empty names where a column was emptied: rows need not have cells for those.
 */
export function checkWidth(row: RowText, header: readonly string[]): RowText | UnreadableEntry {
  const { texts } = row;
  const least = header.findLastIndex((name) => name.trim() !== "") + 1;
  const isRagged = texts.length < least || texts.slice(header.length).some((cell) => cell.trim() !== "");
  return isRagged ? new UnreadableEntry("COLUMNS_UNRECOGNISED", { max: header.length }) : row;
}
