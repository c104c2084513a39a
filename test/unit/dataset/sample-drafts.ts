/** Sample patients as drafts, and drafts as rows, without the doors and the database. */
import type { RecordTypeName, Value } from "../../../src/dataset/define.ts";
import type { Dictionary } from "../../../src/dataset/dictionary.ts";
import type { RowView } from "../../../src/dataset/judge-rules.ts";
import { samplePatientRecord } from "../../../src/dataset/sample-records.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { DraftRecord } from "../../../src/records/draft-record.ts";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The drafts of `count` sample patients of the dictionary in service, parents first. */
export function sampleDrafts(count: number): { drafts: DraftRecord[]; dictionary: Dictionary } {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("gw-1.0 is in service");
  const drafts: DraftRecord[] = [];
  const add = (
    recordType: RecordTypeName,
    parent: DraftRecord | null,
    input: Record<string, unknown>,
    expression: string,
  ): void => {
    const values = Object.fromEntries(Object.entries(input).filter(([, value]) => !Array.isArray(value)));
    const draft = { recordType, parent, sourceRecordId: null, expression, values, clear: [], issues: [], mappingReport: [] };
    drafts.push(draft);
    for (const child of dictionary.recordType(recordType).children) {
      const { fieldName } = dictionary.recordType(child).definition;
      const list = input[fieldName];
      const rows: readonly unknown[] = Array.isArray(list) ? list : [];
      for (const [i, row] of rows.entries()) if (isRecord(row)) add(child, draft, row, `${expression}.${fieldName}[${i}]`);
    }
  };
  for (let seed = 0; seed < count; seed += 1) {
    const { patient, initiatingEvents } = samplePatientRecord(dictionary, seed);
    add("PATIENT", null, { ...(isRecord(patient) ? patient : {}), initiatingEvents }, `records[${seed}]`);
  }
  return { drafts, dictionary };
}

/** A row with its relatives; `children` is filled by the rows made below it. */
export class TestRow implements RowView {
  readonly recordType: RecordTypeName;
  readonly values: readonly (Value | null)[];
  readonly parent: TestRow | null;
  readonly children: TestRow[] = [];

  constructor(dictionary: Dictionary, recordType: RecordTypeName, values: Record<string, Value>, parent: TestRow | null = null) {
    this.recordType = recordType;
    this.values = dictionary.recordType(recordType).items.map((item) => values[item.name] ?? null);
    this.parent = parent;
    parent?.children.push(this);
  }

  siblings(): readonly RowView[] {
    return this.parent?.children.filter((row) => row.recordType === this.recordType) ?? [];
  }

  hasChild(type: RecordTypeName): boolean {
    return this.children.some((row) => row.recordType === type);
  }
}
