/** Readers of what a raw query returned: every cell is checked, so that a drift between SQL and code is a clear fault, not a wrong value. */
import type { Value } from "../dataset/define.ts";

/** A row by column name, as the driver read it. */
export type SqlRow = Readonly<Record<string, unknown>>;

const fault = (column: string, wanted: string): Error => new Error(`The column ${column} is not ${wanted}`);

const isText = (cell: unknown): cell is string => typeof cell === "string";

/** @throws Error for null or another type: a fault of the statement. The same holds for every reader below. */
export function textOf(row: SqlRow, column: string): string {
  const cell = row[column];
  if (typeof cell !== "string") throw fault(column, "text");
  return cell;
}

export function optionalTextOf(row: SqlRow, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

export function numberOf(row: SqlRow, column: string): number {
  const cell = row[column];
  if (typeof cell !== "number") throw fault(column, "a number");
  return cell;
}

export function optionalNumberOf(row: SqlRow, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column);
}

export function booleanOf(row: SqlRow, column: string): boolean {
  const cell = row[column];
  if (typeof cell !== "boolean") throw fault(column, "true or false");
  return cell;
}

export function bytesOf(row: SqlRow, column: string): Uint8Array {
  const cell = row[column];
  if (!(cell instanceof Uint8Array)) throw fault(column, "bytes");
  return cell;
}

export function optionalBytesOf(row: SqlRow, column: string): Uint8Array | null {
  return row[column] === null ? null : bytesOf(row, column);
}

export function textsOf(row: SqlRow, column: string): readonly string[] {
  const cell = row[column];
  if (!Array.isArray(cell) || !cell.every(isText)) throw fault(column, "a list of texts");
  return cell;
}

/** One of a closed list of words. */
export function wordOf<const W extends string>(row: SqlRow, column: string, words: readonly W[]): W {
  const cell = row[column];
  const word = words.find((candidate) => candidate === cell);
  if (word === undefined) throw fault(column, "one of its words");
  return word;
}

/** An item's value; null where the column is empty. */
export function itemValueOf(row: SqlRow, column: string): Value | null {
  const cell = row[column];
  if (cell === null || typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean") return cell;
  if (Array.isArray(cell) && cell.every(isText)) return cell;
  throw fault(column, "a value of an item");
}
