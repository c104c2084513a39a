/** One draft on its way through a submission: what the dictionary said of it, and what became of it. */
import type { CompiledRecordType, Dictionary } from "../dataset/dictionary.ts";
import { type JudgedValues, judgeDraft } from "../dataset/judge-draft.ts";
import { sentNamesOf, upConvert } from "../dataset/up-convert.ts";
import { LongWork } from "../lib/long-work.ts";
import type { DraftRecord, MappedSource, SourceKind } from "../records/draft-record.ts";
import type { Issue } from "../records/issue.ts";
import type { MatchRule, RecordOutcome } from "../records/submission-record.ts";
import { type JudgedCorrection, judgeCorrection } from "./judge-correction.ts";
import type { MergeResult } from "./merge-values.ts";
import { nameOnly } from "./name-only.ts";
import type { RowStatement, WorkingRow } from "./working-row.ts";

/** A draft with the dictionary's verdict on its values: made once, outside the transaction. */
export interface JudgedDraft {
  readonly draft: DraftRecord;
  /** As it is stored, like the judged values: the newest version's, whatever version was sent. */
  readonly type: CompiledRecordType;
  readonly judged: JudgedValues;
  readonly correction: JudgedCorrection | null;
  /** Index of the parent in the list of drafts. */
  readonly parentIndex: number | null;
  /** The sender's names of items that the newest version names otherwise: issues speak the sender's. */
  readonly sentNames?: ReadonlyMap<string, string>;
}

/** The record that an entry is known to be, and the programme that sends. */
export interface KnownRecord {
  readonly recordId: string;
  readonly programmeCode: string;
}

const NO_ANSWER = -1;

export class Entry implements RowStatement {
  /** Index of the entry's answer; of a silent one, which has none, that of no answer (-1). */
  readonly index: number;
  readonly draft: DraftRecord;
  readonly type: CompiledRecordType;
  judged: JudgedValues;
  readonly correction: JudgedCorrection | null;
  readonly parent: Entry | null;
  /** Entries that merged, or unmerged, the patients among whom this one's row was found. */
  ledBy: readonly RowStatement[] = [];
  readonly issues: Issue[];
  readonly #sentNames: ReadonlyMap<string, string> | undefined;
  rejected: boolean;
  /** The record whose rejection took this one with it. */
  cause: Entry | null = null;
  row: WorkingRow | null = null;
  matchedBy: MatchRule | null = null;
  /** How the entry changes its row; null until it is merged. */
  merge: MergeResult | null = null;
  outcome: RecordOutcome = "UNCHANGED";
  /** Said before, word for word, and nothing changed since: answered without being worked out. See known-statements.ts. */
  known: KnownRecord | null = null;

  constructor(index: number, source: JudgedDraft, parent: Entry | null) {
    this.index = index;
    this.draft = source.draft;
    this.type = source.type;
    this.judged = source.judged;
    this.correction = source.correction;
    this.parent = parent;
    this.issues = [...source.judged.issues];
    this.#sentNames = source.sentNames;
    this.rejected = source.judged.rejected;
  }

  get silent(): boolean {
    return this.index === NO_ANSWER;
  }

  /** The entry of the patient it belongs to. */
  get top(): Entry {
    return this.parent?.top ?? this;
  }

  get withdraws(): boolean {
    return this.draft.withdraw === true;
  }

  /** The nearest entry above it that has an answer of its own. */
  get answeredParent(): Entry | null {
    return this.parent?.silent ? this.parent.answeredParent : this.parent;
  }

  /** Where an item's value stands in the sender's input. */
  expressionOf(field: string | null): string {
    if (field === null) return this.draft.expression;
    return this.draft.origins?.[field] ?? `${this.draft.expression}.${field}`;
  }

  addIssue(issue: Pick<Issue, "severity" | "code" | "field"> & Partial<Issue>): void {
    const field = issue.field === null ? null : (this.#sentNames?.get(issue.field) ?? issue.field);
    this.issues.push({ expression: this.expressionOf(field), ...issue, field });
    if (issue.severity === "ERROR") this.rejected = true;
  }

  reject(code: string, field: string | null = null, more: Partial<Issue> = {}): void {
    this.addIssue({ severity: "ERROR", code, field, ...more });
  }

  inform(code: string): void {
    this.addIssue({ severity: "INFORMATION", code, field: null });
  }

  /** What it states of these items is not said of its row. */
  disregard(indexes: ReadonlySet<number>): void {
    this.judged = { ...this.judged, values: this.judged.values.map((value, index) => (indexes.has(index) ? null : value)) };
  }

  /** What it says cannot stand beside what the row's first entry says, or what is stored. */
  rejectForKey(field: string | null, row: WorkingRow): void {
    const first = row.entries.find((other) => other !== this && other.index >= 0);
    this.reject("KEY_CONFLICT", field, first === undefined ? {} : { causedBy: first.index });
  }

  /**
   * When the source last changed the record (ISO instant); when it was received, where it does not say or names a time to come: a wrong
   * clock must not keep everybody else's values out for ever.
   */
  sourceTimeAt(receivedAt: string): string {
    const stated = Date.parse(this.draft.sourceTime ?? receivedAt);
    return stated < Date.parse(receivedAt) ? new Date(stated).toISOString() : receivedAt;
  }
}

/**
 * Judges every draft's values by the version it was sent under, and brings them into the shape that is stored.
 * Pure, so a lost race can run the rest again on the same verdicts.
 */
export async function judgeDrafts(
  source: MappedSource,
  dictionary: Dictionary,
  kind: SourceKind,
  today: string,
): Promise<readonly JudgedDraft[]> {
  const positions = new Map<DraftRecord, number>();
  const { storedAs } = dictionary;
  return await new LongWork().map(source.drafts.entries(), ([index, draft]) => {
    positions.set(draft, index);
    const type = dictionary.recordType(draft.recordType);
    const parentIndex = draft.parent === null ? null : (positions.get(draft.parent) ?? null);
    const judged = judgeDraft(draft.withdraw ? nameOnly(draft, type) : draft, type, kind, today);
    const terms = { type, storedAs, today };
    if (storedAs === null) return { draft, type, ...judgeCorrection(draft, judged, terms), parentIndex };
    return {
      draft,
      type: storedAs.dictionary.recordType(draft.recordType),
      ...judgeCorrection(draft, upConvert(draft, judged, storedAs), terms),
      parentIndex,
      sentNames: sentNamesOf(dictionary, draft.recordType),
    };
  });
}

/** Fresh entries over the same verdicts: one set per attempt of the transaction. */
export function createEntries(judged: readonly JudgedDraft[]): readonly Entry[] {
  const entries: Entry[] = [];
  let answers = 0;
  for (const source of judged) {
    const parent = source.parentIndex === null ? null : (entries[source.parentIndex] ?? null);
    entries.push(new Entry(source.draft.silent ? NO_ANSWER : answers++, source, parent));
  }
  return entries;
}
