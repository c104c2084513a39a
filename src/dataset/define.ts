/**
 * The vocabulary in which a dataset dictionary is written. A dictionary is data: nothing in `schema/nacr` has behaviour,
 * and everything else (types, GraphQL, validation, tables, merge statements, CSV headers, documentation) derives from it.
 */

/**
 * How sure a fact is. `S` a source states it, `S~` partly, `V` verified in a named source, `M` measured; `I`, `D` our own decision,
 * `J` judgement; `R`, `W`, `U` unconfirmed: such a fact never rejects a record on its own.
 */
export type StatusMark = "S" | "S~" | "V" | "M" | "I" | "D" | "J" | "R" | "W" | "U";

/** Where a fact comes from: its mark and the page or section a reviewer can open. */
export interface Provenance {
  readonly status: StatusMark;
  readonly source: string;
}

/** The nine kinds of NACR record. */
export const RECORD_TYPE_NAMES = [
  "PATIENT",
  "INITIATING_EVENT",
  "TREATMENT",
  "PREVIOUS_EVENT",
  "COMORBIDITY",
  "REHABILITATION",
  "ASSESSMENT",
  "DRUG",
  "ACUTE_EVENT",
] as const;
export type RecordTypeName = (typeof RECORD_TYPE_NAMES)[number];

/**
 * How an item's value is read and stored.
 * `partialDate` is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; `codes` is a set of keys of one list; all dates are ISO calendar dates.
 */
export type ItemKind =
  | "nhsNumber"
  | "text"
  | "postcode"
  | "organisation"
  | "gpPractice"
  | "programme"
  | "date"
  | "partialDate"
  | "integer"
  | "decimal"
  | "boolean"
  | "code"
  | "codes";

/** One option of a code list. `key` is what is stored and what GraphQL shows. */
export interface CodeOption {
  readonly key: string;
  readonly code: number;
  readonly label: string;
  readonly aliases?: readonly string[];
  /** Codes of NHS or other systems that mean this option, by system name (a crosswalk, used by mappings only). */
  readonly crosswalk?: Readonly<Record<string, readonly string[]>>;
  readonly status?: StatusMark;
}

export interface CodeList extends Provenance {
  readonly name: string;
  readonly label: string;
  /** Keys that say "not known": they fill an empty item and never replace a known value. */
  readonly unknown: readonly string[];
  /** An unlisted text in an open list never rejects: it is stored as this key, or left out (`null`), with a warning. Absent: closed. */
  readonly open?: { readonly storeAs: string | null };
  readonly options: readonly CodeOption[];
}

export interface Item extends Provenance {
  readonly label: string;
  readonly kind: ItemKind;
  readonly description: string;
  /** The row is rejected without it (judged on the merged row). */
  readonly mandatory?: boolean;
  /** Never in an error, log or metric; stored encrypted, apart from clinical rows. */
  readonly identifying?: boolean;
  /** Name of the code list of a `code` or `codes` item. */
  readonly list?: string;
  readonly unit?: string;
  /** Outside: warning `OUT_OF_EXPECTED_RANGE`. Inclusive. */
  readonly expected?: readonly [min: number, max: number];
  /** Outside: error `OUT_OF_HARD_RANGE`. Inclusive. */
  readonly hard?: readonly [min: number, max: number];
  /** A value that is not a multiple of this warns. */
  readonly multipleOf?: number;
  readonly maxLength?: number;
  /** The item takes this value where a created record does not state it. */
  readonly defaultValue?: string;
}

export interface RecordType extends Provenance {
  readonly name: RecordTypeName;
  /** GraphQL type name and the stem of its input type. */
  readonly typeName: string;
  /** Name of the list (or of the single object, for PATIENT) in the parent's input and output. */
  readonly fieldName: string;
  readonly table: string;
  readonly label: string;
  readonly description: string;
  readonly parent: RecordTypeName | null;
  /** Items that, with the parent, make the row unique within an organisation. */
  readonly naturalKey: readonly string[];
  /** Rows belong to the programme that wrote them: row-level security asks for the programme too. */
  readonly programmeScoped: boolean;
  readonly items: Readonly<Record<string, Item>>;
}

/** Keeps the literal types of a record type, so that its TypeScript record type can be inferred. */
export const defineRecord = <const R extends RecordType>(recordType: R): R => recordType;
export const defineCodeList = <const L extends CodeList>(list: L): L => list;

/**
 * What a version has in place of what the version before had: members of the same name replaced, in their old place, new ones at the end.
 * A dictionary is written by it as its difference to the one before.
 */
export function replaceNamed<T>(earlier: readonly T[], nameOf: (member: T) => string, changed: readonly T[]): readonly T[] {
  const byName = new Map([...earlier, ...changed].map((member) => [nameOf(member), member]));
  return [...byName.values()];
}

/** A stored value of an item: ISO date strings, code keys, numbers, booleans, or a sorted list of code keys. */
export type Value = string | number | boolean | readonly string[];

type ValueOfKind<K extends ItemKind> = K extends "integer" | "decimal"
  ? number
  : K extends "boolean"
    ? boolean
    : K extends "codes"
      ? readonly string[]
      : string;

/** The dataset record of a definition: every item optional (absent means "no statement"), mandatory items are judged, not typed. */
export type RecordOf<R extends RecordType> = {
  -readonly [I in keyof R["items"]]?: ValueOfKind<R["items"][I]["kind"]>;
};
