/** What a file says of a cell beside its text. */

/** A CSV says `text` of everything. `error` is an error value of a spreadsheet (`#N/A`), or a cell that could not be read. */
export type CellType = "text" | "number" | "date" | "boolean" | "error";

/** From which day a spreadsheet counts: what the number 45,000 means as a date. */
export type DateSystem = 1900 | 1904;

/** What is known of a table only when all of its rows were looked at. */
export interface TableHabits {
  readonly dateSystem: DateSystem;
  /** Columns whose dates are written with the month before the day. */
  readonly monthFirst: ReadonlySet<string>;
}

export const NO_HABITS: TableHabits = { dateSystem: 1900, monthFirst: new Set() };
