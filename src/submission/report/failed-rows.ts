/** The parts of an input that failed, in the sender's own form, piece by piece: to be corrected and sent again as they are. */
import type { RecordTypeName } from "../../dataset/define.ts";
import { BYTE_ORDER_MARK, toCsvRow } from "../../lib/csv-row.ts";
import { REASON_COLUMNS, REASONS_MEMBER } from "../../records/file-format.ts";
import type { RawEntry } from "../file-ports.ts";
import type { FailingPlaces, Reason } from "./failing-places.ts";

type Failures = Pick<FailingPlaces, "reasonsAt">;
type Entries = AsyncIterable<Pick<RawEntry, "place" | "text">> | Iterable<Pick<RawEntry, "place" | "text">>;

/** Failing lines as they were, each with its reasons in a member that a reader of files leaves out. */
export async function* renderRecordLines(entries: Entries, failures: Failures): AsyncGenerator<string> {
  for await (const { text, reasons } of listFailing(entries, failures)) yield `${withReasons(text, reasons)}\n`;
}

/** Failing lines as they were. */
export async function* renderLines(entries: Entries, failures: Failures): AsyncGenerator<string> {
  for await (const { text } of listFailing(entries, failures)) yield `${text}\n`;
}

/** Failing messages one after the other, each with a line end of the kind its sender uses. */
export async function* renderMessages(entries: Entries, failures: Failures): AsyncGenerator<string> {
  for await (const { text } of listFailing(entries, failures)) {
    const lineEnd = /\r\n|\r|\n/.exec(text)?.[0] ?? "\r";
    yield text.replace(/[\r\n]+$/, "") + lineEnd;
  }
}

async function* listFailing(entries: Entries, failures: Failures) {
  for await (const { place, text } of entries) {
    const reasons = failures.reasonsAt(place);
    if (reasons !== null && text !== null) yield { text, reasons };
  }
}

/** Into the text itself: its spelling, its order and members nobody knows stay as they were. A line that is no object stays whole. */
function withReasons(line: string, reasons: readonly Reason[]): string {
  const open = line.trimEnd().replace(/\}$/, "");
  if (reasons.length === 0 || open === line.trimEnd() || !line.trimStart().startsWith("{")) return line;
  const separator = open.trimEnd().endsWith("{") ? "" : ",";
  return `${open}${separator}${JSON.stringify(REASONS_MEMBER)}:${JSON.stringify(reasons)}}`;
}

/** A piece of an importer file. */
export interface RowPiece {
  /** Counts the sender's files from 1. */
  readonly file: number;
  readonly recordType: RecordTypeName | null;
  readonly text: string;
}

/** The sender's own header and cells, and the reasons in columns behind them. Reasons of an earlier time are left out. */
export async function* renderImporterRows(entries: AsyncIterable<RawEntry>, failures: Failures): AsyncGenerator<RowPiece> {
  let file: FileInHand | null = null;
  for await (const { recordType, cells, header, place } of entries) {
    if (cells === null || header === null) continue;
    if (file === null || !isSameFile(file, recordType, header)) file = beginFile((file?.number ?? 0) + 1, recordType, header);
    const reasons = failures.reasonsAt(place);
    if (reasons === null) continue;
    const head = file.headed
      ? ""
      : BYTE_ORDER_MARK + toCsvRow([...pickCells(header, file.columns, header.length), ...REASON_COLUMNS]);
    file.headed = true;
    const row = toCsvRow([...pickCells(cells, file.columns, header.length), ...toReasonCells(reasons)]);
    yield { file: file.number, recordType, text: head + row };
  }
}

/** The file whose rows are read. */
interface FileInHand {
  readonly number: number;
  readonly recordType: RecordTypeName | null;
  readonly header: readonly string[];
  /** Positions of the sender's own columns. */
  readonly columns: readonly number[];
  headed: boolean;
}

const beginFile = (number: number, recordType: FileInHand["recordType"], header: readonly string[]): FileInHand => ({
  number,
  recordType,
  header,
  columns: [...header.keys()].filter((position) => !isReasonColumn(header[position] ?? "")),
  headed: false,
});

/** Two files of the same columns, one after the other, may as well be one. */
const isSameFile = (file: FileInHand, recordType: FileInHand["recordType"], header: readonly string[]): boolean =>
  file.recordType === recordType &&
  (file.header === header ||
    (file.header.length === header.length && header.every((name, position) => name === file.header[position])));

const isReasonColumn = (name: string): boolean => REASON_COLUMNS.some((column) => column === name.trim());

/** A row may be shorter than its header, or longer. */
const pickCells = (cells: readonly string[], columns: readonly number[], width: number): readonly string[] => [
  ...columns.map((position) => cells[position] ?? ""),
  ...cells.slice(width),
];

const SEPARATOR = " | ";

/** Several reasons stand side by side in the same order in every column. */
const toReasonCells = (reasons: readonly Reason[]): readonly string[] => [
  reasons.map(({ code }) => code).join(SEPARATOR),
  reasons.map(({ field }) => field ?? "").join(SEPARATOR),
  reasons.map(({ text }) => text).join(SEPARATOR),
];
