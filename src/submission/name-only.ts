/** A record that is withdrawn has nothing to say but which one it is: nothing else of it is judged. */
import type { CompiledRecordType } from "../dataset/dictionary.ts";
import { namingItems } from "../dataset/naming-items.ts";
import type { DraftRecord } from "../records/draft-record.ts";

/** The draft with the values that name its record, and no others. */
export function nameOnly(draft: DraftRecord, type: CompiledRecordType): DraftRecord {
  const names = new Set(namingItems(type));
  return { ...draft, clear: [], values: Object.fromEntries(Object.entries(draft.values).filter(([name]) => names.has(name))) };
}
