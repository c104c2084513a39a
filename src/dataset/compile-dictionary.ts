/**
 * Makes a dictionary ready for work. A dictionary is checked whole when it is compiled, at start-up: whatever is inconsistent in it
 * throws here, so that nothing that reads it later has to doubt it.
 */
import { compileCodeList } from "./compile-code-list.ts";
import type { Item, RecordType, RecordTypeName } from "./define.ts";
import type { CompiledItem, CompiledList, CompiledRecordType, Dictionary, DictionarySource } from "./dictionary.ts";
import { compileRules } from "./judge-rules.ts";
import { readValue } from "./read-value.ts";

const ITEM_NAME = /^[a-z][A-Za-z0-9]*$/;
/** Any date: default values are no dates. */
const NO_TODAY = "9999-12-31";

/**
 * Compiles a dictionary: items with their index, column and code list, record types with parents before children.
 * @throws Error for whatever is inconsistent: names used twice or missing, limits that contradict, rules about items that do not exist.
 */
export function compileDictionary(source: DictionarySource): Dictionary {
  const codeLists = indexBy(source.codeLists.map(compileCodeList), (compiled) => compiled.list.name, "code list");
  const issueCodes = indexBy(source.issueCodes, (issueCode) => issueCode.code, "issue code");
  const ordered = orderByParent(source.recordTypes);
  const recordTypes = ordered.map((definition) => compileRecordType(definition, ordered, codeLists));
  const byName = new Map(recordTypes.map((recordType) => [recordType.name, recordType]));
  const dictionary: Dictionary = {
    version: source.version,
    recordTypes,
    codeLists,
    rules: source.rules,
    issueCodes,
    storedAs: null,
    recordType: (name) => byName.get(name) ?? fail(`the dictionary ${source.version} has no record type ${name}`),
  };
  checkRules(dictionary);
  return dictionary;
}

function fail(message: string): never {
  throw new Error(message);
}

function indexBy<K, T>(things: readonly T[], keyOf: (thing: T) => K, what: string): ReadonlyMap<K, T> {
  const index = new Map<K, T>();
  for (const thing of things) {
    const key = keyOf(thing);
    if (index.has(key)) fail(`the dictionary has ${what} ${key} twice`);
    index.set(key, thing);
  }
  return index;
}

/** Parents before children, otherwise in the dictionary's own order. */
function orderByParent(recordTypes: readonly RecordType[]): readonly RecordType[] {
  const byName = indexBy(recordTypes, (recordType) => recordType.name, "record type");
  const ordered = new Set<RecordType>();
  const place = (recordType: RecordType, below: readonly RecordTypeName[]): void => {
    if (below.includes(recordType.name)) fail(`record type ${recordType.name} is its own ancestor`);
    if (ordered.has(recordType)) return;
    if (recordType.parent !== null) {
      const parent = byName.get(recordType.parent) ?? fail(`${recordType.name} names a parent that does not exist`);
      place(parent, [...below, recordType.name]);
    }
    ordered.add(recordType);
  };
  for (const recordType of recordTypes) place(recordType, []);
  return [...ordered];
}

function compileRecordType(
  definition: RecordType,
  all: readonly RecordType[],
  codeLists: ReadonlyMap<string, CompiledList>,
): CompiledRecordType {
  const items = Object.entries(definition.items).map(([name, item], index) =>
    compileItem(definition.name, name, item, index, codeLists),
  );
  const byName = new Map(items.map((item) => [item.name, item]));
  return {
    name: definition.name,
    definition,
    items,
    clinicalItems: items.filter((item) => item.identifying !== true),
    identityItems: items.filter((item) => item.identifying === true),
    byName,
    naturalKey: definition.naturalKey.map(
      (name) => byName.get(name) ?? fail(`the natural key of ${definition.name} names ${name}, which is no item of it`),
    ),
    children: all.filter((other) => other.parent === definition.name).map((other) => other.name),
  };
}

function compileItem(
  recordType: RecordTypeName,
  name: string,
  item: Item,
  index: number,
  codeLists: ReadonlyMap<string, CompiledList>,
): CompiledItem {
  const where = `${recordType}.${name}`;
  if (!ITEM_NAME.test(name)) fail(`${where} is no item name: camel case, beginning with a small letter`);
  const compiled: CompiledItem = {
    ...item,
    name,
    index,
    column: item.identifying === true ? "" : toColumnName(name),
    compiledList: listOf(where, item, codeLists),
  };
  checkLimits(where, item);
  if (item.defaultValue !== undefined && readValue(compiled, item.defaultValue, NO_TODAY).value === null) {
    fail(`the default value of ${where} cannot be read as ${item.kind}`);
  }
  return compiled;
}

/** `hba1cMmolMol` becomes `hba1c_mmol_mol`; digits stay with the letters before them. */
export function toColumnName(itemName: string): string {
  return itemName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function listOf(where: string, item: Item, codeLists: ReadonlyMap<string, CompiledList>): CompiledList | null {
  const coded = item.kind === "code" || item.kind === "codes";
  if (!coded && item.list === undefined) return null;
  if (!coded || item.list === undefined) return fail(`${where}: items of kind code and codes, and only they, name a code list`);
  return codeLists.get(item.list) ?? fail(`${where} names the code list ${item.list}, which does not exist`);
}

function checkLimits(where: string, item: Item): void {
  const numeric = item.kind === "integer" || item.kind === "decimal";
  for (const range of [item.expected, item.hard]) {
    if (range === undefined) continue;
    if (!numeric) fail(`${where}: only numbers have a range`);
    if (range[0] > range[1]) fail(`${where}: a range begins after its end`);
  }
  const stepped = numeric && (item.multipleOf ?? 0) > 0 && (item.expected ?? item.hard) !== undefined;
  if (item.multipleOf !== undefined && !stepped) fail(`${where}: only numbers with a range go in steps, and steps are positive`);
  if (item.expected === undefined || item.hard === undefined) return;
  if (item.expected[0] < item.hard[0] || item.expected[1] > item.hard[1])
    fail(`${where}: expected values lie outside the hard range`);
}

function checkRules(dictionary: Dictionary): void {
  indexBy(dictionary.rules, (rule) => rule.id, "rule");
  for (const rule of dictionary.rules) {
    if (!dictionary.issueCodes.has(rule.code)) fail(`rule ${rule.id} reports ${rule.code}, which the catalogue does not have`);
    if (!dictionary.recordType(rule.recordType).byName.has(rule.field))
      fail(`rule ${rule.id} reports on ${rule.field}, which is no item`);
  }
  compileRules(dictionary);
}
