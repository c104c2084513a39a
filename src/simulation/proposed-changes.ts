// biome-ignore-all lint/suspicious/noThenProperty: `then` is a word of the rule language; a rule is never awaited.
/** The shape of proposed changes to a dictionary: the words of `src/dataset/rule.ts` and `define.ts`, read from outside. */
import { z } from "zod";
import { RECORD_TYPE_NAMES } from "../dataset/define.ts";
import type { Condition, Rule } from "../dataset/rule.ts";
import { ruleHead } from "../episodes/link-words.ts";
import { LIMITS } from "../lib/limits.ts";

/** Texts that a problem may repeat have these forms only, so that no text of a proposal stands in an answer. */
const ruleId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/, "is no id: letters, digits, hyphens, dots, at most 60");
const issueCode = z.string().regex(/^[A-Z][A-Z0-9_]{0,59}$/, "is no code: capital letters, digits, underscores");
const itemName = z.string().regex(/^[a-z][A-Za-z0-9]{0,59}$/, "is no item name: camel case, beginning with a small letter");
const path = z
  .string()
  .regex(/^(?:[A-Z_]{1,30}\.)?[a-z][A-Za-z0-9]{0,59}$/, "is no path: an item of the record, or ANCESTOR.item");
const pathOrDay = z.union([path, z.iso.date()]);
const recordType = z.enum(RECORD_TYPE_NAMES);
const value = z.union([z.string().max(100), z.number()]);
const values = z.array(value).min(1).max(1_000).readonly();
const key = z.string().regex(/^[A-Z][A-Z0-9_]{0,59}$/, "is no key: capital letters, digits, underscores");
const text = z.string().min(1).max(500);

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ item: path, present: z.boolean() }),
    z.strictObject({ item: path, in: values }),
    z.strictObject({ item: path, notIn: values }),
    z.strictObject({ child: recordType, exists: z.boolean() }),
    z.strictObject({ all: z.array(condition).readonly() }),
    z.strictObject({ any: z.array(condition).readonly() }),
  ]),
);

const head = {
  id: ruleId,
  recordType,
  severity: z.enum(["ERROR", "WARNING"]),
  code: issueCode,
  field: itemName,
  text,
  // What a proposal need not say of itself.
  status: ruleHead.status.default("D"),
  source: text.default("proposed"),
};
const limits = { minDays: z.int().optional(), maxDays: z.int().optional() };
const equals = z.strictObject({ item: path, equals: value });

const rule = z.discriminatedUnion("kind", [
  z.strictObject({ ...head, ...limits, kind: z.literal("dates"), earlier: pathOrDay, later: path, when: condition.optional() }),
  z.strictObject({ ...head, kind: z.literal("compare"), left: path, operator: z.enum(["gt", "lt", "lte", "gte"]), right: path }),
  z.strictObject({ ...head, kind: z.literal("condition"), when: condition, then: condition }),
  z.strictObject({ ...head, ...limits, kind: z.literal("siblingDates"), when: equals, sibling: equals, date: path }),
  z.strictObject({
    ...head,
    kind: z.literal("siblingCondition"),
    when: condition,
    sibling: equals,
    notWhenSibling: condition,
  }),
  z.strictObject({
    ...head,
    kind: z.literal("derived"),
    derivation: z.enum(["BMI", "ACTIVITY_150"]),
    tolerance: z.number().nonnegative().optional(),
  }),
  z.strictObject({
    ...head,
    kind: z.literal("age"),
    at: path,
    minYears: z.int().optional(),
    maxYears: z.int().optional(),
  }),
]) satisfies z.ZodType<Rule>;

const range = z.tuple([z.number(), z.number()]).readonly();
const listOf = <T>(one: z.ZodType<T>) => z.array(one).max(LIMITS.simulatedChanges).readonly().default([]);

/** A change names what it changes; `null` takes a range away. */
export const proposedChanges = z.strictObject({
  rules: z
    .strictObject({
      /** A new id. */
      add: listOf<Rule>(rule),
      /** The id of a rule that there is: in its place. */
      replace: listOf<Rule>(rule),
      remove: listOf(ruleId),
    })
    .default({ add: [], replace: [], remove: [] }),
  items: listOf(
    z.strictObject({
      recordType,
      item: itemName,
      mandatory: z.boolean().optional(),
      expected: range.nullable().optional(),
      hard: range.nullable().optional(),
    }),
  ),
  codes: listOf(
    z.strictObject({
      list: z.string().regex(/^[A-Z][A-Za-z0-9]{0,59}$/, "is no name of a code list"),
      add: listOf(z.strictObject({ key, code: z.int(), label: text, aliases: z.array(text).max(100).readonly().optional() })),
      /** Senders may state it no more. What is stored stays. */
      retire: listOf(key),
    }),
  ),
});

export type ProposedChanges = z.infer<typeof proposedChanges>;
export type ItemChange = ProposedChanges["items"][number];
export type CodesChange = ProposedChanges["codes"][number];
