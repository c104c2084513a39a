/** Which stored row below its parent an entry means: the sender's own id first, then the natural key (dataset Decision 11). */
import { ANCHOR_DATE_ITEMS } from "../dataset/anchor-date.ts";
import type { Value } from "../dataset/define.ts";
import type { CompiledRecordType } from "../dataset/dictionary.ts";
import type { Entry } from "./entry.ts";
import { sameValue } from "./merge-values.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

export function matchChild(entry: Entry, parent: WorkingRow, set: WorkingSet): void {
  const programmeCode = programmeOf(entry, parent, set.context.programmeCode);
  if (!set.context.programmes.includes(programmeCode)) return entry.reject("NOT_AUTHORISED_FOR_ORGANISATION", "programmeCode");
  const byKey = findByNaturalKey(entry, parent, programmeCode);
  const sourceId = set.recordIdOf(entry);
  const bySourceId = sourceId === undefined ? undefined : set.row(sourceId);
  if (pointsElsewhere(sourceId, bySourceId, parent)) return entry.reject("KEY_CONFLICT");
  if (bySourceId !== undefined && byKey !== undefined && byKey !== bySourceId) return entry.reject("KEY_CONFLICT");
  const found = bySourceId ?? byKey;
  if (found === undefined) return createChild(entry, parent, programmeCode, set);
  if (found.stored !== null) entry.matchedBy = bySourceId ? "SOURCE_RECORD_ID" : "NATURAL_KEY";
  take(entry, found, set);
}

/** The id is known, and not for a row below this parent: another patient's, or another event's. */
function pointsElsewhere(id: string | undefined, row: WorkingRow | undefined, parent: WorkingRow): boolean {
  return id !== undefined && (row === undefined || row.parent !== parent);
}

function createChild(entry: Entry, parent: WorkingRow, programmeCode: string, set: WorkingSet): void {
  if (entry.draft.reference) return entry.reject("PARENT_MISSING");
  const row = set.create(entry, parent, programmeCode);
  if (entry.type.name === "REHABILITATION") row.anchorDate = anchorOf(entry.type, entry.judged.values);
  take(entry, row, set);
}

function take(entry: Entry, row: WorkingRow, set: WorkingSet): void {
  entry.row = row;
  row.entries.push(entry);
  set.bindSourceId(entry, row);
}

/** A rehabilitation belongs to the programme it names, else to the one that sends; what hangs below it belongs to the same. */
function programmeOf(entry: Entry, parent: WorkingRow, sending: string): string {
  if (entry.type.name === "REHABILITATION") return textValue(entry.type, entry.judged.values, "programmeCode") ?? sending;
  return parent.type.definition.programmeScoped ? parent.programmeCode : sending;
}

function findByNaturalKey(entry: Entry, parent: WorkingRow, programmeCode: string): WorkingRow | undefined {
  const siblings = parent.children(entry.type.name);
  if (entry.type.name === "REHABILITATION") return findRehabilitation(entry, siblings, programmeCode);
  const key = entry.type.naturalKey;
  return siblings.find((row) =>
    key.every((item) => sameValue(keyValue(row, item.index), entry.judged.values[item.index] ?? null)),
  );
}

/** A row of this submission is not merged yet: its key is what its first entry states. */
function keyValue(row: WorkingRow, index: number): Value | null {
  return row.values[index] ?? (row.stored === null ? (row.entries[0]?.judged.values[index] ?? null) : null);
}

/**
 * The anchor date (referral, else core start, of the first sending) identifies a rehabilitation for ever. A later row of the same
 * event and programme means the one whose anchor equals either of its dates, else the only one with no contradicting date.
 */
function findRehabilitation(entry: Entry, siblings: readonly WorkingRow[], programmeCode: string): WorkingRow | undefined {
  const own = siblings.filter((row) => row.programmeCode === programmeCode);
  const dates = ANCHOR_DATE_ITEMS.map((name) => textValue(entry.type, entry.judged.values, name));
  const anchored = own.find((row) => row.anchorDate !== null && dates.includes(row.anchorDate));
  if (anchored) return anchored;
  const compatible = own.filter((row) => !contradictsDates(row, entry));
  return compatible.length === 1 ? compatible[0] : undefined;
}

function contradictsDates(row: WorkingRow, entry: Entry): boolean {
  return ANCHOR_DATE_ITEMS.some((name) => {
    const item = entry.type.byName.get(name);
    if (!item) return false;
    const stated = entry.judged.values[item.index] ?? null;
    const known = keyValue(row, item.index);
    return stated !== null && known !== null && stated !== known;
  });
}

/** Null where neither date is stated: such a row is refused as incomplete before it is stored. */
export function anchorOf(type: CompiledRecordType, values: readonly (Value | null)[]): string | null {
  return ANCHOR_DATE_ITEMS.map((name) => textValue(type, values, name)).find((date) => date !== null) ?? null;
}

function textValue(type: CompiledRecordType, values: readonly (Value | null)[], name: string): string | null {
  const item = type.byName.get(name);
  const value = item ? values[item.index] : null;
  return typeof value === "string" ? value : null;
}
