/** The drafts of one patient's rows: each below the row of its parent, or below a silent reference to a record that is stored. */
import { identityColumns } from "../../src/dataset/csv-header.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import { namingItems } from "../../src/dataset/naming-items.ts";
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue } from "../../src/records/issue.ts";
import { readSourceId, SOURCE_RECORD_ID } from "../support/stated-source-id.ts";
import { findHabit, type SeenCell } from "./importer-habits.ts";
import type { ImporterRow, PlacedRow } from "./importer-row.ts";
import { findRecord, type PatientNumbers, readNumbers, sharesNumber, toKey } from "./record-identity.ts";
import { readRecordStatus } from "./record-status.ts";

const NOBODY: PatientNumbers = { nhsNumber: "", hospitalNumber: "" };

/** A draft that others may hang below. */
interface Node {
  readonly draft: DraftRecord;
  readonly parent: Node | null;
  readonly numbers: PatientNumbers;
  /** As the row states them, also those that cannot be taken: rows that mean one record write it alike. */
  readonly stated: Readonly<Record<string, unknown>>;
}

export class PatientDrafts {
  readonly drafts: DraftRecord[] = [];
  readonly #dictionary: Dictionary;
  readonly #nodes: Node[] = [];
  /** The rows name one NHS number and one hospital number at most: they are of one patient, whichever of the two each one states. */
  readonly #isOnePatient: boolean;

  constructor(rows: readonly PlacedRow[], dictionary: Dictionary) {
    this.#dictionary = dictionary;
    const numbers = rows.map(({ row }) => readNumbers(row, dictionary));
    const distinct = (name: keyof PatientNumbers) => new Set(numbers.map((of) => of[name]).filter((number) => number !== ""));
    this.#isOnePatient = distinct("nhsNumber").size <= 1 && distinct("hospitalNumber").size <= 1;
  }

  /** Rows of parents come before rows of their children. */
  add({ row, place }: PlacedRow, type: CompiledRecordType): void {
    const { cells } = row;
    const numbers = readNumbers(row, this.#dictionary);
    const isPatient = type.definition.parent === null;
    const parent = isPatient ? null : this.#parentOf(type, { row, place }, numbers);
    const id = readSourceId(
      cells[SOURCE_RECORD_ID] ?? (isPatient ? toKey(numbers) : ""),
      `${place}.${SOURCE_RECORD_ID}`,
      isPatient,
    );
    const status = readRecordStatus({ row, place });
    // Of a record that is deleted nothing counts but which one it is.
    const names = status.withdrawn ? new Set(namingItems(type)) : null;
    const stated = type.items.filter(({ name }) => cells[name] !== undefined && (names === null || names.has(name)));
    const read = readCells(
      stated.map((item) => [item, item.name]),
      { row, place },
    );
    const unidentified = !isPatient && parent === null ? [unidentifiedIssue(place)] : [];
    const issues = [...id.issues, ...explainId({ row, place }), ...status.issues, ...unidentified, ...read.issues];
    const withdraw = status.withdrawn ? ({ withdraw: true } as const) : {};
    const draft = { ...emptyDraft(type, parent, place), ...withdraw, sourceRecordId: id.value, values: read.values, issues };
    this.#push(draft, parent, numbers, Object.fromEntries(stated.map(({ name }) => [name, cells[name]])));
  }

  /** The ancestors from the patient down; null where the row names no patient. */
  #parentOf(type: CompiledRecordType, placed: PlacedRow, numbers: PatientNumbers): Node | null {
    const { parent } = type.definition;
    if (parent === null) return this.#patientOf(type, placed, numbers);
    const parentType = this.#dictionary.recordType(parent);
    if (parentType.definition.parent === null) return this.#patientOf(parentType, placed, numbers);
    const above = this.#parentOf(parentType, placed, numbers);
    return above === null ? null : this.#recordOf(parentType, above, placed);
  }

  #patientOf(type: CompiledRecordType, placed: PlacedRow, numbers: PatientNumbers): Node | null {
    if (numbers.nhsNumber === "" && numbers.hospitalNumber === "") return null;
    const patients = this.#nodes.filter(({ draft }) => draft.recordType === type.name);
    const stated = patients.filter(({ draft }) => draft.reference !== true);
    const own = this.#isOnePatient ? stated[0] : stated.find((node) => sharesNumber(node.numbers, numbers));
    const known = own ?? patients.find((node) => sameNumbers(node.numbers, numbers));
    return known ?? this.#refer(type, null, placed, numbers, toKey(numbers));
  }

  #recordOf(type: CompiledRecordType, parent: Node, placed: PlacedRow): Node {
    const siblings = this.#nodes.filter((node) => node.parent === parent && node.draft.recordType === type.name);
    return findRecord(type, siblings, readIdentity(type, placed).stated) ?? this.#refer(type, parent, placed, NOBODY, null);
  }

  /** A record that is named and not sent. What is wrong with its identity stands in the row that names it. */
  #refer(type: CompiledRecordType, parent: Node | null, placed: PlacedRow, numbers: PatientNumbers, key: string | null): Node {
    const { values, origins, issues, stated } = readIdentity(type, placed);
    const sourceRecordId = readSourceId(key ?? "", placed.place, false).value;
    const draft = {
      ...emptyDraft(type, parent, placed.place),
      sourceRecordId,
      values,
      origins,
      issues,
      reference: true,
      silent: true,
    };
    return this.#push(draft, parent, numbers, stated);
  }

  #push(draft: DraftRecord, parent: Node | null, numbers: PatientNumbers, stated: Node["stated"]): Node {
    const node = { draft, parent, numbers, stated };
    this.drafts.push(draft);
    this.#nodes.push(node);
    return node;
  }
}

const sameNumbers = (one: PatientNumbers, other: PatientNumbers): boolean =>
  one.nhsNumber === other.nhsNumber && one.hospitalNumber === other.hospitalNumber;

/** What a row says of an ancestor, and where. */
function readIdentity(type: CompiledRecordType, placed: PlacedRow) {
  const { row, place } = placed;
  const columns = [...identityColumns(type)].filter(([, column]) => row.cells[column] !== undefined);
  const items = columns.flatMap(([name, column]) => {
    const item = type.byName.get(name);
    return item === undefined ? [] : [[item, column] as const];
  });
  return {
    ...readCells(items, placed),
    origins: Object.fromEntries(columns.map(([item, column]) => [item, `${place}.${column}`])),
    stated: Object.fromEntries(columns.map(([item, column]) => [item, row.cells[column]])),
  };
}

/** Values of items by name; what a program made of a value on its way into the file is explained and left out. */
function readCells(columns: readonly (readonly [CompiledItem, string])[], { row, place }: PlacedRow) {
  const values: Record<string, string> = {};
  const issues: Issue[] = [];
  for (const [item, column] of columns) {
    const cell = seeCell(row, column);
    const habit = findHabit(item, cell, row.habits);
    if (habit !== null) issues.push({ ...habit, field: item.name, expression: `${place}.${column}` });
    if (habit?.severity !== "ERROR") values[item.name] = cell.text;
  }
  return { values, issues };
}

const seeCell = (row: ImporterRow, column: string): SeenCell => ({
  text: (row.cells[column] ?? "").trim(),
  type: row.typeOf(column),
  column,
});

/** An id that a program cut short would be many records' id. */
function explainId({ row, place }: PlacedRow): readonly Issue[] {
  if (row.cells[SOURCE_RECORD_ID] === undefined) return [];
  const habit = findHabit(null, seeCell(row, SOURCE_RECORD_ID), row.habits);
  return habit === null ? [] : [{ ...habit, field: SOURCE_RECORD_ID, expression: `${place}.${SOURCE_RECORD_ID}` }];
}

const emptyDraft = (type: CompiledRecordType, parent: Node | null, expression: string) => ({
  recordType: type.name,
  parent: parent?.draft ?? null,
  expression,
  clear: [],
  issues: [],
  mappingReport: [],
});

const unidentifiedIssue = (place: string): Issue => ({
  severity: "ERROR",
  code: "PATIENT_UNIDENTIFIED",
  field: null,
  expression: place,
});
