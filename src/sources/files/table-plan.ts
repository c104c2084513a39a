/** How the rows of a table become entries of a mapping: in the importer's own layout, or as a column profile says. */
import type { Issue } from "../../records/issue.ts";
import type { RowText, TableFile } from "./table-file.ts";

export interface TablePlan {
  readonly table: TableFile;
  /**
   * Looks at a row: called for each one that can be read, in the order of the table, before any entry is made.
   * @returns keys that rows of one patient share, whatever table they stand in
   */
  lookAt(row: RowText): readonly string[];
  /** What is to be said of the columns; asked when all rows were looked at. */
  issues(): readonly Issue[];
  /** An entry as the mapping takes it. Rows of one group are of one patient. */
  toEntry(row: RowText, group: number): unknown;
}
