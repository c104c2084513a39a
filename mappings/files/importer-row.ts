/** A row of an importer file, as its reader hands it over. */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import { type CellType, NO_HABITS, type TableHabits } from "./importer-cell.ts";

/** What a row's file says beside the texts of its cells. */
export interface RowFacts {
  /** By column, of cells that are not plain text. */
  readonly types?: Readonly<Record<string, CellType>>;
  readonly habits?: TableHabits;
}

export class ImporterRow {
  readonly recordType: RecordTypeName;
  /** Rows of one number are of one patient. They stand side by side. */
  readonly group: number;
  /** What is stated, by the names of `importerHeader`; never blank. */
  readonly cells: Readonly<Record<string, string>>;
  readonly #types: Readonly<Record<string, CellType>> | undefined;
  readonly habits: TableHabits;

  constructor(recordType: RecordTypeName, group: number, cells: Readonly<Record<string, string>>, facts: RowFacts = {}) {
    this.recordType = recordType;
    this.group = group;
    this.cells = cells;
    this.#types = facts.types;
    this.habits = facts.habits ?? NO_HABITS;
  }

  typeOf(column: string): CellType {
    return this.#types?.[column] ?? "text";
  }
}

/** A row with its place: `row 14`, `assessment row 14`. */
export interface PlacedRow {
  readonly row: ImporterRow;
  readonly place: string;
}
