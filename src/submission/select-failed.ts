/** Of a whole input, what failed the time before, with as much of its ancestors as is needed to find them. */
import { ANCHOR_DATE_ITEMS } from "../dataset/anchor-date.ts";
import type { CompiledRecordType, Dictionary } from "../dataset/dictionary.ts";
import type { DraftRecord, MappedSource } from "../records/draft-record.ts";
import type { FailedRecords } from "./failed-records.ts";

export interface Selection {
  readonly failed: FailedRecords;
  readonly dictionary: Dictionary;
  /** ISO instant of the first submission: a source that says no time is as old as that, not as new as its replay. */
  readonly receivedAt: string;
}

/**
 * An ancestor that was accepted is named and says nothing: its values of then would overwrite newer ones. One that failed is judged again
 * itself. Report lines of the whole input that belong to no record are left out: they were told the first time.
 */
export function selectFailed(source: MappedSource, selection: Selection): MappedSource {
  const failed = new Set(source.drafts.filter((draft) => selection.failed.has(draft)));
  const needed = new Set<DraftRecord>();
  for (const draft of failed)
    for (let each: DraftRecord | null = draft; each !== null && !needed.has(each); each = each.parent) needed.add(each);
  const selected = new Map<DraftRecord, DraftRecord>();
  for (const draft of source.drafts) {
    if (!needed.has(draft)) continue;
    const parent = draft.parent === null ? null : (selected.get(draft.parent) ?? null);
    const dated = { ...draft, parent, sourceTime: draft.sourceTime ?? selection.receivedAt };
    selected.set(draft, failed.has(draft) ? dated : toName(dated, selection.dictionary.recordType(draft.recordType)));
  }
  return { ...source, drafts: [...selected.values()], issues: [], mappingReport: [] };
}

const PATIENT_NAMES: ReadonlySet<string> = new Set(["nhsNumber", "hospitalNumber", "dateOfBirth"]);

function toName(draft: DraftRecord, type: CompiledRecordType): DraftRecord {
  const names = new Set([...PATIENT_NAMES, ...type.naturalKey.map(({ name }) => name), ...ANCHOR_DATE_ITEMS]);
  return {
    ...draft,
    values: Object.fromEntries(Object.entries(draft.values).filter(([item]) => names.has(item))),
    clear: [],
    issues: [],
    mappingReport: [],
    reference: true,
    silent: true,
  };
}
