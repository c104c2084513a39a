/** Rows as they stand while a submission is worked out in memory: what is stored, and what this submission makes of it. */

import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { CompiledItem, CompiledRecordType } from "../dataset/dictionary.ts";
import type { JudgedValues } from "../dataset/judge-draft.ts";
import type { RowView } from "../dataset/judge-rules.ts";
import { isUnknown, type MergeResult } from "./merge-values.ts";
import type { StoredRow } from "./ports.ts";

/** What one entry of the submission says of a row. */
export interface RowStatement {
  readonly index: number;
  readonly judged: JudgedValues;
  readonly rejected: boolean;
  readonly silent: boolean;
  /** How it changes the row; null until merged, and again where it was refused. */
  merge: MergeResult | null;
  /** See `Entry.sourceTimeAt`. */
  sourceTimeAt(receivedAt: string): string;
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

  addChild(row: WorkingRow): void {
    const list = this.#children.get(row.type.name);
    if (list) list.push(row);
    else this.#children.set(row.type.name, [row]);
  }

  children(type: RecordTypeName): readonly WorkingRow[] {
    return this.#children.get(type) ?? [];
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

  /** Stored or possible: a row whose entries were all refused does not count. */
  get alive(): boolean {
    return this.stored !== null || this.entries.some((entry) => !entry.rejected);
  }

  siblings(): readonly RowView[] {
    return this.parent?.children(this.type.name).filter((row) => row !== this && row.alive) ?? [];
  }

  hasChild(type: RecordTypeName): boolean {
    return this.children(type).some((row) => row.alive);
  }
}
