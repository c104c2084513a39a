/** The drafts of one patient's rows: each below the row of its parent, or below a silent reference to a record that is stored. */
import { identityColumns } from "../../src/dataset/csv-header.ts";
import type { CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue } from "../../src/records/issue.ts";
import { readSourceId, SOURCE_RECORD_ID } from "../support/stated-source-id.ts";
import type { PlacedRow } from "./importer-row.ts";
import { findRecord, type PatientNumbers, readNumbers, sharesNumber, toKey } from "./record-identity.ts";

const NOBODY: PatientNumbers = { nhsNumber: "", hospitalNumber: "" };

/** A draft that others may hang below. */
interface Node {
  readonly draft: DraftRecord;
  readonly parent: Node | null;
  readonly numbers: PatientNumbers;
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
    const values = Object.fromEntries(type.items.flatMap(({ name }) => (cells[name] === undefined ? [] : [[name, cells[name]]])));
    const unidentified = !isPatient && parent === null;
    const issues = unidentified ? [...id.issues, unidentifiedIssue(place)] : id.issues;
    this.#push({ ...emptyDraft(type, parent, place), sourceRecordId: id.value, values, issues }, parent, numbers);
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
    const wanted = readIdentity(type, placed).values;
    const found = findRecord(
      type,
      siblings.map(({ draft }) => draft),
      wanted,
    );
    return siblings.find(({ draft }) => draft === found) ?? this.#refer(type, parent, placed, NOBODY, null);
  }

  /** A record that is named and not sent. What is wrong with its identity stands in the row that names it. */
  #refer(type: CompiledRecordType, parent: Node | null, placed: PlacedRow, numbers: PatientNumbers, key: string | null): Node {
    const { values, origins } = readIdentity(type, placed);
    const sourceRecordId = readSourceId(key ?? "", placed.place, false).value;
    const draft = { ...emptyDraft(type, parent, placed.place), sourceRecordId, values, origins, reference: true, silent: true };
    return this.#push(draft, parent, numbers);
  }

  #push(draft: DraftRecord, parent: Node | null, numbers: PatientNumbers): Node {
    const node = { draft, parent, numbers };
    this.drafts.push(draft);
    this.#nodes.push(node);
    return node;
  }
}

const sameNumbers = (one: PatientNumbers, other: PatientNumbers): boolean =>
  one.nhsNumber === other.nhsNumber && one.hospitalNumber === other.hospitalNumber;

/** What a row says of an ancestor, and where. */
function readIdentity(type: CompiledRecordType, { row, place }: PlacedRow) {
  const stated = [...identityColumns(type)].filter(([, column]) => row.cells[column] !== undefined);
  return {
    values: Object.fromEntries(stated.map(([item, column]) => [item, row.cells[column]])),
    origins: Object.fromEntries(stated.map(([item, column]) => [item, `${place}.${column}`])),
  };
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
