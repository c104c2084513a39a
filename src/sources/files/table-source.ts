/**
 * A table of an uploaded file, whatever kind of file it came in: an importer CSV, a sheet of a workbook, a table of an Access database.
 * Readers of columns (the importer's own layout, column profiles, proposals) see tables only.
 */
import type { CellType, DateSystem } from "../../../mappings/files/importer-cell.ts";
import type { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import type { RecordTypeName } from "../../dataset/define.ts";

/**
 * A cell as text, in one form for each type: numbers in plain digits with a point (as shown, where the cell's format pads them with
 * zeros), dates as `YYYY-MM-DD` (with ` HH:MM:SS` behind where the cell has a time of day), booleans as `TRUE` and `FALSE`.
 */
export interface TableCell {
  readonly type: CellType;
  readonly text: string;
}

export interface TableRow {
  /** As a spreadsheet counts: the first row of the file is 1. Rows of an Access table count from 1, without a header. */
  readonly number: number;
  /** The root of its expressions: `row 14`, `sheet Assessment row 14`, `table Patient row 14`. */
  readonly place: string;
  /** One for each column of the header at least; or why the row cannot be read. */
  readonly cells: readonly TableCell[] | UnreadableEntry;
}

export interface TableSource {
  readonly kind: "CSV" | "SHEET" | "TABLE";
  /** The sheet's or table's own name, empty for a CSV. It is the sender's text: compare it, never show it. */
  readonly name: string;
  /** What means the table as a whole in expressions: `file`, `file 2`, `sheet Assessment`, `table Patient`. */
  readonly place: string;
  /** What stands before `row 14` in places: nothing, `assessment `, `sheet Assessment `. May be shown. */
  readonly prefix: string;
  /** What the name of the file, sheet or table says it holds. */
  readonly recordType: RecordTypeName | null;
  /** The sender's own column names, as written. */
  readonly header: readonly string[];
  /** Number of the row in which the header stands; 0 for an Access table, whose names stand in no row. */
  readonly headerRow: number;
  readonly dateSystem: DateSystem;
  /** Rows behind the header that are not empty, some at a time, in the order of the table. May be read more than once. */
  rows(): AsyncIterable<readonly TableRow[]>;
}
