/** A dictionary made ready for work: items with their index, column and code list; look-ups by name. */
import type { CodeList, CodeOption, Item, RecordType, RecordTypeName } from "./define.ts";
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
  /** Throws for a name the dictionary does not have: names come from code, never from input. */
  recordType(name: RecordTypeName): CompiledRecordType;
}
