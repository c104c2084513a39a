/**
 * Judges merged rows by the dictionary's rules. Every rule becomes one closure at start-up, with its items resolved to steps up the
 * tree and an index, grouped by record type; judging a row runs the closures of its type.
 */
import { parseCalendarDate } from "../lib/calendar-date.ts";
import type { RecordTypeName, Value } from "./define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "./dictionary.ts";
import { type PathReader, type RowView, resolvePath } from "./row-view.ts";
import type { CompareRule, ConditionRule, DerivedRule, Rule, SiblingConditionRule } from "./rule.ts";
import { compileCondition } from "./rule-condition.ts";
import { compileAgeRule, compileDateRule, compileSiblingDateRule, type RuleCheck } from "./rule-dates.ts";

export type { RowView } from "./row-view.ts";

/** A rule that a row breaks. */
export interface RuleFinding {
  readonly rule: Rule;
  /** The item the issue is reported on. */
  readonly field: string;
  readonly severity: Rule["severity"];
  readonly code: string;
  /** The rule's id, labels of the items it compares, its limits; never a value. */
  readonly params: Readonly<Record<string, string | number>>;
}

const NO_FINDINGS: readonly RuleFinding[] = [];
/** Moderate minutes a week that `activity150` asks for; a vigorous minute counts twice (dataset section 2.7). */
const ACTIVE_MINUTES = 150;
const VIGOROUS_WEIGHT = 2;
const CENTIMETRES_PER_METRE = 100;
const RULE_LIMITS = new Set(["minDays", "maxDays", "minYears", "maxYears", "tolerance"]);

/**
 * Compiles all rules of a dictionary into one function that lists what a row breaks, in the dictionary's order.
 * @throws Error for a rule about an item or ancestor that the dictionary does not have.
 */
export function compileRules(dictionary: Dictionary): JudgeRules {
  const checks = new Map<RecordTypeName, { readonly check: RuleCheck; readonly finding: RuleFinding }[]>();
  for (const rule of dictionary.rules) {
    const ofType = checks.get(rule.recordType) ?? [];
    ofType.push({ check: compileRule(dictionary, rule), finding: toFinding(dictionary, rule) });
    checks.set(rule.recordType, ofType);
  }
  return (view) => {
    const broken = (checks.get(view.recordType) ?? []).filter(({ check }) => check(view));
    return broken.length === 0 ? NO_FINDINGS : broken.map(({ finding }) => finding);
  };
}

/** Names of the mandatory items that a merged row lacks, in dictionary order. */
export const judgeMandatory = (recordType: CompiledRecordType, values: readonly (Value | null)[]): readonly string[] =>
  listAbsent(listMandatory(recordType), values);

export const listMandatory = ({ items }: CompiledRecordType): readonly CompiledItem[] =>
  items.filter(({ mandatory }) => mandatory === true);

const listAbsent = (items: readonly CompiledItem[], values: readonly (Value | null)[]): readonly string[] =>
  items.filter(({ index }) => (values[index] ?? null) === null).map(({ name }) => name);

export type JudgeRules = (view: RowView) => readonly RuleFinding[];

/** What is asked of merged rows. */
export interface RowJudge {
  readonly judgeRules: JudgeRules;
  /** Names of the mandatory items that a row lacks. */
  readonly judgeMandatory: (view: RowView) => readonly string[];
}

/**
 * The judge of rows in the stored shape, for records that were sent under a dictionary: its own rules and mandatory items, also where the
 * newest version asks more (docs/versions.md).
 * @throws Error for a rule about an item or ancestor that the dictionary does not have.
 */
export function compileRowJudge(dictionary: Dictionary): RowJudge {
  const { storedAs } = dictionary;
  const mandatory =
    storedAs?.mandatory ?? new Map(dictionary.recordTypes.map((recordType) => [recordType.name, listMandatory(recordType)]));
  return {
    judgeRules: compileRules(storedAs === null ? dictionary : { ...storedAs.dictionary, rules: storedAs.rules }),
    judgeMandatory: ({ recordType, values }) => listAbsent(mandatory.get(recordType) ?? [], values),
  };
}

function compileRule(dictionary: Dictionary, rule: Rule): RuleCheck {
  switch (rule.kind) {
    case "dates":
      return compileDateRule(dictionary, rule);
    case "siblingDates":
      return compileSiblingDateRule(dictionary, rule);
    case "age":
      return compileAgeRule(dictionary, rule);
    case "compare":
      return compileCompareRule(dictionary, rule);
    case "condition":
      return compileConditionRule(dictionary, rule);
    case "siblingCondition":
      return compileSiblingConditionRule(dictionary, rule);
    case "derived":
      return rule.derivation === "BMI" ? compileBmiRule(dictionary, rule) : compileActivityRule(dictionary, rule);
  }
}

const COMPARISONS: Readonly<Record<CompareRule["operator"], (left: number, right: number) => boolean>> = {
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
};

const readNumber = (path: PathReader, view: RowView): number | null => {
  const value = path.read(view);
  return typeof value === "number" ? value : null;
};

function compileCompareRule(dictionary: Dictionary, rule: CompareRule): RuleCheck {
  const left = resolvePath(dictionary, rule.recordType, rule.left);
  const right = resolvePath(dictionary, rule.recordType, rule.right);
  const holds = COMPARISONS[rule.operator];
  return (view) => {
    const [a, b] = [readNumber(left, view), readNumber(right, view)];
    return a !== null && b !== null && !holds(a, b);
  };
}

function compileConditionRule(dictionary: Dictionary, rule: ConditionRule): RuleCheck {
  const when = compileCondition(dictionary, rule.recordType, rule.when);
  const holds = compileCondition(dictionary, rule.recordType, rule.then);
  return (view) => when(view) === true && holds(view) === false;
}

function compileSiblingConditionRule(dictionary: Dictionary, rule: SiblingConditionRule): RuleCheck {
  const when = compileCondition(dictionary, rule.recordType, rule.when);
  const selector = resolvePath(dictionary, rule.recordType, rule.sibling.item);
  const forbidden = compileCondition(dictionary, rule.recordType, rule.notWhenSibling);
  const isBroken = (sibling: RowView): boolean => selector.read(sibling) === rule.sibling.equals && forbidden(sibling) === true;
  return (view) => when(view) === true && view.siblings().some((sibling) => sibling !== view && isBroken(sibling));
}

/** A stated body mass index against weight (kg) over the square of height (m). */
function compileBmiRule(dictionary: Dictionary, rule: DerivedRule): RuleCheck {
  const [bmi, height, weight] = resolveAll(dictionary, rule, ["bmi", "heightCm", "weightKg"]);
  const tolerance = rule.tolerance ?? 0;
  return (view) => {
    const [stated, cm, kg] = [bmi, height, weight].map((path) => (path === undefined ? null : readNumber(path, view)));
    if (stated == null || cm == null || kg == null || cm === 0) return false;
    return Math.abs(stated - kg / (cm / CENTIMETRES_PER_METRE) ** 2) > tolerance;
  };
}

/** `activity150` against the minutes: one kind of minutes may be enough to contradict No, but Yes needs both to be contradicted. */
function compileActivityRule(dictionary: Dictionary, rule: DerivedRule): RuleCheck {
  const [active, moderate, vigorous] = resolveAll(dictionary, rule, [
    "activity150",
    "moderateMinutesPerWeek",
    "vigorousMinutesPerWeek",
  ]);
  return (view) => {
    const stated = active?.read(view) ?? null;
    const [minutes, hard] = [moderate, vigorous].map((path) => (path === undefined ? null : readNumber(path, view)));
    const reached = (minutes ?? 0) + VIGOROUS_WEIGHT * (hard ?? 0) >= ACTIVE_MINUTES;
    if (stated === "NO") return reached;
    return stated === "YES" && minutes != null && hard != null && !reached;
  };
}

const resolveAll = (dictionary: Dictionary, rule: DerivedRule, names: readonly string[]): readonly PathReader[] =>
  names.map((name) => resolvePath(dictionary, rule.recordType, name));

function toFinding(dictionary: Dictionary, rule: Rule): RuleFinding {
  const { field, severity, code } = rule;
  return { rule, field, severity, code, params: { rule: rule.id, ...labelParams(dictionary, rule), ...limitParams(rule) } };
}

/** Labels of the two items a rule compares; a fixed day stands for itself. */
function labelParams(dictionary: Dictionary, rule: Rule): Record<string, string> {
  const labelOf = (path: string): string => parseCalendarDate(path) ?? resolvePath(dictionary, rule.recordType, path).item.label;
  if (rule.kind === "dates") return { earlier: labelOf(rule.earlier), later: labelOf(rule.later) };
  if (rule.kind === "compare") return { left: labelOf(rule.left), right: labelOf(rule.right) };
  return {};
}

/** Days, years or tolerance that a rule allows. */
function limitParams(rule: Rule): Record<string, number> {
  const limits = Object.entries(rule).filter(
    (entry): entry is [string, number] => RULE_LIMITS.has(entry[0]) && typeof entry[1] === "number",
  );
  return Object.fromEntries(limits);
}
