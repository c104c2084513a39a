/** Finds the row every entry means, level by level: a child can only be looked for below the row its parent was found to be. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { LongWork } from "../lib/long-work.ts";
import type { Entry } from "./entry.ts";
import { matchChild } from "./match-child.ts";
import { matchPatient } from "./match-patient.ts";
import { refuseCircles } from "./replaces-circles.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

export async function matchEntries(entries: readonly Entry[], set: WorkingSet, work: LongWork): Promise<void> {
  const byType = Map.groupBy(entries, (entry) => entry.type.name);
  await set.loadPatients(entries);
  refuseCircles(byType.get("PATIENT") ?? []);
  for (const entry of byType.get("PATIENT") ?? []) if (!entry.rejected) matchPatient(entry, set);
  for (const type of set.context.dictionary.recordTypes) {
    const own = byType.get(type.name) ?? [];
    if (type.definition.parent === null) continue;
    await set.loadChildren(type.name, parentsToRead(type.name, own, byType, set));
    refuseCircles(own);
    await work.each(own, (entry) => matchBelowParent(entry, set));
  }
}

function matchBelowParent(entry: Entry, set: WorkingSet): void {
  if (entry.rejected) return;
  if (entry.parent === null) return entry.reject("PARENT_MISSING");
  // Below a parent that was refused there is nothing to find: the entry falls with it.
  if (entry.parent.row !== null && !entry.parent.rejected) matchChild(entry, entry.parent.row, set);
}

/** Rows below which stored children are wanted: those entries hang below, and every known event of a patient that gets a new one. */
function parentsToRead(
  type: RecordTypeName,
  own: readonly Entry[],
  byType: ReadonlyMap<RecordTypeName, readonly Entry[]>,
  set: WorkingSet,
): ReadonlySet<WorkingRow> {
  const parents = new Set<WorkingRow>();
  for (const entry of own) if (entry.parent?.row) parents.add(entry.parent.row);
  // An event is compared with the treatments of the patient's other events (probable duplicates, USE_TREATMENT).
  if (type === "TREATMENT" && byType.has("INITIATING_EVENT")) {
    for (const row of set.all) if (row.type.name === "INITIATING_EVENT") parents.add(row);
  }
  return parents;
}
