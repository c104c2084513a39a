/**
 * Cross-field rules as data. A path is an item of the record itself (`coreStartDate`) or of an ancestor
 * (`INITIATING_EVENT.eventDate`, `PATIENT.dateOfBirth`). A rule is silent where a value it needs is absent.
 * Rules are judged on the merged row, so that an increment is checked against what is already stored.
 * A partial date (`1998`, `1998-04`) breaks a date rule only where every day it may stand for breaks it.
 */
import type { Provenance, RecordTypeName } from "./define.ts";

interface RuleBase extends Provenance {
  /** Stable id, for documentation and rule simulation: `D8`, `C-ABI`. */
  readonly id: string;
  readonly recordType: RecordTypeName;
  readonly severity: "ERROR" | "WARNING";
  readonly code: string;
  /** The item the issue is reported on. */
  readonly field: string;
  /** What the rule asks, as a sentence to the sender: the documentation and the message show it. */
  readonly text: string;
}

/** `later` must not be before `earlier` shifted by `minDays`, nor after `earlier` shifted by `maxDays`. An absent limit is not asked. */
export interface DateRule extends RuleBase {
  readonly kind: "dates";
  /** A path, or an ISO calendar date where the limit is a fixed day (`1990-01-01`). */
  readonly earlier: string;
  readonly later: string;
  /** The rule is asked only where this holds. */
  readonly when?: Condition;
  readonly minDays?: number;
  readonly maxDays?: number;
}

/** One number must be greater than (`gt`), or at most (`lte`), another. */
export interface CompareRule extends RuleBase {
  readonly kind: "compare";
  readonly left: string;
  readonly operator: "gt" | "lt" | "lte" | "gte";
  readonly right: string;
}

/** When `when` holds, `then` must hold. A rule that is always asked has `when: { all: [] }`. */
export interface ConditionRule extends RuleBase {
  readonly kind: "condition";
  readonly when: Condition;
  readonly then: Condition;
}

export type Condition =
  | { readonly item: string; readonly present: boolean }
  | { readonly item: string; readonly in: readonly (string | number)[] }
  | { readonly item: string; readonly notIn: readonly (string | number)[] }
  /** At least one child of the record type (stored or in this submission). */
  | { readonly child: RecordTypeName; readonly exists: boolean }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

/** Compares with the sibling whose `siblingItem` equals `siblingValue`, for example assessment 1. */
export interface SiblingDateRule extends RuleBase {
  readonly kind: "siblingDates";
  readonly when: { readonly item: string; readonly equals: number | string };
  readonly sibling: { readonly item: string; readonly equals: number | string };
  readonly date: string;
  readonly minDays?: number;
  readonly maxDays?: number;
}
export interface SiblingConditionRule extends RuleBase {
  readonly kind: "siblingCondition";
  readonly when: Condition;
  readonly sibling: { readonly item: string; readonly equals: number | string };
  /** Violated where the sibling satisfies this. */
  readonly notWhenSibling: Condition;
}

/** A stated value must agree with the one computed from others. */
export interface DerivedRule extends RuleBase {
  readonly kind: "derived";
  readonly derivation: "BMI" | "ACTIVITY_150";
  readonly tolerance?: number;
}

/** A date must give an age (in whole years, at that date) within limits. */
export interface AgeRule extends RuleBase {
  readonly kind: "age";
  readonly at: string;
  readonly minYears?: number;
  readonly maxYears?: number;
}

export type Rule = DateRule | CompareRule | ConditionRule | SiblingDateRule | SiblingConditionRule | DerivedRule | AgeRule;
