/** Rows as they stand while a submission is worked out in memory: what is stored, and what this submission makes of it. */

import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { CompiledItem, CompiledRecordType } from "../dataset/dictionary.ts";
import type { JudgedValues } from "../dataset/judge-draft.ts";
import type { RowView } from "../dataset/judge-rules.ts";
import { isUnknown, type MergeResult, sameValue } from "./merge-values.ts";
import type { StoredRow } from "./ports.ts";

/** What one entry of the submission says of a row. */
export interface RowStatement {
  readonly index: number;
  readonly judged: JudgedValues;
  readonly rejected: boolean;
  readonly silent: boolean;
  /** It says that there is no such record. */
  readonly withdraws: boolean;
  /** How it changes the row; null until merged, and again where it was refused. */
  merge: MergeResult | null;
  /** See `Entry.sourceTimeAt`. */
  sourceTimeAt(receivedAt: string): string;
}

/** An entry's word that a patient was merged into another one; null: into none. */
export interface Leading {
  readonly by: RowStatement;
  readonly into: WorkingRow | null;
}

export class WorkingRow implements RowView {
  readonly type: CompiledRecordType;
  readonly id: string;
  readonly parent: WorkingRow | null;
  readonly stored: StoredRow | null;
  /** Entries of this submission that speak of the row, in the sender's order. */
  readonly entries: RowStatement[] = [];
  /** The row with every accepted entry merged in. */
  values: readonly (Value | null)[];
  programmeCode: string;
  sourceTime: string;
  anchorDate: string | null;
  /** A new row becomes real when an entry of it is accepted. */
  accepted: boolean;
  changed = false;
  /** An entry withdraws it: on trial, until the entry is settled. */
  withdrawn = false;
  /** Patients only: where the row's identifiers lead to, and the rows that lead here. */
  mergedInto: WorkingRow | null = null;
  readonly mergedRows = new Set<WorkingRow>();
  /** What this submission says of `mergedInto`, in its order. */
  readonly leadings: Leading[] = [];
  readonly #children = new Map<RecordTypeName, WorkingRow[]>();

  constructor(type: CompiledRecordType, id: string, parent: WorkingRow | null, stored: StoredRow | null, programmeCode: string) {
    this.type = type;
    this.id = id;
    this.parent = parent;
    this.stored = stored;
    this.values = stored?.values ?? new Array<Value | null>(type.items.length).fill(null);
    this.programmeCode = stored?.programmeCode ?? programmeCode;
    this.sourceTime = stored?.sourceTime ?? "";
    this.anchorDate = stored?.anchorDate ?? null;
    this.accepted = stored !== null;
    parent?.addChild(this);
  }

  get recordType(): RecordTypeName {
    return this.type.name;
  }

  /** The patient the row belongs to. */
  get root(): WorkingRow {
    return this.parent === null ? this : this.parent.root;
  }

  /** The patient whose record this one's is; a row that was merged into none is its own. */
  get survivor(): WorkingRow {
    return this.mergedInto === null ? this : this.mergedInto.survivor;
  }

  /**
   * The rows that are one with this one, itself first: a patient with those that were merged into it, by whatever way; of what hangs below
   * merged patients the rows of one key.
   */
  get kin(): readonly WorkingRow[] {
    if (this.parent === null) return [this, ...[...this.mergedRows].flatMap((row) => row.kin)];
    if (!this.#isOfMerged) return [this];
    const above = this.parent.parent === null ? this.parent.survivor.kin : this.parent.kin;
    const beside = above.flatMap((row) => row.#children.get(this.type.name) ?? []);
    return [this, ...beside.filter((row) => row !== this && hasSameKey(row, this))];
  }

  get #isOfMerged(): boolean {
    return this.root.survivor.mergedRows.size > 0;
  }

  /** `by`: the entry that says so; absent: it is stored. */
  leadTo(into: WorkingRow | null, by?: RowStatement): void {
    this.mergedInto?.mergedRows.delete(this);
    into?.mergedRows.add(this);
    this.mergedInto = into;
    if (by !== undefined) this.leadings.push({ by, into });
  }

  addChild(row: WorkingRow): void {
    const list = this.#children.get(row.type.name);
    if (list) list.push(row);
    else this.#children.set(row.type.name, [row]);
  }

  /** Those of all rows that are one with it, its own first. */
  children(type: RecordTypeName): readonly WorkingRow[] {
    if (!this.#isOfMerged) return this.#children.get(type) ?? [];
    return this.kin.flatMap((row) => row.#children.get(type) ?? []);
  }

  /**
   * An item as it will stand if the entries matched so far are accepted: rows are matched before they are merged, so a later entry of
   * the same submission has to find a row under what an earlier one said.
   */
  expected(item: CompiledItem): Value | null {
    let value = this.values[item.index] ?? null;
    for (const { judged } of this.entries) {
      const stated = judged.values[item.index] ?? null;
      if (judged.cleared.has(item.index)) value = null;
      else if (stated !== null && !(isUnknown(item, stated) && !isUnknown(item, value))) value = stated;
    }
    return value;
  }

  /** Withdrawn itself, or with a row above it. */
  get gone(): boolean {
    return this.withdrawn || this.parent?.gone === true;
  }

  /** Every row below that is known, parents before children. */
  below(): readonly WorkingRow[] {
    const children = [...this.#children.values()].flat();
    return [...children, ...children.flatMap((row) => row.below())];
  }

  /** Stored or possible: a row whose entries were all refused does not count, nor one that is withdrawn. */
  get alive(): boolean {
    if (this.gone) return false;
    return this.stored !== null || this.entries.some((entry) => !entry.rejected);
  }

  siblings(): readonly RowView[] {
    return this.parent?.survivor.children(this.type.name).filter((row) => row !== this && row.alive) ?? [];
  }

  hasChild(type: RecordTypeName): boolean {
    return this.children(type).some((row) => row.alive);
  }
}

/** Each of them may stand by itself below its own patient; a rehabilitation is known by its anchor. */
function hasSameKey(one: WorkingRow, other: WorkingRow): boolean {
  if (one.type.name === "REHABILITATION") return one.programmeCode === other.programmeCode && one.anchorDate === other.anchorDate;
  return one.type.naturalKey.every(({ index }) => sameValue(one.values[index] ?? null, other.values[index] ?? null));
}
