/** Which stored row below its parent an entry means: the sender's own id first, then the natural key (dataset Decision 11). */
import { ANCHOR_DATE_ITEMS } from "../dataset/anchor-date.ts";
import type { Value } from "../dataset/define.ts";
import type { CompiledRecordType } from "../dataset/dictionary.ts";
import type { MatchRule } from "../records/submission-record.ts";
import { refuseStale } from "./check-version.ts";
import type { Entry } from "./entry.ts";
import { sameValue } from "./merge-values.ts";
import { findReplaced } from "./replaced-key.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

export function matchChild(entry: Entry, parent: WorkingRow, set: WorkingSet): void {
  const sourceId = entry.draft.recordId ?? set.recordIdOf(entry);
  const bySourceId = sourceId === undefined ? undefined : set.row(sourceId);
  const programmeCode = programmeOf(entry, parent, bySourceId, set.context.programmeCode);
  if (!set.context.programmes.includes(programmeCode)) return entry.reject("NOT_AUTHORISED_FOR_ORGANISATION", "programmeCode");
  const replaced = findReplaced(entry, parent.children(entry.type.name), programmeCode);
  const meant = bySourceId ?? replaced;
  const byKey = findByNaturalKey(entry, parent, programmeCode, meant);
  if (pointsElsewhere(sourceId, bySourceId, parent)) return entry.reject("KEY_CONFLICT");
  // Another row has the key already, or `replaces` names another row than the id does.
  if (meant !== undefined && byKey !== undefined && byKey !== meant) return entry.rejectForKey(null, byKey);
  if (replaced !== undefined && replaced !== meant) return entry.rejectForKey(null, replaced);
  // What a programme wrote stays that programme's: an id does not carry it to another one.
  if (bySourceId !== undefined && isOfAnotherProgramme(bySourceId, programmeCode))
    return entry.rejectForKey("programmeCode", bySourceId);
  const found = meant ?? byKey;
  if (found === undefined && entry.withdraws) return entry.reject("NOTHING_TO_WITHDRAW");
  if (found === undefined && entry.correction?.replaces) return entry.reject("REPLACES_UNKNOWN");
  if (found === undefined) return createChild(entry, parent, programmeCode, set);
  if (found.stored !== null) entry.matchedBy = bySourceId ? idRuleOf(entry) : replaced ? "REPLACES" : "NATURAL_KEY";
  take(entry, found, set);
}

/** Which id found the row. */
export const idRuleOf = ({ draft }: Entry): MatchRule =>
  draft.recordId !== undefined && draft.sourceRecordId === null ? "RECORD_ID" : "SOURCE_RECORD_ID";

const isOfAnotherProgramme = (row: WorkingRow, programmeCode: string): boolean =>
  row.type.definition.programmeScoped && row.programmeCode !== programmeCode;

/**
 * The id is known, and not for a row below this parent: another patient's, or another event's. A record is corrected where it is; it
 * is not carried to another parent by its id, since that would silently take it from the first.
 */
function pointsElsewhere(id: string | undefined, row: WorkingRow | undefined, parent: WorkingRow): boolean {
  return id !== undefined && (row === undefined || !isBelow(row, parent));
}

const isBelow = (row: WorkingRow, parent: WorkingRow): boolean => row.parent !== null && parent.survivor.kin.includes(row.parent);

function createChild(entry: Entry, parent: WorkingRow, programmeCode: string, set: WorkingSet): void {
  if (entry.draft.reference) return entry.reject("PARENT_MISSING");
  const row = set.create(entry, parent, programmeCode);
  if (entry.type.name === "REHABILITATION") row.anchorDate = anchorOf(entry.type, entry.judged.values);
  take(entry, row, set);
}

function take(entry: Entry, row: WorkingRow, set: WorkingSet): void {
  if (refuseStale(entry, row)) return;
  entry.row = row;
  row.entries.push(entry);
  set.bindSourceId(entry, row);
}

/**
 * A rehabilitation belongs to the programme it names, else to the one it was known under, else to the one that sends; what hangs below
 * it belongs to the same.
 */
function programmeOf(entry: Entry, parent: WorkingRow, known: WorkingRow | undefined, sending: string): string {
  if (entry.type.name === "REHABILITATION")
    return textValue(entry.type, entry.judged.values, "programmeCode") ?? known?.programmeCode ?? sending;
  return parent.type.definition.programmeScoped ? parent.programmeCode : sending;
}

/**
 * `meant`: found already, by the sender's own id or by the key it replaces, so that only a row of the very same key may speak against it.
 * Two patients who were merged may each have a row of one key: then it is the one that is meant.
 */
function findByNaturalKey(
  entry: Entry,
  parent: WorkingRow,
  programmeCode: string,
  meant: WorkingRow | undefined,
): WorkingRow | undefined {
  const children = parent.children(entry.type.name);
  const siblings = meant === undefined ? children : [meant, ...children];
  if (entry.type.name === "REHABILITATION") return findRehabilitation(entry, siblings, programmeCode, meant !== undefined);
  const key = entry.type.naturalKey;
  return siblings.find((row) => key.every((item) => sameValue(row.expected(item), entry.judged.values[item.index] ?? null)));
}

/**
 * The anchor date (referral, else core start, of the first sending) identifies a rehabilitation for ever. A later row of the same
 * event and programme means the one whose anchor equals either of its dates, else the only one with no contradicting date.
 */
function findRehabilitation(
  entry: Entry,
  siblings: readonly WorkingRow[],
  programmeCode: string,
  known: boolean,
): WorkingRow | undefined {
  const own = siblings.filter((row) => row.programmeCode === programmeCode);
  const dates = ANCHOR_DATE_ITEMS.map((name) => textValue(entry.type, entry.judged.values, name));
  const anchored = own.find((row) => row.anchorDate !== null && dates.includes(row.anchorDate));
  if (anchored !== undefined || known) return anchored;
  const compatible = own.filter((row) => !contradictsDates(row, entry));
  return compatible.length === 1 ? compatible[0] : undefined;
}

function contradictsDates(row: WorkingRow, entry: Entry): boolean {
  return ANCHOR_DATE_ITEMS.some((name) => {
    const item = entry.type.byName.get(name);
    if (!item) return false;
    const stated = entry.judged.values[item.index] ?? null;
    const known = row.expected(item);
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
