/** Lays the rows of a sheet aside while they are read, once it is known which of them is the header. */
import type { RecordTypeName } from "../../dataset/define.ts";
import { findHeader, HEADER_ROWS } from "./find-header.ts";
import type { CountKnown } from "./known-columns.ts";
import type { ScratchFile } from "./scratch-file.ts";
import { encodeRow } from "./stored-table.ts";
import type { RowText } from "./table-file.ts";

export interface NumberedRow extends RowText {
  readonly number: number;
}

/** Text is written in pieces of about this length. */
const PIECE_CHARACTERS = 64 * 1024;

export class TableBuilder {
  readonly #scratch: ScratchFile;
  readonly #recordType: RecordTypeName | null;
  readonly #countKnown: CountKnown;
  #first: NumberedRow[] | null = [];
  #lines: string[] = [];
  #characters = 0;
  header: readonly string[] = [];
  headerRow = 0;
  /** Rows above the header that say something. */
  rowsAbove = 0;
  /** Rows behind it. */
  rows = 0;

  constructor(scratch: ScratchFile, recordType: RecordTypeName | null, countKnown: CountKnown) {
    this.#scratch = scratch;
    this.#recordType = recordType;
    this.#countKnown = countKnown;
  }

  async add(rows: readonly NumberedRow[]): Promise<void> {
    for (const row of rows) {
      if (this.#first === null) this.#keep(row);
      else if (this.#first.push(row) === HEADER_ROWS) this.#settle(this.#first);
    }
    if (this.#characters >= PIECE_CHARACTERS) await this.#write();
  }

  async end(): Promise<void> {
    if (this.#first !== null) this.#settle(this.#first);
    await this.#write();
    await this.#scratch.end();
  }

  #settle(first: readonly NumberedRow[]): void {
    this.#first = null;
    const position = findHeader(first, this.#recordType, this.#countKnown);
    const header = first[position];
    if (header === undefined) return;
    this.header = header.texts;
    this.headerRow = header.number;
    this.rowsAbove = position;
    for (const row of first.slice(position + 1)) this.#keep(row);
  }

  #keep(row: NumberedRow): void {
    const line = encodeRow(row.number, row);
    this.#lines.push(line);
    this.#characters += line.length;
    this.rows += 1;
  }

  async #write(): Promise<void> {
    await this.#scratch.write(Buffer.from(this.#lines.join(""), "utf8"));
    this.#lines = [];
    this.#characters = 0;
  }
}
