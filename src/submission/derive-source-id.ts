/** A nested record without an id of its own has its parent's id, `/`, record type and natural key: never a list position. */
import type { Value } from "../dataset/define.ts";
import type { Entry } from "./entry.ts";
import { anchorOf } from "./match-child.ts";

export function deriveSourceRecordId(entry: Entry, parentId: string | null): string | null {
  if (entry.draft.sourceRecordId !== null) return entry.draft.sourceRecordId;
  if (parentId === null) return null;
  const stated = entry.merge?.values ?? entry.judged.values;
  const key = entry.type.naturalKey.map((item) => keyText(stated[item.index] ?? null));
  // A rehabilitation is identified by the programme it belongs to, stated or not, and its anchor date.
  if (entry.type.name === "REHABILITATION")
    key.splice(0, 1, entry.row?.programmeCode ?? keyText(null), keyText(entry.row?.anchorDate ?? anchorOf(entry.type, stated)));
  return `${parentId}/${entry.type.name}:${key.join(":")}`;
}

/** A part that is missing or could not be read shows as `?`. */
const keyText = (value: Value | null): string => (value === null ? "?" : String(value));
