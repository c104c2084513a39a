/**
 * The language of episode rules: when two initiating events of one person are one episode, that is, one reason for rehabilitation. Rules
 * are data (`default-episode-rules.ts`), so that a proposed set can be tried over what is stored before it is in force. The first rule
 * that fits decides.
 */
import { z } from "zod";
import { findRuleProblems, type ReadRules, readRules, ruleHead } from "./link-words.ts";

/**
 * `LINK`: one episode, linked by itself.
 * `PROPOSE`: shown to people. The two may still come together by themselves, when both are linked to a third event.
 * `PROPOSE_ONLY`: shown to people, and only people may bring them together, also through a third event.
 * `SEPARATE`: two episodes: not shown, and only people may bring them together.
 */
const EPISODE_ACTIONS = ["LINK", "PROPOSE", "PROPOSE_ONLY", "SEPARATE"] as const;
export type EpisodeAction = (typeof EPISODE_ACTIONS)[number];

/**
 * What two events may have in common besides days.
 * `TYPE`: the same event type. `PROCEDURE`: both list a procedure of the same type and date. `PROCEDURE_ON_EVENT_DATE`: the first lists a
 * procedure dated on the other's event date. `DATE_BUT_FOR_TYPING`: the same type, and dates that differ by day and month changing places
 * or by exactly one year.
 */
const AGREEMENTS = ["TYPE", "PROCEDURE", "PROCEDURE_ON_EVENT_DATE", "DATE_BUT_FOR_TYPING"] as const;
export type Agreement = (typeof AGREEMENTS)[number];

const kind = z.string().regex(/^[A-Z][A-Z_]+$/);
const kinds = z.array(kind).min(1).readonly();
/** Far enough apart for any two dates of a life. */
const MOST_DAYS = 40_000;
const days = z.int().min(-MOST_DAYS).max(MOST_DAYS);

/** Everything named must hold for `first` and `second`, whichever of the two events is which. */
const condition = z.strictObject({
  /** Has one of these kinds; absent: any event. */
  first: kinds.optional(),
  second: kinds.optional(),
  /** From the first's date to the other's, both ends included; both must have a date. */
  days: z
    .tuple([days, days])
    .readonly()
    .refine(([from, to]) => from <= to, "days end before they begin")
    .optional(),
  /** One of the two has no date. */
  undated: z.literal(true).optional(),
  agree: z.enum(AGREEMENTS).optional(),
});
export type EventCondition = z.infer<typeof condition>;

const episodeRules = z
  .strictObject({
    /** Kind of an event by its type. A type that is not here has no kind. */
    kindOfType: z.record(z.string(), kind),
    /** Kinds of a procedure by treatment type. What is not here (medical management, none, unknown) is no procedure. */
    kindsOfProcedure: z.record(z.string(), kinds),
    /** Event types that are a treatment themselves: they have the kinds of their procedures of the event date or of no date. */
    treatmentTypes: z.array(z.string()).readonly(),
    /** Types that tell little of why somebody came in: with a procedure on the event date they have its kinds, too. */
    plannedTypes: z.array(z.string()).readonly(),
    rules: z
      .array(z.strictObject({ ...ruleHead, action: z.enum(EPISODE_ACTIONS), when: z.array(condition).min(1).readonly() }))
      .min(1)
      .readonly(),
  })
  .superRefine((set, context) => {
    for (const message of [...findRuleProblems(set.rules), ...findUnknownKinds(set)])
      context.addIssue({ code: "custom", message });
  });
export type EpisodeRules = z.infer<typeof episodeRules>;

/** A kind that no event can have makes a condition that never holds: a slip of the pen. */
function findUnknownKinds({ kindOfType, kindsOfProcedure, rules }: EpisodeRules): readonly string[] {
  const known = new Set([...Object.values(kindOfType), ...Object.values(kindsOfProcedure).flat()]);
  return rules.flatMap(({ name, when }) =>
    when
      .flatMap(({ first = [], second = [] }) => [...first, ...second])
      .filter((one) => !known.has(one))
      .map((one) => `${name} asks for ${one}, which no event is`),
  );
}

/** Reads a proposed rule set: data from outside. */
export const readEpisodeRules = (input: unknown): ReadRules<EpisodeRules> => readRules(episodeRules, input);
