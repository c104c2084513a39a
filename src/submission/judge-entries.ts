/**
 * The second verdict: merged rows against the rules. Rows are worked from the patient down, entries of one row in the sender's order;
 * an entry that would make its row break a rule is rejected, and what hangs below it with it.
 */
import type { Value } from "../dataset/define.ts";
import type { CompiledItem } from "../dataset/dictionary.ts";
import type { JudgeRules, RowJudge } from "../dataset/judge-rules.ts";
import type { LongWork } from "../lib/long-work.ts";
import type { SourceKind } from "../records/draft-record.ts";
import type { Issue } from "../records/issue.ts";
import type { Entry } from "./entry.ts";
import { fallsWithParent } from "./fall-with-parent.ts";
import { anchorOf } from "./match-child.ts";
import { type ItemDecision, isUnknown, type MergeResult, mergeValues, sameValue } from "./merge-values.ts";
import { changesWhatItWasMatchedBy, findKeyHolder } from "./row-keys.ts";
import { keepRow, settleWithdrawal } from "./withdraw-entries.ts";
import type { RowStatement, WorkingRow } from "./working-row.ts";

export interface JudgeOptions extends RowJudge {
  readonly kind: SourceKind;
  readonly programmeCode: string;
  readonly receivedAt: string;
  /** See `Statement.judgesUnchanged`. */
  readonly judgesUnchanged?: boolean | undefined;
}

/** Merges every entry on trial, so that rules see the whole tree as it would be; then accepts or rejects one by one. */
export async function judgeEntries(entries: readonly Entry[], options: JudgeOptions, work: LongWork): Promise<void> {
  await work.each(entries, (entry) => tryMerge(entry, options));
  for (const entry of entries) if (entry.type.name === "TREATMENT") refuseEarly(entry, options);
  await work.each(entries, (entry) => {
    if (fallsWithParent(entry)) undo(entry, options);
    else settle(entry, options);
  });
}

/** An event may stand on its treatment alone (Use Treatment), so what refuses a treatment must be known before its event is judged. */
function refuseEarly(entry: Entry, options: JudgeOptions): void {
  const { row, merge } = entry;
  if (row === null || merge === null || row.entries.length > 1) return;
  if ((merge.changed || row.stored === null || options.judgesUnchanged) && isRefused(row, options)) judgeRow(entry, row, options);
}

const isRefused = (row: WorkingRow, options: JudgeOptions): boolean =>
  options.judgeMandatory(row).length > 0 || options.judgeRules(row).some(({ severity }) => severity === "ERROR");

/** Provisional: `row.values` becomes what the row would be if every entry were accepted. */
function tryMerge(entry: Entry, options: JudgeOptions): void {
  const { row } = entry;
  if (row === null || entry.rejected) return;
  if (options.kind === "STATED") refuseContradiction(entry, row);
  if (entry.rejected) return;
  entry.merge = mergeInto(entry, row, row.values, options);
  row.values = entry.merge.values;
}

/** A silent entry, or one that withdraws, names its row and changes nothing of it. */
const NOTHING_STATED = { values: [], cleared: new Set<number>() };

function mergeInto(entry: RowStatement, row: WorkingRow, base: readonly (Value | null)[], options: JudgeOptions): MergeResult {
  const merge = mergeValues(
    row.type,
    base,
    entry.silent || entry.withdraws ? NOTHING_STATED : entry.judged,
    isOlderElsewhere(entry, row, options),
  );
  return row.stored === null ? { ...merge, values: withDefaults(row, merge.values) } : merge;
}

/** Two records of one key in one submission may complete each other; stating two known values of one item is a conflict. */
function refuseContradiction(entry: Entry, row: WorkingRow): void {
  if (row.entries.length < 2) return;
  for (const earlier of row.entries) {
    if (earlier === entry) return;
    if (earlier.rejected) continue;
    const item = entry.type.items.find((candidate) => contradict(candidate, earlier, entry));
    if (item) return entry.reject("KEY_CONFLICT", item.name, earlier.silent ? {} : { causedBy: earlier.index });
  }
}

function contradict(item: CompiledItem, earlier: RowStatement, later: RowStatement): boolean {
  const [before, after] = [earlier, later].map(({ judged }) => judged.values[item.index] ?? null);
  if (before === undefined || after === undefined) return false;
  return !isUnknown(item, before) && !isUnknown(item, after) && !sameValue(before, after);
}

/** A new row takes the dictionary's defaults where nothing is stated; a rehabilitation the programme it belongs to. */
function withDefaults(row: WorkingRow, merged: readonly (Value | null)[]): readonly (Value | null)[] {
  const values = [...merged];
  for (const item of row.type.items) if (item.defaultValue !== undefined) values[item.index] ??= item.defaultValue;
  const programme = row.type.name === "REHABILITATION" ? row.type.byName.get("programmeCode") : undefined;
  if (programme) values[programme.index] = row.programmeCode;
  return values;
}

/** Patient and event rows are shared by an organisation's programmes: the newer source keeps its known values. */
function isOlderElsewhere(entry: RowStatement, row: WorkingRow, options: JudgeOptions): boolean {
  if (row.stored === null || row.type.definition.programmeScoped) return false;
  if (row.stored.programmeCode === options.programmeCode) return false;
  return Date.parse(entry.sourceTimeAt(options.receivedAt)) < Date.parse(row.stored.sourceTime);
}

function settle(entry: Entry, options: JudgeOptions): void {
  const { row } = entry;
  if (row === null || entry.rejected) return undo(entry, options);
  const { merge } = entry;
  if (merge === null) return;
  if (entry.withdraws) return settleWithdrawal(entry, row, options.judgeRules);
  // What entries after it say is not theirs to answer for.
  row.values = merge.values;
  if (!row.accepted && row.type.name === "REHABILITATION") row.anchorDate = anchorOf(row.type, merge.values);
  refuseKey(entry, row, merge);
  if (entry.rejected) return undo(entry, options);
  if (merge.changed || !row.accepted || options.judgesUnchanged) judgeRow(entry, row, options);
  else keepWarnings(entry, options.judgeRules(row));
  if (entry.rejected) return undo(entry, options);
  accept(entry, row, merge, options);
}

/** Whether the entry may have the row it was matched to, and the key it gives it: known only when earlier entries are settled. */
function refuseKey(entry: Entry, row: WorkingRow, merge: MergeResult): void {
  if (!row.accepted && entry.draft.reference) return entry.reject("PARENT_MISSING");
  // Its row was found through a merge, or after one was taken back, that did not come about.
  const misled = entry.ledBy.find((leader) => leader.rejected);
  if (misled !== undefined) return entry.reject("KEY_CONFLICT", null, { causedBy: misled.index });
  if (changesWhatItWasMatchedBy(entry, merge)) return entry.rejectForKey(null, row);
  const holder = findKeyHolder(row, merge);
  if (holder !== undefined) entry.rejectForKey(null, holder);
}

/** The row before this submission spoke of it. */
const baseOf = (row: WorkingRow): readonly (Value | null)[] =>
  row.stored?.values ?? new Array<Value | null>(row.type.items.length).fill(null);

function judgeRow(entry: Entry, row: WorkingRow, options: JudgeOptions): void {
  for (const field of options.judgeMandatory(row)) entry.reject("MANDATORY_MISSING", field, whyMissing(entry, field));
  for (const finding of options.judgeRules(row)) {
    entry.addIssue({ severity: finding.severity, code: finding.code, field: finding.field, params: finding.params });
  }
}

const whyMissing = ({ draft }: Entry, field: string): Partial<Issue> =>
  field === "dateOfBirth" && draft.partialDateOfBirth !== undefined ? { params: { reason: "PARTIAL_DATE" } } : {};

function keepWarnings(entry: Entry, findings: ReturnType<JudgeRules>): void {
  for (const { severity, code, field, params } of findings) {
    if (severity === "WARNING") entry.addIssue({ severity, code, field, params });
  }
}

function accept(entry: Entry, row: WorkingRow, merge: MergeResult, options: JudgeOptions): void {
  const created = !row.accepted;
  entry.outcome = created ? "CREATED" : merge.changed ? "UPDATED" : "UNCHANGED";
  row.accepted = true;
  if (created || merge.changed) stamp(entry, row, options);
  for (const decision of merge.decisions) if (decision.decision === "UNKNOWN_IGNORED") warnUnknown(entry, decision);
  for (const item of merge.olderIgnored) entry.addIssue({ severity: "WARNING", code: "OLDER_VALUE_IGNORED", field: item.name });
}

/** What an older source of another programme adds does not make the row that source's: the newer one keeps its known values. */
function stamp(entry: Entry, row: WorkingRow, options: JudgeOptions): void {
  const older = isOlderElsewhere(entry, row, options);
  row.changed = true;
  if (older) return;
  row.sourceTime = entry.sourceTimeAt(options.receivedAt);
  if (!row.type.definition.programmeScoped) row.programmeCode = options.programmeCode;
}

const warnUnknown = (entry: Entry, { item }: ItemDecision): void =>
  entry.addIssue({ severity: "WARNING", code: "UNKNOWN_IGNORED", field: item.name });

/** Takes a rejected entry's trial values out of its row again: what the others add to it is worked out anew without them. */
function undo(entry: Entry, options: JudgeOptions): void {
  const { row } = entry;
  if (entry.withdraws) keepRow(entry);
  if (row === null || entry.merge === null) return;
  entry.merge = null;
  row.values = baseOf(row);
  for (const other of row.entries) {
    if (other.merge === null) continue;
    other.merge = mergeInto(other, row, row.values, options);
    row.values = other.merge.values;
  }
}
