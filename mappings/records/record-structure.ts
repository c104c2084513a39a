/**
 * Faults of structure in a NACR record: a member the dataset does not have, a value where a list belongs. `submitRecords` refuses them
 * before the mapping; lines of a file come here unchecked, and a fault is an error of the record it stands in.
 */
import { correctableKey, SUPERSEDED } from "../../src/dataset/correctable-key.ts";
import type { CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import { LIMITS } from "../../src/lib/limits.ts";
import { findNearest } from "../../src/lib/nearest-text.ts";
import { REASONS_MEMBER } from "../../src/records/file-format.ts";
import type { Issue } from "../../src/records/issue.ts";
import { SOURCE_RECORD_ID } from "../support/stated-source-id.ts";

export type Members = Readonly<Record<string, unknown>>;

/** A name that may be shown: anything else could be a value in the place of a name. */
const SHOWN_NAME = /^[A-Za-z][A-Za-z0-9]{0,39}$/;
/** Unknown members of one record that are named one by one. */
const MOST_NAMED = 20;
const CLEAR = "clear";
const WITHDRAW = "withdraw";
const EXPECTED_VERSION = "expectedVersion";
const REPLACES = "replaces";

interface KnownMembers {
  /** Of the object that holds the items. */
  readonly ofValues: ReadonlySet<string>;
  /** Of a whole line: the patient's object beside the lists of its children. */
  readonly ofLine: ReadonlySet<string>;
  /** Of `replaces`. */
  readonly ofKey: ReadonlySet<string>;
  readonly lists: readonly string[];
}

const known = new WeakMap<CompiledRecordType, KnownMembers>();

function knownMembersOf(type: CompiledRecordType, dictionary: Dictionary): KnownMembers {
  const found = known.get(type);
  if (found !== undefined) return found;
  const lists = type.children.map((child) => dictionary.recordType(child).definition.fieldName);
  const items = [...type.items.map(({ name }) => name), CLEAR, WITHDRAW, EXPECTED_VERSION, REPLACES];
  // A patient's id and children stand beside its object, all others' in it.
  const made = {
    ofValues: new Set(isPatient(type) ? items : [...items, SOURCE_RECORD_ID, ...lists]),
    ofLine: new Set([type.definition.fieldName, SOURCE_RECORD_ID, ...lists, REASONS_MEMBER]),
    ofKey: new Set([...correctableKey(type).map(({ name }) => name), ...(isPatient(type) ? [SUPERSEDED] : [])]),
    lists,
  };
  known.set(type, made);
  return made;
}

const isPatient = ({ definition }: CompiledRecordType): boolean => definition.parent === null;

export const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list of children that is read. */
export const isListOfChildren = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length <= LIMITS.childrenPerRecord;

/** Adds what is wrong with the members of a whole line, without those of its patient. */
export function findLineFaults(
  line: unknown,
  type: CompiledRecordType,
  dictionary: Dictionary,
  expression: string,
  issues: Issue[],
): void {
  if (!isMembers(line)) return void issues.push(malformed(expression));
  const { ofLine, lists } = knownMembersOf(type, dictionary);
  findUnknown(line, ofLine, expression, issues);
  findListFaults(line, lists, expression, issues);
}

/** Adds what is wrong with the members of one record; `value` may be anything. */
export function findRecordFaults(
  value: unknown,
  type: CompiledRecordType,
  dictionary: Dictionary,
  expression: string,
  issues: Issue[],
): void {
  if (!isMembers(value)) return void issues.push(malformed(expression));
  const { ofValues, ofKey, lists } = knownMembersOf(type, dictionary);
  findUnknown(value, ofValues, expression, issues);
  findKeyFaults(value[REPLACES], ofKey, `${expression}.${REPLACES}`, issues);
  const { clear } = value;
  if (clear !== undefined && clear !== null && !isListOfText(clear)) issues.push(malformed(`${expression}.${CLEAR}`));
  // Whoever cannot be understood here may mean that the record is wrong: it is not stored as if nothing had been said.
  if (typeof (value[WITHDRAW] ?? false) !== "boolean") issues.push(malformed(`${expression}.${WITHDRAW}`));
  if (!isPatient(type)) findListFaults(value, lists, expression, issues);
}

function findKeyFaults(replaces: unknown, names: ReadonlySet<string>, expression: string, issues: Issue[]): void {
  if (replaces === undefined || replaces === null) return;
  if (!isMembers(replaces)) return void issues.push(malformed(expression));
  findUnknown(replaces, names, expression, issues);
  // Whether the old number is kept must not be guessed.
  if (typeof (replaces[SUPERSEDED] ?? false) !== "boolean") issues.push(malformed(`${expression}.${SUPERSEDED}`));
}

const isListOfText = (value: unknown): boolean => Array.isArray(value) && value.every((entry) => typeof entry === "string");

/** Lists of children are lists, and no longer than published. */
function findListFaults(members: Members, lists: readonly string[], expression: string, issues: Issue[]): void {
  for (const name of lists) {
    const list = members[name];
    if (list === undefined || list === null || isListOfChildren(list)) continue;
    issues.push(malformed(`${expression}.${name}`, Array.isArray(list) ? { max: LIMITS.childrenPerRecord } : {}));
  }
}

function findUnknown(members: Members, names: ReadonlySet<string>, expression: string, issues: Issue[]): void {
  for (const name of Object.keys(members)) {
    if (!names.has(name) && issues.length < MOST_NAMED) issues.push(unknownMember(name, names, expression));
  }
}

function unknownMember(name: string, names: ReadonlySet<string>, expression: string): Issue {
  const base = { severity: "ERROR", code: "COLUMNS_UNRECOGNISED", field: null } as const;
  if (!SHOWN_NAME.test(name)) return { ...base, expression };
  const nearest = findNearest(name, names);
  return { ...base, expression: `${expression}.${name}`, ...(nearest === null ? {} : { suggestion: nearest }) };
}

const malformed = (expression: string, params: Readonly<Record<string, number>> = {}): Issue => ({
  severity: "ERROR",
  code: "FORMAT_INVALID",
  field: null,
  expression,
  params,
});
