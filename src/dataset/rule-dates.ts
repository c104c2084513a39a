/**
 * Date rules. A partial date (`2019`, `2019-03`) is every day it may mean, so a rule speaks only where all of them break it.
 */
import { daysInMonth, parseCalendarDate, readDigits, toDayNumber, wholeYearsBetween } from "../lib/calendar-date.ts";
import type { Value } from "./define.ts";
import type { Dictionary } from "./dictionary.ts";
import { type RowView, resolvePath } from "./row-view.ts";
import type { AgeRule, DateRule, SiblingDateRule } from "./rule.ts";
import { compileCondition } from "./rule-condition.ts";

/** True where the row breaks the rule; false also where a value it needs is absent. */
export type RuleCheck = (view: RowView) => boolean;

const FULL_DATE = 10;
const DATE_OF_BIRTH = "PATIENT.dateOfBirth";

const MONTH = 7;

function firstDay(date: string): number {
  if (date.length === FULL_DATE) return toDayNumber(date);
  return toDayNumber(date.length === MONTH ? `${date}-01` : `${date}-01-01`);
}

function lastDay(date: string): number {
  if (date.length === FULL_DATE) return toDayNumber(date);
  if (date.length !== MONTH) return toDayNumber(`${date}-12-31`);
  return toDayNumber(`${date}-01`) + daysInMonth(readDigits(date, 0, 4), readDigits(date, 5, 2)) - 1;
}

/** Whether `later` lies outside `minDays` to `maxDays` after `earlier`, whatever day a partial date means. */
function isOutside(earlier: Value | null, later: Value | null, limits: { minDays?: number; maxDays?: number }): boolean {
  if (typeof earlier !== "string" || typeof later !== "string") return false;
  if (limits.minDays !== undefined && lastDay(later) < firstDay(earlier) + limits.minDays) return true;
  return limits.maxDays !== undefined && firstDay(later) > lastDay(earlier) + limits.maxDays;
}

/** @throws Error for a path the dictionary does not have. */
export function compileDateRule(dictionary: Dictionary, rule: DateRule): RuleCheck {
  const fixed = parseCalendarDate(rule.earlier);
  const earlier = fixed === null ? resolvePath(dictionary, rule.recordType, rule.earlier).read : () => fixed;
  const later = resolvePath(dictionary, rule.recordType, rule.later);
  const { when } = rule;
  if (when === undefined) return (view) => isOutside(earlier(view), later.read(view), rule);
  const applies = compileCondition(dictionary, rule.recordType, when);
  return (view) => applies(view) === true && isOutside(earlier(view), later.read(view), rule);
}

/** @throws Error for a path the dictionary does not have. */
export function compileSiblingDateRule(dictionary: Dictionary, rule: SiblingDateRule): RuleCheck {
  const own = resolvePath(dictionary, rule.recordType, rule.when.item);
  const other = resolvePath(dictionary, rule.recordType, rule.sibling.item);
  const date = resolvePath(dictionary, rule.recordType, rule.date);
  return (view) => {
    if (own.read(view) !== rule.when.equals || date.read(view) === null) return false;
    return view
      .siblings()
      .some(
        (sibling) =>
          sibling !== view && other.read(sibling) === rule.sibling.equals && isOutside(date.read(sibling), date.read(view), rule),
      );
  };
}

/** Age in whole years at the date of the rule; silent for a partial date. */
export function compileAgeRule(dictionary: Dictionary, rule: AgeRule): RuleCheck {
  const birth = resolvePath(dictionary, rule.recordType, DATE_OF_BIRTH);
  const at = resolvePath(dictionary, rule.recordType, rule.at);
  const { minYears = Number.NEGATIVE_INFINITY, maxYears = Number.POSITIVE_INFINITY } = rule;
  return (view) => {
    const born = birth.read(view);
    const date = at.read(view);
    if (typeof born !== "string" || typeof date !== "string" || date.length !== FULL_DATE) return false;
    const years = wholeYearsBetween(born, date);
    return years < minYears || years > maxYears;
  };
}
