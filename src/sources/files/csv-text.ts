/**
 * The text of importer files (RFC 4180), read as spreadsheets write it: comma, semicolon or tab, any line end, quotes where a cell holds
 * one of them. Rows are found by their bytes, so that each can be read again where it stands; a row whose quotes do not close ends with
 * its line, and the next line is read as if nothing had been.
 */

const QUOTE = '"';
const QUOTE_BYTE = 0x22;

export type Delimiter = "," | ";" | "\t";
export const DELIMITERS: readonly Delimiter[] = [",", ";", "\t"];

/** The cells of a row; null where its quotes are not in order. */
export function splitCells(row: string, delimiter: Delimiter): readonly string[] | null {
  if (!row.includes(QUOTE)) return row.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; ; ) {
    const cell = readCell(row, at, delimiter);
    if (cell === null) return null;
    cells.push(cell.text);
    if (cell.end >= row.length) return cells;
    at = cell.end + 1;
  }
}

interface Cell {
  readonly text: string;
  /** Where the delimiter behind it stands, or the end of the row. */
  readonly end: number;
}

/** A quote within a cell that does not begin with one is a character like any other: inches, for example. */
function readCell(row: string, start: number, delimiter: Delimiter): Cell | null {
  if (row.charAt(start) !== QUOTE) {
    const end = row.indexOf(delimiter, start);
    return { text: row.slice(start, end === -1 ? row.length : end), end: end === -1 ? row.length : end };
  }
  const close = findClosingQuote(row, start + 1);
  if (close === -1) return null;
  const end = close + 1;
  if (end < row.length && row.charAt(end) !== delimiter) return null;
  return { text: row.slice(start + 1, close).replaceAll(QUOTE + QUOTE, QUOTE), end };
}

/** Two quotes stand for one. */
function findClosingQuote(row: string, from: number): number {
  for (let at = row.indexOf(QUOTE, from); at !== -1; at = row.indexOf(QUOTE, at + 2)) if (row.charAt(at + 1) !== QUOTE) return at;
  return -1;
}

/** Whether a line, as the beginning of a row, ends inside a quoted cell, so that the row goes on behind it. */
export function endsOpen(line: Buffer, delimiter: Delimiter): boolean {
  return line.includes(QUOTE_BYTE) && scanCells(line, 0, delimiter) === "OPEN";
}

/** As `endsOpen` for a line that begins inside a quoted cell. `MALFORMED`: something else than a delimiter follows a closing quote. */
export function endsOpenRow(line: Buffer, delimiter: Delimiter): "OPEN" | "CLOSED" | "MALFORMED" {
  const close = findClosingByte(line, 0);
  return close === -1 ? "OPEN" : scanBehindQuote(line, close, delimiter);
}

function scanCells(line: Buffer, from: number, delimiter: Delimiter): "OPEN" | "CLOSED" | "MALFORMED" {
  for (let at = from; at < line.length; ) {
    if (line[at] !== QUOTE_BYTE) {
      const next = line.indexOf(delimiter, at);
      if (next === -1) return "CLOSED";
      at = next + 1;
      continue;
    }
    const close = findClosingByte(line, at + 1);
    if (close === -1) return "OPEN";
    if (isFault(line, close, delimiter)) return "MALFORMED";
    at = close + 2;
  }
  return "CLOSED";
}

const scanBehindQuote = (line: Buffer, close: number, delimiter: Delimiter) =>
  isFault(line, close, delimiter) ? "MALFORMED" : scanCells(line, close + 2, delimiter);

const isFault = (line: Buffer, close: number, delimiter: Delimiter): boolean =>
  close + 1 < line.length && line[close + 1] !== delimiter.charCodeAt(0);

function findClosingByte(line: Buffer, from: number): number {
  for (let at = line.indexOf(QUOTE_BYTE, from); at !== -1; at = line.indexOf(QUOTE_BYTE, at + 2))
    if (line[at + 1] !== QUOTE_BYTE) return at;
  return -1;
}
