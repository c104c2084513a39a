/** Items of a row by name, as it is stored and as this submission leaves it. */
import type { Value } from "../dataset/define.ts";
import { sameValue } from "./merge-values.ts";
import type { WorkingRow } from "./working-row.ts";

export type Moment = "BEFORE" | "AFTER";

/** Whether the row is there: a new one only afterwards, and only where it was accepted; one that is withdrawn only before. */
export const isThere = (row: WorkingRow, moment: Moment): boolean =>
  moment === "BEFORE" ? row.stored !== null : row.accepted && !row.gone;

/** Null also of a row that is not there. */
export function valueAt(row: WorkingRow, name: string, moment: Moment): Value | null {
  const item = row.type.byName.get(name);
  if (item === undefined || !isThere(row, moment)) return null;
  return (moment === "BEFORE" ? row.stored?.values : row.values)?.[item.index] ?? null;
}

export function textAt(row: WorkingRow, name: string, moment: Moment): string | null {
  const value = valueAt(row, name, moment);
  return typeof value === "string" ? value : null;
}

/** Whether the submission changes one of the items; a row that comes or goes changes what it says or said. */
export const changesAny = (row: WorkingRow, names: readonly string[]): boolean =>
  names.some((name) => !sameValue(valueAt(row, name, "BEFORE"), valueAt(row, name, "AFTER")));
