/**
 * Up-conversion: a record is judged by the version it was sent under, and kept as the newest one has it. Pure; nothing is dropped in
 * silence, since what is lost or decided on the way becomes an issue of the record.
 */
import type { DraftRecord } from "../records/draft-record.ts";
import type { Issue } from "../records/issue.ts";
import { compileConversion } from "./compile-conversion.ts";
import type { Conversion } from "./conversion.ts";
import type { RecordTypeName, Value } from "./define.ts";
import type { CompiledItem, ConvertedItem, ConvertedType, Dictionary, StoredForm } from "./dictionary.ts";
import type { JudgedValues } from "./judge-draft.ts";
import { compileRules, listMandatory } from "./judge-rules.ts";
import { type TranslatedHop, translateRules } from "./translate-rules.ts";

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/**
 * The dictionaries of all versions, oldest first, each knowing how its records become records of the last.
 * @param conversions one from each version to the next
 * @throws Error where one is missing, or leaves something of the older version without a place
 */
export function joinVersions(dictionaries: readonly Dictionary[], conversions: readonly Conversion[]): readonly Dictionary[] {
  const newest = dictionaries.at(-1);
  if (newest === undefined) throw new Error("there is no dictionary");
  const chain = dictionaries.slice(1).map((to, position) => {
    const from = dictionaries[position] ?? newest;
    const conversion = conversions.find((candidate) => candidate.from === from.version && candidate.to === to.version);
    if (conversion === undefined) throw new Error(`there is no conversion from ${from.version} to ${to.version}`);
    return { from, to, types: compileConversion(from, to, conversion) };
  });
  return dictionaries.map((dictionary, position) =>
    dictionary === newest ? newest : { ...dictionary, storedAs: toStoredForm(dictionary, newest, chain.slice(position)) },
  );
}

function toStoredForm(sent: Dictionary, newest: Dictionary, chain: readonly TranslatedHop[]): StoredForm {
  const rules = chain.reduce((translated, hop) => translateRules(translated, hop), sent.rules);
  // Compiling asks every path and key of the translated rules for its item.
  compileRules({ ...newest, rules });
  const mandatory = new Map<RecordTypeName, readonly CompiledItem[]>();
  const sentNames = new Map<RecordTypeName, ReadonlyMap<string, string>>();
  for (const type of sent.recordTypes) {
    const kept = type.items.flatMap((item) => {
      const target = follow(type.name, item, chain);
      return target === null ? [] : [{ item, target }];
    });
    const required = new Set(listMandatory(type));
    mandatory.set(
      type.name,
      kept.filter(({ item }) => required.has(item)).map(({ target }) => target),
    );
    const renamed = kept.filter(({ item, target }) => item.name !== target.name);
    sentNames.set(type.name, new Map(renamed.map(({ item, target }) => [target.name, item.name])));
  }
  return { dictionary: newest, hops: chain.map(({ types }) => types), rules, mandatory, sentNames };
}

/** The item at the end of the chain; null where it is dropped on the way. */
function follow(type: RecordTypeName, item: CompiledItem, chain: readonly TranslatedHop[]): CompiledItem | null {
  let current: CompiledItem | null = item;
  for (const { to, types } of chain) {
    const index: number | null = current === null ? null : (types.get(type)?.items[current.index]?.index ?? null);
    current = index === null ? null : (to.recordType(type).items[index] ?? null);
  }
  return current;
}

/**
 * A judged draft in the shape that is stored. Names in its issues stay the sender's.
 *
 * Cost: a record type that no version changed is handed back as it is; another one costs a copy of its values.
 */
export function upConvert(draft: DraftRecord, judged: JudgedValues, { hops }: StoredForm): JudgedValues {
  let converted = judged;
  for (const [position, hop] of hops.entries()) {
    const type = hop.get(draft.recordType);
    if (type === undefined || type.same) continue;
    converted = convertHop(draft, converted, type, (at) => nameAt(hops.slice(0, position + 1), draft.recordType, at));
  }
  return converted;
}

/** What the sender calls the item that has the index before the last of the hops. */
function nameAt(hops: StoredForm["hops"], recordType: RecordTypeName, at: number): string {
  const types = hops.flatMap((hop) => hop.get(recordType) ?? []);
  const index = types.slice(0, -1).reduceRight((after, { items }) => items.findIndex((item) => item.index === after), at);
  return types[0]?.items[index]?.name ?? "";
}

function convertHop(
  draft: DraftRecord,
  judged: JudgedValues,
  { items, size }: ConvertedType,
  nameOf: (at: number) => string,
): JudgedValues {
  const values = new Array<Value | null>(size).fill(null);
  const reasons: Issue[] = [];
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    const value = judged.values[at] ?? null;
    if (item === undefined || value === null) continue;
    if (item.index !== null && item.codes.size === 0) {
      values[item.index] = value;
      continue;
    }
    const result = convertValue(item, value, judged.values);
    if (item.index !== null) values[item.index] = result.value;
    for (const reason of result.reasons) reasons.push(toIssue(draft, nameOf(at), reason));
  }
  const cleared =
    judged.cleared.size === 0 ? judged.cleared : new Set([...judged.cleared].flatMap((at) => items[at]?.index ?? []));
  const { mappingReport, rejected } = judged;
  return {
    values,
    cleared,
    issues: reasons.length === 0 ? judged.issues : [...judged.issues, ...reasons],
    mappingReport,
    rejected,
  };
}

interface ConvertedValue {
  readonly value: Value;
  readonly reasons: readonly string[];
}

function convertValue(item: ConvertedItem, value: Value, record: readonly (Value | null)[]): ConvertedValue {
  if (item.index === null) return { value, reasons: item.reason === null ? [] : [item.reason] };
  const sent = Array.isArray(value) ? value.map(String) : [String(value)];
  const targets = sent.map((key) => item.codes.get(key)?.find(({ fits }) => fits(record)) ?? { key, reason: null });
  const reasons = [...new Set(targets.flatMap(({ reason }) => reason ?? []))];
  const keys = [...new Set(targets.map(({ key }) => key))].sort();
  return { value: Array.isArray(value) ? keys : (keys[0] ?? value), reasons };
}

const toIssue = ({ origins, expression }: DraftRecord, field: string, reason: string): Issue => ({
  severity: "INFORMATION",
  code: "UP_CONVERTED",
  field,
  expression: origins?.[field] ?? `${expression}.${field}`,
  params: { reason },
});

/** The sender's name of an item that is named as the newest version has it. */
export const sentNamesOf = (dictionary: Dictionary, type: RecordTypeName): ReadonlyMap<string, string> =>
  dictionary.storedAs?.sentNames.get(type) ?? NO_NAMES;
