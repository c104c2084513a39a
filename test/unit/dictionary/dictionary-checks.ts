/** Checkers of a dictionary: each lists what is wrong, so that a test can show that it finds a seeded fault. */
import type { CodeList, CodeOption, Item, RecordType, RecordTypeName } from "../../../src/dataset/define.ts";
import type { Condition, Rule } from "../../../src/dataset/rule.ts";

const GRAPHQL_ENUM_VALUE = /^[A-Z][A-Z0-9_]*$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const SOURCE_KEY = /\[([A-Z0-9-]+)\]/g;

/** The key a label asks for: upper case, every run of other characters one underscore. */
export const toKey = (label: string): string =>
  label
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_|_$/g, "");

export const findWrongKeys = (list: CodeList): readonly string[] =>
  list.options.filter(({ key, label }) => key !== toKey(label) || !GRAPHQL_ENUM_VALUE.test(key)).map(({ key }) => key);

export const findRepeated = <T>(values: readonly T[]): readonly T[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

/** `system code` that means two options of one list. */
export function findAmbiguousCrosswalks(list: { readonly options: readonly CodeOption[] }): readonly string[] {
  const uses = list.options.flatMap(({ crosswalk }) =>
    Object.entries(crosswalk ?? {}).flatMap(([system, codes]) => codes.map((code) => `${system} ${code}`)),
  );
  return findRepeated(uses);
}

/** Items whose list is missing or is named without need. */
export function findListFaults(recordTypes: readonly RecordType[], lists: ReadonlySet<string>): readonly string[] {
  return itemsOf(recordTypes)
    .filter(({ item }) => {
      const coded = item.kind === "code" || item.kind === "codes";
      return coded ? item.list === undefined || !lists.has(item.list) : item.list !== undefined;
    })
    .map(({ path }) => path);
}

/** Source texts that are empty, or name a source the page of sources does not have. */
export function findSourceFaults(texts: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return texts.filter((text) => text.trim() === "" || [...text.matchAll(SOURCE_KEY)].some(([, key]) => !known.has(key ?? "")));
}

export interface ItemAt {
  readonly path: string;
  readonly recordType: RecordType;
  readonly name: string;
  readonly item: Item;
}

export const itemsOf = (recordTypes: readonly RecordType[]): readonly ItemAt[] =>
  recordTypes.flatMap((recordType) =>
    Object.entries(recordType.items).map(([name, item]) => ({ path: `${recordType.name}.${name}`, recordType, name, item })),
  );

/** The item a path of a rule leads to; undefined where it leads nowhere. */
function resolve(recordTypes: readonly RecordType[], from: RecordTypeName, path: string): Item | undefined {
  const byName = new Map(recordTypes.map((recordType) => [recordType.name, recordType]));
  const [first = "", second] = path.split(".");
  if (second === undefined) return byName.get(from)?.items[first];
  let ancestor = byName.get(from)?.parent ?? null;
  while (ancestor !== null && ancestor !== first) ancestor = byName.get(ancestor)?.parent ?? null;
  return ancestor === null ? undefined : byName.get(ancestor)?.items[second];
}

/** Paths of a rule, with the option keys it compares them with. */
function pathsOf(rule: Rule): readonly { readonly path: string; readonly keys: readonly string[] }[] {
  const plain = (...paths: string[]) => paths.map((path) => ({ path, keys: [] }));
  switch (rule.kind) {
    case "dates":
      return [
        ...plain(rule.field, ...(ISO_DATE.test(rule.earlier) ? [] : [rule.earlier]), rule.later),
        ...ofCondition(rule.when),
      ];
    case "compare":
      return plain(rule.field, rule.left, rule.right);
    case "condition":
      return [...plain(rule.field), ...ofCondition(rule.when), ...ofCondition(rule.then)];
    case "siblingDates":
      return plain(rule.field, rule.when.item, rule.sibling.item, rule.date);
    case "siblingCondition":
      return [...plain(rule.field, rule.sibling.item), ...ofCondition(rule.when), ...ofCondition(rule.notWhenSibling)];
    case "derived":
      return plain(rule.field);
    case "age":
      return plain(rule.field, rule.at);
  }
}

function ofCondition(condition: Condition | undefined): readonly { readonly path: string; readonly keys: readonly string[] }[] {
  if (condition === undefined || "child" in condition) return [];
  if ("all" in condition) return condition.all.flatMap(ofCondition);
  if ("any" in condition) return condition.any.flatMap(ofCondition);
  const values = "in" in condition ? condition.in : "notIn" in condition ? condition.notIn : [];
  return [{ path: condition.item, keys: values.filter((value) => typeof value === "string") }];
}

/** Rules that name an item, or an option of its list, that does not exist. */
export function findRuleFaults(
  rules: readonly Rule[],
  recordTypes: readonly RecordType[],
  lists: readonly CodeList[],
): readonly string[] {
  return rules.flatMap((rule) =>
    pathsOf(rule).flatMap(({ path, keys }) => {
      const item = resolve(recordTypes, rule.recordType, path);
      if (item === undefined) return [`${rule.id}: ${path}`];
      const options = lists.find((list) => list.name === item.list)?.options.map((option) => option.key) ?? [];
      return keys.filter((key) => !options.includes(key)).map((key) => `${rule.id}: ${path} = ${key}`);
    }),
  );
}
