/** A column profile made ready for work, or everything that is wrong with it: items, code lists, dates, units and parents checked. */
import { ANCHOR_DATE_ITEMS } from "../../src/dataset/anchor-date.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import { foldText } from "../../src/lib/fold-text.ts";
import { findNearest } from "../../src/lib/nearest-text.ts";
import { type CodeTable, createCodeTable, normaliseSource, readOption } from "./profile-codes.ts";
import { createDateReader, type DateReader, isWholeFormat } from "./profile-dates.ts";
import { isConvertible, type NumberForm } from "./profile-numbers.ts";
import type { ColumnProfile, Condition, DateRule, ItemRule, ProfileProblem, RecordRule, TableRule } from "./profile-schema.ts";

export interface CompiledRule {
  readonly rule: ItemRule;
  readonly item: CompiledItem;
  /** Folded names of the columns the value is made of. */
  readonly columns: readonly string[];
  /** The record cannot do without it: what cannot be translated is an error. */
  readonly essential: boolean;
  readonly codes: CodeTable | null;
  readonly readDate: DateReader | null;
  readonly number: NumberForm | null;
  readonly unitColumn: string | null;
}

/** A column of a tick box, with the key it stands for. */
export interface Tick {
  readonly column: string;
  readonly key: string;
}

export interface CompiledRecord {
  readonly rule: RecordRule;
  readonly type: CompiledRecordType;
  readonly name: string;
  /** Null: a patient, or a record that rows of another table know by its id. */
  readonly parent: CompiledRecord | null;
  readonly idColumns: readonly string[];
  readonly idPrefix: string;
  readonly conditions: readonly (Condition & { readonly folded: string })[];
  readonly each: { readonly column: string; readonly separator: string } | null;
  readonly ticks: { readonly item: CompiledItem; readonly ticks: readonly Tick[]; readonly answer: CompiledRule | null } | null;
  readonly rules: readonly CompiledRule[];
}

export interface CompiledTable {
  /** Folded; null: whatever the table is called. */
  readonly name: string | null;
  readonly source: TableRule;
  /** Position among the profile's tables: rows of earlier tables are mapped first. */
  readonly index: number;
  /** Parents before children. */
  readonly records: readonly CompiledRecord[];
  /** Folded names of the columns that are read, to their names as the profile writes them. */
  readonly columns: ReadonlyMap<string, string>;
  readonly ignored: ReadonlyMap<string, string>;
}

export interface CompiledProfile {
  readonly source: ColumnProfile;
  readonly tables: readonly CompiledTable[];
  readonly empty: ReadonlySet<string>;
  readonly ticked: ReadonlySet<string>;
  readonly unticked: ReadonlySet<string>;
}

export type CompileResult =
  | { readonly profile: CompiledProfile; readonly problems: readonly [] }
  | { readonly profile: null; readonly problems: readonly ProfileProblem[] };

const MOST_PROBLEMS = 100;
/** What says that a column holds the dataset's own words. */
const DATASET_WORDS = "dataset";

/** Checks a profile against the dictionary. Total; every problem at once (up to 100). */
export function compileProfile(profile: ColumnProfile, dictionary: Dictionary): CompileResult {
  const compiler = new ProfileCompiler(profile, dictionary);
  const tables = profile.tables.map((table, index) => compiler.compileTable(table, index));
  if (profile.tables.length > 1) {
    for (const [index, { name }] of profile.tables.entries())
      if (name === undefined) compiler.report(`tables[${index}].name`, "Each of several tables needs its name.");
  }
  if (compiler.problems.length > 0) return { profile: null, problems: compiler.problems.slice(0, MOST_PROBLEMS) };
  const words = (texts: readonly string[]): ReadonlySet<string> => new Set(texts.map(normaliseSource));
  const compiled = {
    source: profile,
    tables,
    empty: words(profile.empty),
    ticked: words(profile.ticked),
    unticked: words(profile.unticked),
  };
  return { profile: compiled, problems: [] };
}

class ProfileCompiler {
  readonly problems: ProfileProblem[] = [];
  readonly #profile: ColumnProfile;
  readonly #dictionary: Dictionary;
  readonly #codeMaps: ReadonlyMap<string, ReadonlyMap<string, string | null>>;

  constructor(profile: ColumnProfile, dictionary: Dictionary) {
    this.#profile = profile;
    this.#dictionary = dictionary;
    this.#codeMaps = new Map(Object.entries(profile.codeMaps).map(([name, map]) => [name, toSourceMap(map)]));
  }

  report(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  compileTable(table: TableRule, index: number): CompiledTable {
    const path = `tables[${index}]`;
    const order = new Map(this.#dictionary.recordTypes.map(({ name }, position) => [name, position]));
    const rules = table.records.map((rule, position) => ({ rule, path: `${path}.records[${position}]` }));
    const sorted = rules.toSorted((a, b) => (order.get(a.rule.record) ?? 0) - (order.get(b.rule.record) ?? 0));
    const records: CompiledRecord[] = [];
    for (const { rule, path: at } of sorted) records.push(this.#compileRecord(rule, at, records));
    const columns = new Map(records.flatMap(namedColumns).map((column) => [foldText(column), column]));
    const ignored = new Map(table.ignored.map(({ column, reason }) => [foldText(column), reason]));
    for (const [position, { column }] of table.ignored.entries())
      if (columns.has(foldText(column))) this.report(`${path}.ignored[${position}]`, "The column is read, so it is not ignored.");
    return { name: table.name === undefined ? null : foldText(table.name), source: table, index, records, columns, ignored };
  }

  #compileRecord(rule: RecordRule, path: string, above: readonly CompiledRecord[]): CompiledRecord {
    const type = this.#dictionary.recordType(rule.record);
    const name = rule.name ?? rule.record;
    if (above.some((other) => other.name === name)) this.report(`${path}.name`, "Another record of the table has this name.");
    const record = {
      rule,
      type,
      name,
      parent: this.#parentOf(rule, type, path, above),
      idColumns: rule.id?.columns.map(foldText) ?? [],
      idPrefix: rule.id?.prefix ?? "",
      conditions: rule.when.map((condition) => ({ ...condition, folded: foldText(condition.column) })),
      each: rule.each === undefined ? null : { ...rule.each, column: foldText(rule.each.column) },
      ticks: this.#compileTicks(rule, type, path),
      rules: rule.items.flatMap((item, index) => this.#compileRule(item, type, `${path}.items[${index}]`) ?? []),
    };
    if (type.name === "PATIENT") this.#requireNumbers(record, path);
    return record;
  }

  #requireNumbers({ rules, idColumns }: Pick<CompiledRecord, "rules" | "idColumns">, path: string): void {
    if (idColumns.length > 0 || rules.some(({ item }) => item.name === "nhsNumber" || item.name === "hospitalNumber")) return;
    this.report(path, "A patient needs a column for the NHS number, the hospital number or an id.");
  }

  #parentOf(rule: RecordRule, type: CompiledRecordType, path: string, above: readonly CompiledRecord[]): CompiledRecord | null {
    const { parent } = type.definition;
    if (parent === null) return null;
    const candidates = above.filter(({ type: { name } }) => name === parent);
    const found = rule.parent === undefined ? candidates[0] : candidates.find(({ name }) => name === rule.parent);
    if (found !== undefined) {
      if (found.each !== null || found.ticks !== null)
        this.report(`${path}.parent`, "Nothing hangs below a record that a row has several of.");
      return found;
    }
    // Rows of another table say whose it is.
    if (rule.parent === undefined && rule.reference && rule.id !== undefined) return null;
    this.report(`${path}.parent`, `There is no such record of type ${parent} in the table for it to belong to.`);
    return null;
  }

  #compileTicks(rule: RecordRule, type: CompiledRecordType, path: string): CompiledRecord["ticks"] {
    if (rule.ticks === undefined) return null;
    const item = this.#findItem(type, rule.ticks.item, `${path}.ticks.item`);
    if (item === null) return null;
    const ticks = this.#readTicks(rule.ticks.columns, item, `${path}.ticks.columns`);
    const { answer } = rule.ticks;
    if (answer === undefined) return { item, ticks, answer: null };
    const answered = this.#compileRule({ ...NOTHING_SPECIAL, column: "answer", ...answer }, type, `${path}.ticks.answer`);
    return { item, ticks, answer: answered };
  }

  #readTicks(columns: Readonly<Record<string, string>>, item: CompiledItem, path: string): readonly Tick[] {
    return Object.entries(columns).flatMap(([column, option]) => {
      const key = readOption(item, option);
      if (key === undefined) this.report(path, `${item.label} has no such option.${this.#suggest(item, option)}`);
      return key === undefined ? [] : [{ column: foldText(column), key }];
    });
  }

  #findItem(type: CompiledRecordType, name: string, path: string): CompiledItem | null {
    const item = type.byName.get(name);
    if (item !== undefined) return item;
    const nearest = findNearest(name, type.byName.keys());
    this.report(path, `${type.name} has no such item.${nearest === null ? "" : ` Did you mean ${nearest}?`}`);
    return null;
  }

  #compileRule(rule: ItemRule, type: CompiledRecordType, path: string): CompiledRule | null {
    const item = this.#findItem(type, rule.item, `${path}.item`);
    if (item === null) return null;
    const read = rule.column !== undefined || rule.columns !== undefined;
    const columns =
      rule.ticks === undefined ? (rule.columns ?? (rule.column === undefined ? [] : [rule.column])) : Object.keys(rule.ticks);
    if (rule.constant !== undefined && isCoded(item) && readOption(item, String(rule.constant)) === undefined)
      this.report(`${path}.constant`, `${item.label} has no such option.${this.#suggest(item, String(rule.constant))}`);
    if (rule.ticks !== undefined) {
      if (item.kind !== "codes") this.report(`${path}.ticks`, "Tick boxes make a set; the item is none.");
      this.#readTicks(rule.ticks, item, `${path}.ticks`);
    }
    const number = read && isNumeric(item) ? this.#numberOf(rule, item, path) : null;
    return {
      rule,
      item,
      columns: columns.map(foldText),
      essential: isEssential(type, item),
      codes: read && isCoded(item) ? this.#codesOf(rule, item, path) : null,
      readDate: read && isDate(item) ? this.#dateOf(rule, path) : null,
      number,
      unitColumn: number?.unitColumn === undefined ? null : foldText(number.unitColumn),
    };
  }

  #codesOf({ codes, column, columns }: ItemRule, item: CompiledItem, path: string): CodeTable | null {
    const name = typeof codes === "string" && codes !== DATASET_WORDS ? codes : (column ?? columns?.join("+") ?? item.name);
    if (codes === DATASET_WORDS) return createCodeTable(name, null, item);
    const map = typeof codes === "string" ? this.#codeMaps.get(codes) : codes === undefined ? undefined : toSourceMap(codes);
    if (map === undefined) {
      const problem =
        codes === undefined ? "A coded item needs codes: a code map, or dataset." : "The profile has no code map of this name.";
      this.report(`${path}.codes`, problem);
      return null;
    }
    const known = new Map<string, string | null>();
    for (const [source, option] of map) {
      const key = option === null ? null : readOption(item, option);
      if (key === undefined)
        this.report(`${path}.codes`, `${item.label} has no such option.${this.#suggest(item, option ?? "")}`);
      else known.set(source, key);
    }
    return createCodeTable(name, known, item);
  }

  #suggest(item: CompiledItem, option: string): string {
    const [nearest] = createCodeTable("", null, item).nearest(option);
    return nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  }

  #dateOf({ date }: ItemRule, path: string): DateReader | null {
    const rule: DateRule | undefined = typeof date === "string" ? { formats: [date] } : (date ?? this.#profile.dates);
    if (rule === undefined) {
      this.report(`${path}.date`, "A date needs a format, here or in the profile's dates.");
      return null;
    }
    const firstYear = rule.firstYear ?? this.#profile.dates?.firstYear;
    for (const format of rule.formats)
      if (!isWholeFormat(format, firstYear))
        this.report(
          `${path}.date`,
          "A date format has one day, one month and one year; with YY the profile says the first year.",
        );
    return createDateReader(firstYear === undefined ? rule : { ...rule, firstYear });
  }

  #numberOf({ number, columns }: ItemRule, item: CompiledItem, path: string): NumberForm {
    const rule: NumberForm = { decimal: ".", thousands: "", ...this.#profile.numbers, ...number };
    if (rule.decimal === rule.thousands)
      this.report(`${path}.number`, "The mark of decimals and that of thousands are the same.");
    if (rule.units !== undefined && rule.units.length !== columns?.length)
      this.report(`${path}.number.units`, "There is one unit for each of the columns.");
    for (const unit of [rule.unit, ...(rule.units ?? [])])
      if (unit !== undefined && !isConvertible(item, unit))
        this.report(`${path}.number`, `The unit cannot be converted to ${item.unit ?? "the item's own, which has none"}.`);
    return rule;
  }
}

const NOTHING_SPECIAL = { combine: "JOIN", join: " " } as const;
const toSourceMap = (map: Readonly<Record<string, string | null>>): ReadonlyMap<string, string | null> =>
  new Map(Object.entries(map).map(([source, target]) => [normaliseSource(source), target]));

export const isCoded = ({ kind }: CompiledItem): boolean => kind === "code" || kind === "codes" || kind === "boolean";
export const isNumeric = ({ kind }: CompiledItem): boolean => kind === "integer" || kind === "decimal";
export const isDate = ({ kind }: CompiledItem): boolean => kind === "date" || kind === "partialDate";

/** As the dictionary judges what was translated: mandatory, or part of what its row is found by. */
function isEssential(type: CompiledRecordType, item: CompiledItem): boolean {
  const anchors: readonly string[] = type.name === "REHABILITATION" ? ANCHOR_DATE_ITEMS : [];
  return item.mandatory === true || type.naturalKey.some(({ name }) => name === item.name) || anchors.includes(item.name);
}

/** Every column a record reads, by the name the profile gives it. */
function namedColumns({ rule }: CompiledRecord): readonly string[] {
  return [
    ...(rule.id?.columns ?? []),
    ...rule.when.map(({ column }) => column),
    ...(rule.each === undefined ? [] : [rule.each.column]),
    ...Object.keys(rule.ticks?.columns ?? {}),
    ...rule.items.flatMap(({ column, columns, ticks, number }) => [
      ...(column === undefined ? [] : [column]),
      ...(columns ?? []),
      ...Object.keys(ticks ?? {}),
      ...(number?.unitColumn === undefined ? [] : [number.unitColumn]),
    ]),
  ];
}
