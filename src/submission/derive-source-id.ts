/** A nested record without an id of its own has its parent's id, `/`, record type and natural key: never a list position. */
import type { Value } from "../dataset/define.ts";
import type { Entry } from "./entry.ts";
import { anchorOf } from "./match-child.ts";

export function deriveSourceRecordId(entry: Entry, parentId: string | null): string | null {
  const stated = entry.merge?.values ?? entry.judged.values;
  return derive(entry, parentId, stated, entry.row?.programmeCode ?? null, entry.row?.anchorDate ?? null);
}

/** The same of an entry that is answered without being matched: by what it states, under the programme that sends. */
export const deriveKnownId = (entry: Entry, parentId: string | null, programmeCode: string): string | null =>
  derive(entry, parentId, entry.judged.values, programmeCode, null);

function derive(
  { draft, type }: Entry,
  parentId: string | null,
  stated: readonly (Value | null)[],
  programmeCode: string | null,
  anchorDate: string | null,
): string | null {
  if (draft.sourceRecordId !== null) return draft.sourceRecordId;
  if (parentId === null) return null;
  const key = type.naturalKey.map((item) => keyText(stated[item.index] ?? null));
  // A rehabilitation is identified by the programme it belongs to, stated or not, and its anchor date.
  if (type.name === "REHABILITATION") key.splice(0, 1, keyText(programmeCode), keyText(anchorDate ?? anchorOf(type, stated)));
  return `${parentId}/${type.name}:${key.join(":")}`;
}

/** A part that is missing or could not be read shows as `?`. */
const keyText = (value: Value | null): string => (value === null ? "?" : String(value));
