/** A file of an extract while it is written: rows in, bytes out, a bounded number of rows in memory. */
import type { Cell } from "./extract-groups.ts";

export const EXTRACT_FORMATS = ["CSV", "PARQUET"] as const;
export type ExtractFormat = (typeof EXTRACT_FORMATS)[number];

/** What a column of a file holds. */
export interface FileColumn {
  readonly name: string;
  readonly holds: "text" | "integer" | "decimal";
  /** A row may have nothing in it. */
  readonly isOptional: boolean;
}

export interface FileWriter {
  /** The file's name. */
  readonly name: string;
  /** Cells in the order of the columns. @returns bytes of rows that are complete, or null while they are gathered */
  add(row: readonly Cell[]): Uint8Array | null;
  /** The rest of the file. */
  end(): Uint8Array;
}

/** @param stem the name without its ending */
export type CreateFileWriter = (stem: string, columns: readonly FileColumn[]) => FileWriter;
