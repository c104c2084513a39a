/**
 * The rules of an older version in the words of the next. Rows are kept in the newest shape, and who sends an older version is judged by
 * the rules of that version: so its rules have to speak of the items and keys of the newest.
 */
import { parseCalendarDate } from "../lib/calendar-date.ts";
import type { RecordTypeName } from "./define.ts";
import type { ConvertedItem, ConvertedType, Dictionary } from "./dictionary.ts";
import type { Condition, Rule, SiblingConditionRule, SiblingDateRule } from "./rule.ts";

/** One hop of a conversion with the dictionaries on its two sides. */
export interface TranslatedHop {
  readonly from: Dictionary;
  readonly to: Dictionary;
  readonly types: ReadonlyMap<RecordTypeName, ConvertedType>;
}

/** What a rule asks about is kept no more: the rule cannot be asked. */
class ItemDroppedError extends Error {}

/**
 * Rules about an item that is kept no more are left out.
 * @throws Error where a rule means some, but not all, of the keys that became one: the next version cannot tell them apart
 */
export function translateRules(rules: readonly Rule[], hop: TranslatedHop): readonly Rule[] {
  return rules.flatMap((rule) => {
    try {
      return [new RuleTranslator(rule, hop).translate()];
    } catch (error) {
      if (error instanceof ItemDroppedError) return [];
      throw error;
    }
  });
}

class RuleTranslator {
  readonly #rule: Rule;
  readonly #hop: TranslatedHop;

  constructor(rule: Rule, hop: TranslatedHop) {
    this.#rule = rule;
    this.#hop = hop;
  }

  translate(): Rule {
    const rule = { ...this.#rule, field: this.#pathOf(this.#rule.field) };
    switch (rule.kind) {
      case "dates":
        return {
          ...rule,
          earlier: this.#pathOf(rule.earlier),
          later: this.#pathOf(rule.later),
          ...(rule.when === undefined ? {} : { when: this.#conditionOf(rule.when) }),
        };
      case "compare":
        return { ...rule, left: this.#pathOf(rule.left), right: this.#pathOf(rule.right) };
      case "condition":
        // biome-ignore lint/suspicious/noThenProperty: a word of the rule language; a rule is never awaited.
        return { ...rule, when: this.#conditionOf(rule.when), then: this.#conditionOf(rule.then) };
      case "siblingDates":
        return { ...rule, when: this.#equalOf(rule.when), sibling: this.#equalOf(rule.sibling), date: this.#pathOf(rule.date) };
      case "siblingCondition":
        return this.#siblingConditionOf(rule);
      case "age":
        return { ...rule, at: this.#pathOf(rule.at) };
      case "derived":
        return rule;
    }
  }

  #siblingConditionOf(rule: SiblingConditionRule): Rule {
    return {
      ...rule,
      when: this.#conditionOf(rule.when),
      sibling: this.#equalOf(rule.sibling),
      notWhenSibling: this.#conditionOf(rule.notWhenSibling),
    };
  }

  #conditionOf(condition: Condition): Condition {
    if ("all" in condition) return { all: condition.all.map((part) => this.#conditionOf(part)) };
    if ("any" in condition) return { any: condition.any.map((part) => this.#conditionOf(part)) };
    if ("child" in condition) return condition;
    const item = this.#pathOf(condition.item);
    if ("present" in condition) return { ...condition, item };
    if ("in" in condition) return { item, in: this.#keysOf(condition.item, condition.in) };
    return { item, notIn: this.#keysOf(condition.item, condition.notIn) };
  }

  #equalOf({ item, equals }: SiblingDateRule["when"]): SiblingDateRule["when"] {
    const [key, ...others] = this.#keysOf(item, [equals]);
    if (key === undefined || others.length > 0) throw this.#ambiguous();
    return { item: this.#pathOf(item), equals: key };
  }

  /** The record type and the converted item a path means; null: the path is a fixed day. */
  #resolve(path: string): { readonly type: RecordTypeName; readonly prefix: string; readonly item: ConvertedItem } | null {
    if (parseCalendarDate(path) !== null) return null;
    const at = path.lastIndexOf(".");
    const owner = at < 0 ? this.#rule.recordType : path.slice(0, at);
    for (const [type, { items }] of this.#hop.types) {
      const item = type === owner ? items.find(({ name }) => name === path.slice(at + 1)) : undefined;
      if (item !== undefined) return { type, prefix: path.slice(0, at + 1), item };
    }
    throw new Error(`rule ${this.#rule.id} names ${path}, which is no item`);
  }

  #pathOf(path: string): string {
    const found = this.#resolve(path);
    if (found === null) return path;
    const { type, prefix, item } = found;
    const target = item.index === null ? undefined : this.#hop.to.recordType(type).items[item.index];
    if (target === undefined) throw new ItemDroppedError(path);
    return `${prefix}${target.name}`;
  }

  #keysOf(path: string, keys: readonly (string | number)[]): readonly (string | number)[] {
    const found = this.#resolve(path);
    if (found === null || found.item.codes.size === 0) return keys;
    const { codes, name } = found.item;
    const targetsOf = (key: string | number): readonly (string | number)[] =>
      codes.get(String(key))?.map((target) => target.key) ?? [key];
    const meant = new Set(keys.flatMap(targetsOf));
    const list = this.#hop.from.recordType(found.type).byName.get(name)?.compiledList;
    for (const key of list?.keys ?? [])
      if (!keys.includes(key) && targetsOf(key).some((target) => meant.has(target))) throw this.#ambiguous();
    return [...meant];
  }

  #ambiguous(): Error {
    return new Error(`rule ${this.#rule.id} tells keys apart that are one in ${this.#hop.to.version}`);
  }
}
