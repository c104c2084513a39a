/**
 * Checks a conversion against its two dictionaries and makes it ready for work. Whatever has no place in the next version and no step
 * that says so throws here, at start-up: so no record can lose a value that nobody decided about.
 */
import type { CodeChanged, Conversion } from "./conversion.ts";
import type { RecordTypeName, Value } from "./define.ts";
import type {
  CodeTarget,
  CompiledItem,
  CompiledList,
  CompiledRecordType,
  ConvertedItem,
  ConvertedType,
  Dictionary,
} from "./dictionary.ts";

const KEEPS_ITS_KEYS: ReadonlyMap<string, readonly CodeTarget[]> = new Map();

/**
 * One hop: every record type of the older version as it enters the next one.
 * @throws Error for an item or key of the older version that has no place in the next, or a step that speaks of nothing
 */
export function compileConversion(
  from: Dictionary,
  to: Dictionary,
  conversion: Conversion,
): ReadonlyMap<RecordTypeName, ConvertedType> {
  checkSteps(from, conversion);
  return new Map(from.recordTypes.map((type) => [type.name, compileType(type, to.recordType(type.name), conversion)]));
}

function fail(message: string): never {
  throw new Error(message);
}

function checkSteps(from: Dictionary, { steps }: Conversion): void {
  for (const step of steps) {
    const known =
      step.kind === "code"
        ? from.codeLists.get(step.list)?.keys.has(step.from)
        : from.recordType(step.recordType).byName.has(step.kind === "drop" ? step.item : step.from);
    if (known !== true) fail(`a step of the conversion from ${from.version} speaks of what that version does not have`);
  }
}

function compileType(type: CompiledRecordType, next: CompiledRecordType, conversion: Conversion): ConvertedType {
  const items = type.items.map((item) => compileItem(type, item, next, conversion));
  const key = type.naturalKey.map(({ index }) => next.items[items[index]?.index ?? -1]?.name);
  if (key.join() !== next.naturalKey.map(({ name }) => name).join())
    fail(`${type.name} has another natural key in the next version`);
  const same = type.items.length === next.items.length && items.every((item, at) => item.index === at && item.codes.size === 0);
  return { same, items, size: next.items.length };
}

function compileItem(
  type: CompiledRecordType,
  item: CompiledItem,
  next: CompiledRecordType,
  conversion: Conversion,
): ConvertedItem {
  const { steps } = conversion;
  const { name } = item;
  const dropped = steps.find((step) => step.kind === "drop" && step.recordType === type.name && step.item === name);
  if (dropped?.kind === "drop") return { name, index: null, reason: dropped.reason, codes: KEEPS_ITS_KEYS };
  const renamed = steps.find((step) => step.kind === "rename" && step.recordType === type.name && step.from === name);
  const target = next.byName.get(renamed?.kind === "rename" ? renamed.to : name);
  const where = `${type.name}.${name}`;
  if (target === undefined) return fail(`${where} has no place in ${conversion.to}: a step must rename or drop it`);
  if (target.kind !== item.kind || target.unit !== item.unit || target.identifying !== item.identifying)
    return fail(`${where} is of another kind in ${conversion.to}`);
  const { compiledList } = item;
  if (compiledList === null || target.compiledList === null)
    return { name, index: target.index, reason: null, codes: KEEPS_ITS_KEYS };
  const codes = compileCodes(type, compiledList, target.compiledList, conversion);
  if (type.naturalKey.includes(item)) checkKeyCodes(where, compiledList, codes);
  return { name, index: target.index, reason: null, codes };
}

function compileCodes(
  type: CompiledRecordType,
  list: CompiledList,
  next: CompiledList,
  { steps, to }: Conversion,
): ReadonlyMap<string, readonly CodeTarget[]> {
  const codes = new Map<string, readonly CodeTarget[]>();
  for (const key of list.keys) {
    const changes = steps
      .filter((step) => step.kind === "code")
      .filter((step) => step.list === list.list.name && step.from === key);
    if (changes.length === 0 && !next.keys.has(key))
      fail(`${list.list.name}.${key} has no place in ${to}: a step must say what it is`);
    if (changes.length === 0) continue;
    if (changes.findIndex(({ when }) => when === undefined) !== changes.length - 1)
      fail(`of the steps of ${list.list.name}.${key} the last one, and only it, has no condition`);
    codes.set(
      key,
      changes.map((change) => compileTarget(type, change, next)),
    );
  }
  for (const key of list.keys) checkUnknown(list, next, key, codes.get(key) ?? []);
  return codes.size === 0 ? KEEPS_ITS_KEYS : codes;
}

function compileTarget(type: CompiledRecordType, { from, to, when, ...step }: CodeChanged, next: CompiledList): CodeTarget {
  if (!next.keys.has(to)) fail(`${from} of ${next.list.name} becomes ${to}, which the next version does not have`);
  const reason = step.reason ?? null;
  if (when === undefined) return { key: to, reason, fits: () => true };
  const item = type.byName.get(when.item) ?? fail(`${type.name} has no item ${when.item} to decide what ${from} becomes`);
  const wanted = new Set<Value>(when.in);
  return { key: to, reason, fits: (values) => wanted.has(values[item.index] ?? "") };
}

/** Not known must stay not known: only that never replaces a known value. */
function checkUnknown(list: CompiledList, next: CompiledList, key: string, targets: readonly CodeTarget[]): void {
  const keys = targets.length === 0 ? [key] : targets.map((target) => target.key);
  if (keys.some((target) => next.unknown.has(target) !== list.unknown.has(key)))
    fail(`${list.list.name}.${key} says not known in one version and something in the other`);
}

/** Two rows of different keys must stay two rows, and one row one. */
function checkKeyCodes(where: string, list: CompiledList, codes: ReadonlyMap<string, readonly CodeTarget[]>): void {
  const targets = [...list.keys].flatMap((key) => codes.get(key)?.map((target) => target.key) ?? [key]);
  if (targets.length !== list.keys.size || new Set(targets).size !== targets.length)
    fail(`${where} is part of a natural key: its keys may be renamed, but neither joined nor divided`);
}
