/** A dictionary made ready for work: items with their index, column and code list; look-ups by name. */
import type { CodeList, CodeOption, Item, RecordType, RecordTypeName, Value } from "./define.ts";
import type { Rule } from "./rule.ts";

export interface IssueCode {
  readonly code: string;
  readonly severity: "ERROR" | "WARNING" | "INFORMATION";
  readonly layer: "FILE" | "MAPPING" | "RECORD" | "CONSENT";
  /** Text with `{param}` places; `{label}` is the item's label. */
  readonly text: string;
  /** What the sender can do about it. */
  readonly advice: string;
}

/** A dictionary as `schema/nacr/<version>/index.ts` exports it. */
export interface DictionarySource {
  readonly version: string;
  readonly recordTypes: readonly RecordType[];
  readonly codeLists: readonly CodeList[];
  readonly rules: readonly Rule[];
  readonly issueCodes: readonly IssueCode[];
}

export interface CompiledList {
  readonly list: CodeList;
  readonly keys: ReadonlySet<string>;
  readonly unknown: ReadonlySet<string>;
  readonly byKey: ReadonlyMap<string, CodeOption>;
  /** Folded key, code, label, `code. label` and alias to key. */
  readonly byText: ReadonlyMap<string, string>;
}

export interface CompiledItem extends Item {
  readonly name: string;
  /** Position in every value array of its record type. */
  readonly index: number;
  /** snake_case column name; identifying items have none (they are sealed). */
  readonly column: string;
  readonly compiledList: CompiledList | null;
}

export interface CompiledRecordType {
  readonly name: RecordTypeName;
  readonly definition: RecordType;
  readonly items: readonly CompiledItem[];
  /** Items stored as columns, and items stored encrypted apart, both in dictionary order. */
  readonly clinicalItems: readonly CompiledItem[];
  readonly identityItems: readonly CompiledItem[];
  readonly byName: ReadonlyMap<string, CompiledItem>;
  readonly naturalKey: readonly CompiledItem[];
  readonly children: readonly RecordTypeName[];
}

export interface Dictionary {
  readonly version: string;
  /** Parents before children. */
  readonly recordTypes: readonly CompiledRecordType[];
  readonly codeLists: ReadonlyMap<string, CompiledList>;
  readonly rules: readonly Rule[];
  readonly issueCodes: ReadonlyMap<string, IssueCode>;
  /** How its records are kept; null: as they are, since the tables are made from this dictionary. */
  readonly storedAs: StoredForm | null;
  /** Throws for a name the dictionary does not have: names come from code, never from input. */
  recordType(name: RecordTypeName): CompiledRecordType;
}

/** How records of an older version are kept: in the shape of the newest, through every version between. */
export interface StoredForm {
  /** The newest. */
  readonly dictionary: Dictionary;
  /** From one version to the next, in their order; each takes what the one before it gives. */
  readonly hops: readonly ReadonlyMap<RecordTypeName, ConvertedType>[];
  /** The older version's rules and mandatory items in the words of the newest, for who cannot know the newest's own. */
  readonly rules: readonly Rule[];
  readonly mandatory: ReadonlyMap<RecordTypeName, readonly CompiledItem[]>;
  /** Names of items that were renamed: the sender's by the newest's. */
  readonly sentNames: ReadonlyMap<RecordTypeName, ReadonlyMap<string, string>>;
}

/** A record type on its way into the next version. */
export interface ConvertedType {
  /** Every item keeps its place and every code its key. */
  readonly same: boolean;
  readonly items: readonly ConvertedItem[];
  /** Number of items in the next version. */
  readonly size: number;
}

export interface ConvertedItem {
  readonly name: string;
  /** Index in the next version; null: the item is kept no more, because of the reason. */
  readonly index: number | null;
  readonly reason: string | null;
  /** Keys that change; of the targets of a key the first that fits is taken, and the last fits always. */
  readonly codes: ReadonlyMap<string, readonly CodeTarget[]>;
}

export interface CodeTarget {
  readonly key: string;
  /** What the sender is told; null: nothing was lost or decided. */
  readonly reason: string | null;
  /** `values`: those of the record as it was sent, by the index of the older version. */
  readonly fits: (values: readonly (Value | null)[]) => boolean;
}
