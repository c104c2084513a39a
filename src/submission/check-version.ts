/** Optimistic versions: a record that was changed since its sender read it is not changed by what the sender then thought. */
import type { Entry } from "./entry.ts";
import type { WorkingRow } from "./working-row.ts";

/**
 * Rejects an entry that expects another version than is stored; 0 is that of a row which is not. Of two entries of one submission
 * about one row both expect the version before it. @returns whether it was rejected
 */
export function refuseStale(entry: Entry, row: WorkingRow): boolean {
  const expected = entry.correction?.expectedVersion ?? null;
  const version = row.stored?.version ?? 0;
  if (expected === null || expected === version) return false;
  entry.reject("VERSION_STALE", null, { params: { version } });
  return true;
}
