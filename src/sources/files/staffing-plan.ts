/** The rows of a `staffing_*.csv`: those of one audit year are one survey, and stand side by side. */

import type { Issue } from "../../records/issue.ts";
import { STAFFING_FILE, type StaffingColumn, staffingColumnOf } from "../../reporting/staffing-columns.ts";
import { StaffingRow } from "../../submission/survey-ports.ts";
import { fileIssue } from "./file-issues.ts";
import { unquote } from "./importer-plan.ts";
import { type RowText, rowName, type TableFile } from "./table-file.ts";
import type { TablePlan } from "./table-plan.ts";

export class StaffingPlan implements TablePlan {
  readonly table: TableFile;
  readonly #columns: readonly (StaffingColumn | null)[];

  constructor(table: TableFile) {
    this.table = table;
    this.#columns = table.header.map(staffingColumnOf);
  }

  lookAt(row: RowText): readonly string[] {
    const { auditYear } = this.#cellsOf(row);
    return auditYear === undefined ? [] : [`${STAFFING_FILE} ${auditYear}`];
  }

  /** A column stands once; what is none of the survey's is left out. */
  issues(): readonly Issue[] {
    const { header, prefix, headerRow } = this.table;
    return header.flatMap((cell, position) => {
      const column = this.#columns[position] ?? null;
      const isRepeated = column !== null && this.#columns.indexOf(column) !== position;
      if (cell.trim() === "" || (column !== null && !isRepeated)) return [];
      return [fileIssue("WARNING", "COLUMNS_UNRECOGNISED", `${prefix}${rowName(headerRow)}[${position + 1}]`)];
    });
  }

  toEntry(row: RowText, group: number): StaffingRow {
    return new StaffingRow(group, this.#cellsOf(row));
  }

  #cellsOf({ texts }: RowText): Readonly<Partial<Record<StaffingColumn, string>>> {
    const cells: Partial<Record<StaffingColumn, string>> = {};
    for (const [position, column] of this.#columns.entries()) {
      const cell = unquote(texts[position] ?? "").trim();
      if (column !== null && cell !== "") cells[column] ??= cell;
    }
    return cells;
  }
}
