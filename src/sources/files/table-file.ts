/** A table whose rows can be read again where they stand: what is sent is gathered by patient before it is read. */

import type { CellType } from "../../../mappings/files/importer-cell.ts";
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import type { TableCell, TableRow, TableSource } from "./table-source.ts";

/** A row where it stands. */
export interface StoredRow {
  /** As `TableRow.number`. */
  readonly number: number;
  readonly start: number;
  readonly length: number;
  /** Null where it is longer than a row may be. */
  readonly bytes: Buffer | null;
}

/** The cells of a row, one for each column of the header at least. */
export interface RowText {
  readonly texts: readonly string[];
  /** Null: all are text. */
  readonly types: readonly CellType[] | null;
}

export interface TableFile extends TableSource {
  readonly content: UploadContent;
  /** Rows behind the header. */
  readStored(): AsyncIterable<readonly StoredRow[]>;
  /** @param bytes of a stored row */
  decode(bytes: Buffer | null): RowText | UnreadableEntry;
  /** The cells of a row that is unreadable, as far as they can be told; all in one where they cannot. */
  splitAnyhow(bytes: Buffer | null): readonly string[];
}

export const rowName = (number: number): string => `row ${number}`;

export const isUnreadable = (row: RowText | UnreadableEntry): row is UnreadableEntry => row instanceof UnreadableEntry;

/** A row in which nothing is stated: spreadsheets write hundreds of them behind the last one. */
export const isEmptyRow = (row: RowText | UnreadableEntry): boolean =>
  !isUnreadable(row) && row.texts.every((text) => text.trim() === "");

const EMPTY: TableCell = { type: "text", text: "" };

/** `TableSource.rows` of a table file. */
export async function* readTableRows(file: Omit<TableFile, "rows">): AsyncGenerator<readonly TableRow[]> {
  for await (const stored of file.readStored()) {
    const rows: TableRow[] = [];
    for (const { number, bytes } of stored) {
      const row = file.decode(bytes);
      if (isEmptyRow(row)) continue;
      rows.push({ number, place: `${file.prefix}${rowName(number)}`, cells: isUnreadable(row) ? row : toCells(row) });
    }
    yield rows;
  }
}

export const toCells = ({ texts, types }: RowText): readonly TableCell[] =>
  texts.map((text, position) => (text === "" ? EMPTY : { type: types?.[position] ?? "text", text }));
