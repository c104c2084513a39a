/** Conditions of rules, with three answers: what is asked of an absent value is neither true nor false, and a rule on it is silent. */
import type { RecordTypeName, Value } from "./define.ts";
import type { Dictionary } from "./dictionary.ts";
import { type RowView, resolvePath } from "./row-view.ts";
import type { Condition } from "./rule.ts";

/** Null: a value that decides it is absent. */
export type ConditionCheck = (view: RowView) => boolean | null;

/** @throws Error for an item that the dictionary does not have. */
export function compileCondition(dictionary: Dictionary, recordType: RecordTypeName, condition: Condition): ConditionCheck {
  if ("all" in condition) return allOf(condition.all.map((part) => compileCondition(dictionary, recordType, part)));
  if ("any" in condition) return anyOf(condition.any.map((part) => compileCondition(dictionary, recordType, part)));
  if ("child" in condition) return (view) => view.hasChild(condition.child) === condition.exists;
  const path = resolvePath(dictionary, recordType, condition.item);
  if ("present" in condition) return (view) => (path.read(view) !== null) === condition.present;
  const negated = "notIn" in condition;
  const members = new Set<Value>(negated ? condition.notIn : condition.in);
  return (view) => {
    const value = path.read(view);
    return value === null ? null : isAmong(value, members) !== negated;
  };
}

/** A set of codes is among the members where one of its codes is. */
const isAmong = (value: Value, members: ReadonlySet<Value>): boolean =>
  Array.isArray(value) ? value.some((key) => members.has(key)) : members.has(value);

/** False as soon as one part is false; unknown where none is false and one is unknown. */
const allOf =
  (parts: readonly ConditionCheck[]): ConditionCheck =>
  (view) => {
    let answer: boolean | null = true;
    for (const part of parts) {
      const holds = part(view);
      if (holds === false) return false;
      if (holds === null) answer = null;
    }
    return answer;
  };

/** True as soon as one part is true; unknown where none is true and one is unknown. */
const anyOf =
  (parts: readonly ConditionCheck[]): ConditionCheck =>
  (view) => {
    let answer: boolean | null = false;
    for (const part of parts) {
      const holds = part(view);
      if (holds === true) return true;
      if (holds === null) answer = null;
    }
    return answer;
  };
