/**
 * When two patients are one person (dataset Decision 10; architecture, data model). Rules are data, so that a proposed set can be tried
 * over what is stored before it is in force. The first rule that fits decides.
 */
import { z } from "zod";
import { findRuleProblems, type ReadRules, readRules, ruleHead } from "./link-words.ts";

/**
 * `LINK`: one person, linked by itself. `PROPOSE`: shown to people. `CONFLICT`: the identities contradict each other; never linked by a
 * rule, and told to both teams as "in conflict" and nothing more.
 */
const PERSON_ACTIONS = ["LINK", "PROPOSE", "CONFLICT"] as const;
export type PersonAction = (typeof PERSON_ACTIONS)[number];

/** How the NHS numbers of two patients compare. `SUPERSEDED`: one has now what the other had before. */
export const NUMBER_AGREEMENTS = ["SAME", "SUPERSEDED", "DIFFERENT", "UNKNOWN"] as const;
export const BIRTH_AGREEMENTS = ["SAME", "DIFFERENT", "UNKNOWN"] as const;

const personRule = z.strictObject({
  ...ruleHead,
  action: z.enum(PERSON_ACTIONS),
  /** Everything named must hold; a list says which agreements will do. */
  when: z.strictObject({
    nhsNumber: z.array(z.enum(NUMBER_AGREEMENTS)).min(1).readonly().optional(),
    dateOfBirth: z.array(z.enum(BIRTH_AGREEMENTS)).min(1).readonly(),
    nameAndPostcode: z.literal("SAME").optional(),
  }),
});

const personRules = z
  .array(personRule)
  .min(1)
  .readonly()
  .superRefine((rules, context) => {
    const unsafe = rules.filter(({ action, when }) => action === "LINK" && !isIdentity(when));
    for (const message of [...findRuleProblems(rules), ...unsafe.map(({ name }) => `${name} links without number and birth`)]) {
      context.addIssue({ code: "custom", message });
    }
  });
export type PersonRules = z.infer<typeof personRules>;

/** A link between persons rests on the number and the date of birth together, whatever a proposed rule set says. */
function isIdentity({ nhsNumber, dateOfBirth }: PersonRules[number]["when"]): boolean {
  const numbers = nhsNumber ?? NUMBER_AGREEMENTS;
  return (
    numbers.every((agreement) => agreement === "SAME" || agreement === "SUPERSEDED") &&
    dateOfBirth.every((agreement) => agreement === "SAME")
  );
}

/** Reads a proposed rule set: data from outside. */
export const readPersonRules = (input: unknown): ReadRules<PersonRules> => readRules(personRules, input);

/** The rules in force. */
export const PERSON_RULES = [
  {
    name: "SAME_NUMBER_SAME_BIRTH",
    says: "Both have the same NHS number and the same date of birth.",
    status: "D",
    source: "architecture.md, Links; [SSNAP1] takes the NHS number across teams",
    when: { nhsNumber: ["SAME"], dateOfBirth: ["SAME"] },
    action: "LINK",
    confidence: "CERTAIN",
  },
  {
    name: "SUPERSEDED_NUMBER_SAME_BIRTH",
    says: "One has the NHS number that the other had before it was replaced, and the dates of birth are the same.",
    status: "D",
    source: "issue Journey: superseded, from HL7 v2 A47 or A40 or a submission",
    when: { nhsNumber: ["SUPERSEDED"], dateOfBirth: ["SAME"] },
    action: "LINK",
    confidence: "PROBABLE",
  },
  {
    name: "SAME_NUMBER_OTHER_BIRTH",
    says: "The NHS number agrees, now or formerly, and the date of birth does not.",
    status: "D",
    source: "issue Journey, bad input; dataset Decision 10",
    when: { nhsNumber: ["SAME", "SUPERSEDED"], dateOfBirth: ["DIFFERENT"] },
    action: "CONFLICT",
    confidence: "CERTAIN",
  },
  {
    name: "SAME_NUMBER_BIRTH_UNKNOWN",
    says: "The NHS number agrees, now or formerly, and a date of birth is missing.",
    status: "J",
    source: "issue Journey names number with date of birth; one alone is not enough",
    when: { nhsNumber: ["SAME", "SUPERSEDED"], dateOfBirth: ["UNKNOWN"] },
    action: "PROPOSE",
    confidence: "POSSIBLE",
  },
  {
    name: "SAME_NAME_AND_POSTCODE",
    says: "Name and postcode agree, and no date of birth speaks against it.",
    status: "I",
    source: "dataset Decision 10 and 1.2: a candidate only, never merged",
    when: { dateOfBirth: ["SAME", "UNKNOWN"], nameAndPostcode: "SAME" },
    action: "PROPOSE",
    confidence: "POSSIBLE",
  },
] as const satisfies PersonRules;
