/** The column of an importer table by which its sender says that a record is no more: `recordStatus`, in every table. */
import { RECORD_STATUS } from "../../src/dataset/csv-header.ts";
import { foldText } from "../../src/lib/fold-text.ts";
import type { Issue } from "../../src/records/issue.ts";
import type { PlacedRow } from "./importer-row.ts";

const DELETED: ReadonlySet<string> = new Set(["d", "deleted", "delete"]);
const CURRENT: ReadonlySet<string> = new Set(["", "a", "active", "c", "current"]);

export interface RecordStatus {
  readonly withdrawn: boolean;
  readonly issues: readonly Issue[];
}

/** A word that is neither may mean that the record is wrong: it is not stored as if nothing had been said. */
export function readRecordStatus({ row, place }: PlacedRow): RecordStatus {
  const word = foldText(row.cells[RECORD_STATUS] ?? "");
  if (DELETED.has(word)) return { withdrawn: true, issues: [] };
  if (CURRENT.has(word)) return { withdrawn: false, issues: [] };
  const issue = { severity: "ERROR", code: "FORMAT_INVALID", field: null, expression: `${place}.${RECORD_STATUS}` } as const;
  return { withdrawn: false, issues: [issue] };
}
