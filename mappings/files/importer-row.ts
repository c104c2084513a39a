/** A row of an importer file, as its reader hands it over. */
import type { RecordTypeName } from "../../src/dataset/define.ts";

export class ImporterRow {
  readonly recordType: RecordTypeName;
  /** Rows of one number are of one patient. They stand side by side. */
  readonly group: number;
  /** What is stated, by the names of `importerHeader`; never blank. */
  readonly cells: Readonly<Record<string, string>>;

  constructor(recordType: RecordTypeName, group: number, cells: Readonly<Record<string, string>>) {
    this.recordType = recordType;
    this.group = group;
    this.cells = cells;
  }
}

/** A row with its place: `row 14`, `assessment row 14`. */
export interface PlacedRow {
  readonly row: ImporterRow;
  readonly place: string;
}
