/** The columns of `staffing_*.csv`: those of `recordProgrammeSurvey`, a row for each line of staff. */
import { foldText } from "../lib/fold-text.ts";

export const STAFFING_FILE = "staffing";
export const STAFFING_COLUMNS = ["programmeCode", "auditYear", "profession", "wte", "regular", "groupsOffered"] as const;
export type StaffingColumn = (typeof STAFFING_COLUMNS)[number];

const BY_NAME: ReadonlyMap<string, StaffingColumn> = new Map(STAFFING_COLUMNS.map((column) => [foldText(column), column]));
/** No record type has these; `programmeCode` alone says nothing. */
const TELLING: readonly StaffingColumn[] = ["profession", "groupsOffered"];

/** In any case and spelling of spaces. Null: none of them. */
export const staffingColumnOf = (cell: string): StaffingColumn | null => BY_NAME.get(foldText(cell)) ?? null;

/** How many of the cells are its columns; 0 where they are no survey's. */
export function countStaffingColumns(cells: readonly string[]): number {
  const known = new Set(cells.flatMap((cell) => staffingColumnOf(cell) ?? []));
  return known.has("auditYear") && TELLING.some((column) => known.has(column)) ? known.size : 0;
}
