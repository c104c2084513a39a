/** The drafts of one patient's rows under a column profile: each record below the record of its row, or below one that is only named. */
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import type { SiteCodes } from "../support/site-codes.ts";
import { readSourceId, SOURCE_RECORD_ID } from "../support/stated-source-id.ts";
import type { CompiledProfile, CompiledRecord } from "./profile-compile.ts";
import { holds } from "./profile-conditions.ts";
import {
  isListed,
  isStated,
  type Occurrence,
  occurrencesOf,
  type ReadItem,
  readRecord,
  textOf,
  toIssue,
} from "./profile-record.ts";
import { RowReader } from "./profile-row-reader.ts";
import type { PlacedProfileRow } from "./profile-table.ts";
import { type ReadingContext, readRule } from "./profile-values.ts";

/** A draft in the making: rows that say the same of a record add to its report. */
interface OpenDraft extends DraftRecord {
  readonly issues: Issue[];
  readonly mappingReport: MappingReportLine[];
}

export class PatientRows {
  readonly drafts: OpenDraft[] = [];
  /** What belongs to no record: a value of a list that is none, a row that names nobody. */
  readonly issues: Issue[] = [];
  readonly lines: MappingReportLine[] = [];
  readonly #profile: CompiledProfile;
  readonly #siteCodes: SiteCodes | undefined;
  readonly #known = new Map<string, OpenDraft>();
  readonly #byId = new Map<string, OpenDraft>();
  readonly #positions = new Map<OpenDraft, number>();

  constructor(profile: CompiledProfile, siteCodes: SiteCodes | undefined) {
    this.#profile = profile;
    this.#siteCodes = siteCodes;
  }

  /** Rows come in the order of the profile's tables. */
  add({ row, place }: PlacedProfileRow): void {
    const reader = new RowReader(row, place, this.#profile);
    const made = new Map<CompiledRecord, OpenDraft | null>();
    let last: OpenDraft | null = null;
    for (const record of row.bound.table.records) {
      // Looked for where another record of the row belongs to it.
      if (record.rule.reference) continue;
      if (!record.conditions.every((condition) => holds(condition, reader))) {
        for (const { folded } of record.conditions) this.#claim(reader, folded, last);
        continue;
      }
      for (const occurrence of occurrencesOf(record, reader)) last = this.#addRecord(record, occurrence, reader, made) ?? last;
      for (const { folded } of record.conditions) this.#claim(reader, folded, last);
    }
    (last?.mappingReport ?? this.lines).push(...reader.unusedLines());
  }

  /** A cell that decided which records the row holds. */
  #claim(reader: RowReader, column: string, draft: OpenDraft | null): void {
    const cell = reader.cell(column);
    if (cell === null || reader.isUsed(cell.position)) return;
    const use = { result: "MAPPED", recordType: draft?.recordType ?? null, field: null, reason: "CHOOSES_THE_RECORD" } as const;
    (draft?.mappingReport ?? this.lines).push(reader.line(cell.position, use));
  }

  #addRecord(
    record: CompiledRecord,
    occurrence: Occurrence,
    row: RowReader,
    made: Map<CompiledRecord, OpenDraft | null>,
  ): OpenDraft | null {
    const context: ReadingContext = { row, record, siteCodes: this.#siteCodes, each: occurrence.each };
    const read = readRecord(record, occurrence, context);
    const isList = record.each !== null || record.ticks !== null;
    if (isList ? !isListed(read) : !isStated(record, read, row)) {
      this.#reportUnmade(read, record, row, isList);
      return null;
    }
    const parent = record.parent === null ? null : this.#parentOf(record.parent, row, made);
    const draft = this.#open(record, parent, read, row, { reference: false, each: occurrence.each !== null });
    if (record.parent !== null && parent === null) draft.issues.push(unidentified(row.place));
    if (!isList) made.set(record, draft);
    return draft;
  }

  /** The record of this row, else one of that id in other rows of the patient, else one that is only named. */
  #parentOf(record: CompiledRecord, row: RowReader, made: Map<CompiledRecord, OpenDraft | null>): OpenDraft | null {
    const own = made.get(record);
    if (own !== undefined) return own;
    const context: ReadingContext = { row, record, siteCodes: this.#siteCodes, each: null };
    const read = record.rules.map((rule) => ({ rule, reading: readRule(rule, context) }));
    const id = this.#idOf(record, read, row, record.type.name === "PATIENT");
    const known = id.value === null ? undefined : this.#byId.get(`${record.type.name} ${id.value}`);
    if (known !== undefined) {
      this.#report(known, record, read, row);
      this.#reportId(known, record, row);
      made.set(record, known);
      return known;
    }
    if (record.type.name === "PATIENT" ? id.value === null : record.parent === null) return null;
    const parent = record.parent === null ? null : this.#parentOf(record.parent, row, made);
    if (record.parent !== null && parent === null) return null;
    const draft = this.#open(record, parent, read, row, { reference: true, each: false });
    made.set(record, draft);
    return draft;
  }

  #open(
    record: CompiledRecord,
    parent: OpenDraft | null,
    read: readonly ReadItem[],
    row: RowReader,
    kind: { readonly reference: boolean; readonly each: boolean },
  ): OpenDraft {
    const isPatient = record.type.name === "PATIENT";
    const id = kind.each ? NO_ID : this.#idOf(record, read, row, isPatient);
    const values = Object.fromEntries(
      read.flatMap(({ rule, reading }) => (reading.value === undefined ? [] : [[rule.item.name, reading.value]])),
    );
    const place = parent === null ? null : this.#positions.get(parent);
    const key = JSON.stringify([record.type.name, place, id.value, values, kind.reference]);
    const idKey = `${record.type.name} ${id.value}`;
    const known = this.#known.get(key) ?? (kind.reference && id.value !== null ? this.#byId.get(idKey) : undefined);
    const draft = known ?? this.#create(record, parent, { id: id.value, values, reference: kind.reference }, row, read);
    this.#known.set(key, draft);
    if (id.value !== null && !this.#byId.has(idKey)) this.#byId.set(idKey, draft);
    if (known === undefined) draft.issues.push(...id.issues);
    this.#report(draft, record, read, row);
    this.#reportId(draft, record, row);
    return draft;
  }

  #create(
    record: CompiledRecord,
    parent: OpenDraft | null,
    {
      id,
      values,
      reference,
    }: { readonly id: string | null; readonly values: Readonly<Record<string, unknown>>; readonly reference: boolean },
    row: RowReader,
    read: readonly ReadItem[],
  ): OpenDraft {
    const origins = Object.fromEntries(
      read.flatMap(({ rule, reading: { used } }) =>
        used[0] === undefined ? [] : [[rule.item.name, row.expressionOf(used[0].position)]],
      ),
    );
    const draft: OpenDraft = {
      recordType: record.type.name,
      parent,
      sourceRecordId: id,
      expression: row.place,
      values,
      clear: [],
      origins,
      issues: [],
      mappingReport: [],
      ...(reference ? { reference: true, silent: true } : {}),
    };
    this.#positions.set(draft, this.drafts.length);
    this.drafts.push(draft);
    return draft;
  }

  /** Issues and lines of what was read for a record. */
  #report(draft: OpenDraft, record: CompiledRecord, read: readonly ReadItem[], row: RowReader): void {
    const recordType = record.type.name;
    for (const { rule, reading, defaulted } of read) {
      const field = rule.item.name;
      if (defaulted) this.#reportDefault(draft, field, row);
      for (const { position, reason } of reading.used)
        draft.mappingReport.push(row.line(position, { result: "MAPPED", recordType, field, reason }));
      for (const { position, reason } of reading.dropped)
        draft.mappingReport.push(row.line(position, { result: "DROPPED", recordType, field, reason }));
      for (const problem of reading.problems) {
        draft.issues.push(toIssue(problem, rule, row));
        draft.mappingReport.push(row.line(problem.position, { result: "DROPPED", recordType, field, reason: problem.reason }));
      }
      if (rule.rule.constant !== undefined && draft.silent !== true)
        draft.mappingReport.push(row.constantLine(recordType, field));
    }
  }

  #reportDefault(draft: OpenDraft, field: string, row: RowReader): void {
    const { recordType, issues, mappingReport } = draft;
    if (issues.some((issue) => issue.code === "SOURCE_DEFAULTED")) return;
    const expression = `${row.place}.${field}`;
    issues.push({ severity: "INFORMATION", code: "SOURCE_DEFAULTED", field, expression });
    mappingReport.push({ expression, sourceField: field, result: "DEFAULTED", recordType, field, reason: "NOT_IN_SOURCE" });
  }

  /** What was read for a record that is not made: a box that is not ticked, a value of a list that is none. */
  #reportUnmade(read: readonly ReadItem[], record: CompiledRecord, row: RowReader, isList: boolean): void {
    if (!isList) return;
    const recordType = record.type.name;
    for (const { rule, reading } of read) {
      const field = rule.item.name;
      for (const { position, reason } of reading.dropped)
        this.lines.push(row.line(position, { result: "DROPPED", recordType, field, reason }));
      for (const problem of reading.problems) {
        this.issues.push({ ...toIssue(problem, rule, row), severity: "WARNING" });
        this.lines.push(row.line(problem.position, { result: "DROPPED", recordType, field, reason: problem.reason }));
      }
    }
  }

  #idOf({ idColumns, idPrefix }: CompiledRecord, read: readonly ReadItem[], row: RowReader, isPatient: boolean) {
    const cells = idColumns.flatMap((column) => row.cell(column) ?? []);
    const stated =
      cells.length > 0 && cells.length === idColumns.length ? idPrefix + cells.map(({ text }) => text).join("/") : "";
    const numbers = isPatient ? ["hospitalNumber", "nhsNumber"].map((name) => textOf(read, name)) : [];
    const [first] = cells;
    const expression = first === undefined ? `${row.place}.${SOURCE_RECORD_ID}` : row.expressionOf(first.position);
    return readSourceId(stated === "" ? (numbers.find((number) => number !== "") ?? "") : stated, expression, isPatient);
  }

  #reportId(draft: OpenDraft, { idColumns }: CompiledRecord, row: RowReader): void {
    for (const column of idColumns) {
      const cell = row.cell(column);
      if (cell === null) continue;
      const use = { result: "MAPPED", recordType: draft.recordType, field: null, reason: "SOURCE_RECORD_ID" } as const;
      draft.mappingReport.push(row.line(cell.position, use));
    }
  }
}

const NO_ID = { value: null, issues: [] } as const;

const unidentified = (place: string): Issue => ({
  severity: "ERROR",
  code: "PATIENT_UNIDENTIFIED",
  field: null,
  expression: place,
});
