/** Words that persons and episodes share: what is linked, what a rule says of a pair, what people decided about it. */
import { z } from "zod";
import type { StatusMark } from "../dataset/define.ts";

/** A record of a dataset, named over all organisations: a patient or an initiating event. */
export interface LinkedRef {
  readonly ods: string;
  readonly id: string;
}

/** Two records of which something is said. `a` is the one whose organisation and id come first, so a pair is always written one way. */
export interface LinkedPair {
  readonly a: LinkedRef;
  readonly b: LinkedRef;
}

/**
 * How sure a rule is. `CERTAIN`: the records themselves say it. `PROBABLE`: a definition or common practice says it. `POSSIBLE`: worth a
 * look. An estimate of the rule's author, not a measured probability.
 */
export const CONFIDENCES = ["CERTAIN", "PROBABLE", "POSSIBLE"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** What a rule says of two records. */
export interface Verdict<Action extends string> {
  /** The rule's stable name: stored with the link, shown to people, compared between two rule sets. */
  readonly rule: string;
  readonly action: Action;
  readonly confidence: Confidence;
}

/** What a person decided about a pair. */
export interface LinkDecision {
  readonly a: LinkedRef;
  readonly b: LinkedRef;
  /** `UNLINKED` takes a link back, and is remembered as a rejection is. */
  readonly decision: "CONFIRMED" | "REJECTED" | "UNLINKED";
  /** ISO instant in UTC. Of several decisions about one pair the latest stands; in the same instant the one that keeps apart. */
  readonly decidedAt: string;
}

const MARKS = ["S", "S~", "V", "M", "I", "D", "J", "R", "W", "U"] as const satisfies readonly StatusMark[];

/** What every rule has, whatever it is about. */
export const ruleHead = {
  name: z.string().regex(/^[A-Z][A-Z0-9_]+$/),
  /** One sentence, for the people who see a link made by it. */
  says: z.string().min(20),
  status: z.enum(MARKS),
  source: z.string().min(1),
  confidence: z.enum(CONFIDENCES),
};

/** A rule set that was read, or everything that is wrong with it at once, each with its place. */
export type ReadRules<Rules> =
  | { readonly rules: Rules; readonly problems?: never }
  | { readonly problems: readonly string[]; readonly rules?: never };

export function readRules<Rules>(shape: z.ZodType<Rules>, input: unknown): ReadRules<Rules> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return { rules: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) };
}

interface NamedRule {
  readonly name: string;
  readonly action: string;
  readonly confidence: Confidence;
}

/** What holds for every rule set: names are unique, and what is only possible is never linked by itself. */
export function findRuleProblems(rules: readonly NamedRule[]): readonly string[] {
  const repeated = rules.filter(({ name }, at) => rules.findIndex((other) => other.name === name) !== at);
  const unsure = rules.filter(({ action, confidence }) => action === "LINK" && confidence === "POSSIBLE");
  return [
    ...repeated.map(({ name }) => `${name} is there twice`),
    ...unsure.map(({ name }) => `${name} links what is only possible`),
  ];
}

/** One text for one record, in the order in which pairs are written. No ODS code holds a space. */
export const keyOf = ({ ods, id }: LinkedRef): string => `${ods} ${id}`;

/** The pair, written the one way. */
export const toPair = (one: LinkedRef, other: LinkedRef): LinkedPair =>
  keyOf(one) <= keyOf(other) ? { a: toRef(one), b: toRef(other) } : { a: toRef(other), b: toRef(one) };

export const toRef = ({ ods, id }: LinkedRef): LinkedRef => ({ ods, id });
