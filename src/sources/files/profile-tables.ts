/** Tables under a column profile: which of its tables each one is, and its rows as entries of the profile's mapping. */
import type { CompiledProfile } from "../../../mappings/files/profile-compile.ts";
import { type BoundTable, bindTable, countProfileColumns, ProfileRow, readKeys } from "../../../mappings/files/profile-table.ts";
import type { Issue } from "../../records/issue.ts";
import { fileIssue } from "./file-issues.ts";
import type { CountKnown } from "./known-columns.ts";
import { type RowText, rowName, type TableFile, toCells } from "./table-file.ts";
import type { TablePlan } from "./table-plan.ts";

export interface ProfileTables {
  readonly plans: readonly TablePlan[];
  readonly issues: readonly Issue[];
}

/** Columns of a profile. */
export const countColumnsOf =
  (profile: CompiledProfile): CountKnown =>
  (cells) =>
    countProfileColumns(profile, cells);

/** Sheets and tables the profile does not know are named and passed over, as long as it knows one. */
export function planProfileTables(tables: readonly TableFile[], profile: CompiledProfile): ProfileTables {
  const plans: TablePlan[] = [];
  const issues: Issue[] = [];
  for (const table of tables) {
    const place = `${table.prefix}${table.headerRow === 0 ? "header" : rowName(table.headerRow)}`;
    const { name, header, dateSystem } = table;
    const { bound, issues: found } = bindTable(profile, { name, place, header, dateSystem });
    issues.push(...found);
    if (bound !== null) plans.push(new ProfilePlan(table, bound));
  }
  const isLost = plans.length === 0 && tables.length > 0;
  return { plans, issues: isLost ? [...issues, fileIssue("ERROR", "COLUMNS_UNRECOGNISED")] : issues };
}

class ProfilePlan implements TablePlan {
  readonly table: TableFile;
  readonly #bound: BoundTable;

  constructor(table: TableFile, bound: BoundTable) {
    this.table = table;
    this.#bound = bound;
  }

  lookAt(row: RowText): readonly string[] {
    return readKeys(this.#bound, toCells(row));
  }

  /** Each cell that is left out has a line of its own in the mapping report. */
  issues(): readonly Issue[] {
    return [];
  }

  toEntry(row: RowText, group: number): ProfileRow {
    return new ProfileRow(this.#bound, group, toCells(row));
  }
}
