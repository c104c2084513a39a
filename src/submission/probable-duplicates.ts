/**
 * A second event of a patient near an earlier one, or an event dated like another's treatment, is often one journey reported twice
 * (NACR's own advice on importing). It is a warning and never a block.
 */

import type { Value } from "../dataset/define.ts";
import { daysBetween } from "../lib/calendar-date.ts";
import type { Entry } from "./entry.ts";
import type { WorkingRow } from "./working-row.ts";

/** Days within which two events of one patient are probably one (dataset Decision 11). */
const PROBABLE_DUPLICATE_DAYS = 90;

export function warnProbableDuplicates(entries: readonly Entry[]): void {
  for (const entry of entries) {
    if (entry.type.name !== "INITIATING_EVENT" || entry.outcome !== "CREATED" || entry.row === null || entry.merge === null)
      continue;
    if (hasProbableDuplicate(entry.row)) {
      entry.addIssue({
        severity: "WARNING",
        code: "PROBABLE_DUPLICATE_EVENT",
        field: "eventDate",
        params: { days: PROBABLE_DUPLICATE_DAYS },
      });
    }
  }
}

function hasProbableDuplicate(row: WorkingRow): boolean {
  const date = dateOf(row, "eventDate");
  const others =
    row.parent?.survivor.children("INITIATING_EVENT").filter((other) => other !== row && other.accepted && !other.gone) ?? [];
  if (date === null) return false;
  return others.some((other) => isNear(date, other) || treatedOn(other, date) || treatedOn(row, dateOf(other, "eventDate")));
}

function isNear(date: string, other: WorkingRow): boolean {
  const otherDate = dateOf(other, "eventDate");
  return otherDate !== null && Math.abs(daysBetween(otherDate, date)) <= PROBABLE_DUPLICATE_DAYS;
}

function treatedOn(event: WorkingRow, date: string | null): boolean {
  return (
    date !== null &&
    event.children("TREATMENT").some((treatment) => treatment.accepted && !treatment.gone && dateOf(treatment, "date") === date)
  );
}

function dateOf(row: WorkingRow, name: string): string | null {
  const item = row.type.byName.get(name);
  const value: Value | null | undefined = item ? row.values[item.index] : null;
  return typeof value === "string" ? value : null;
}
