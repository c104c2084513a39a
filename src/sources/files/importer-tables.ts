/** Tables in the importer's own layout: which record type each one holds, and which columns. */
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { matchHeader, recordTypeOfHeader } from "../../dataset/match-csv-header.ts";
import type { Issue } from "../../records/issue.ts";
import { countStaffingColumns } from "../../reporting/staffing-columns.ts";
import { fileIssue } from "./file-issues.ts";
import { ImporterPlan } from "./importer-plan.ts";
import { countImporterColumns } from "./known-columns.ts";
import { StaffingPlan } from "./staffing-plan.ts";
import { rowName, type TableFile } from "./table-file.ts";
import type { TablePlan } from "./table-plan.ts";

export interface ImporterTables {
  readonly plans: readonly TablePlan[];
  readonly issues: readonly Issue[];
}

/** By its name, else by its columns. */
export const typeOfTable = (table: TableFile, dictionary: Dictionary): RecordTypeName | null =>
  isStaffing(table) ? null : (table.recordType ?? recordTypeOfHeader(dictionary, table.header));

/** A programme's survey, which is no record. */
const isStaffing = ({ recordType, header }: TableFile): boolean => recordType === null && countStaffingColumns(header) > 0;

/**
 * A CSV was sent to be read, so one that nobody knows is an error. Workbooks and databases have other sheets and tables beside those of
 * the audit: they are named and passed over, as long as one is known.
 */
export function planImporterTables(tables: readonly TableFile[], dictionary: Dictionary): ImporterTables {
  const plans: TablePlan[] = [];
  const issues: Issue[] = [];
  for (const table of tables) {
    const recordType = typeOfTable(table, dictionary);
    if (isStaffing(table)) plans.push(new StaffingPlan(table));
    else if (recordType === null || isBeside(table, recordType, dictionary)) issues.push(refuseTable(table));
    else {
      const header = matchHeader(dictionary, recordType, table.header, `${table.prefix}${headerName(table)}`);
      issues.push(...header.issues);
      plans.push(new ImporterPlan(table, header, dictionary));
    }
  }
  const isKnown = plans.length > 0 || issues.some(({ severity }) => severity === "ERROR");
  return { plans, issues: isKnown || tables.length === 0 ? issues : [...issues, fileIssue("ERROR", "RECORD_TYPE_UNKNOWN")] };
}

/** A sheet or table that is called like a record type, and has none of its columns. */
const isBeside = (table: TableFile, recordType: RecordTypeName, dictionary: Dictionary): boolean =>
  table.kind !== "CSV" && countImporterColumns(dictionary)(table.header, recordType) === 0;

const refuseTable = ({ kind, place }: TableFile): Issue =>
  kind === "CSV" ? fileIssue("ERROR", "RECORD_TYPE_UNKNOWN", place) : fileIssue("WARNING", "TABLE_NOT_READ", place);

/** A header that stands in no row is `header`. */
const headerName = ({ headerRow }: TableFile): string => (headerRow === 0 ? "header" : rowName(headerRow));
