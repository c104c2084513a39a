/** Everything that stands against terms, all at once: values, never exceptions. */
import { parseCalendarDate } from "../lib/calendar-date.ts";
import { FACTS, TERMS_RULES } from "./standard-rules.ts";
import { QUESTION_LIST, type Question, type Standard } from "./standards.ts";
import type { Terms } from "./terms.ts";
import type { TermsContext } from "./terms-rule.ts";

/** Of answers; those of the other rules are in `standard-rules.ts`. */
export const ANSWER_FINDINGS = {
  ANSWER_MISSING: "This must be answered.",
  ANSWER_TOO_SHORT: "The answer is too short to be one.",
  ANSWER_TOO_LONG: "The answer is too long.",
  ANSWER_NOT_A_CHOICE: "The answer is none of the choices.",
  ANSWER_NOT_A_DATE: "The answer is no day: YYYY-MM-DD.",
  ANSWER_NOT_A_LINK: "The answer is no address: https://…",
  ANSWER_REFUSES: "With this answer no agreement can be made.",
  ANSWERED_TWICE: "There are two answers to one question.",
  QUESTION_UNKNOWN: "There is no such question.",
} as const;
type AnswerFinding = keyof typeof ANSWER_FINDINGS;

export interface TermsFinding {
  readonly code: string;
  /** Null: of no standard. */
  readonly standard: Standard | null;
  /** Where in the terms: `parties[0].security`, `answers.OBJECTIVE`. */
  readonly field: string;
  readonly message: string;
}

/** In the order of the questions, then of the rules. Empty: the terms can be approved. */
export function judgeTerms(terms: Terms, context: TermsContext): readonly TermsFinding[] {
  const rules = TERMS_RULES.flatMap(({ code, standard, message, broken }) =>
    broken(terms, context).map((field) => ({ code, standard, field, message })),
  );
  return [...judgeAnswers(terms), ...rules, ...judgeOwnProfile(terms, context)];
}

function judgeOwnProfile({ ownProfile, productClass }: Terms, { vocabulary }: TermsContext): readonly TermsFinding[] {
  if (ownProfile === null) return [];
  return vocabulary.judgeProfile(ownProfile, productClass).findings.map(({ code, field, message }) => ({
    code,
    standard: "DATA_MINIMISATION",
    field: field === "" ? "ownProfile" : `ownProfile.${field}`,
    message,
  }));
}

function judgeAnswers(terms: Terms): readonly TermsFinding[] {
  const known = new Map(QUESTION_LIST);
  const strays = terms.answers.flatMap(({ question }, index) => {
    const code: AnswerFinding | null = !known.has(question)
      ? "QUESTION_UNKNOWN"
      : terms.answers.findIndex((other) => other.question === question) < index
        ? "ANSWERED_TWICE"
        : null;
    return code === null ? [] : [find(code, `answers[${index}]`, known.get(question)?.standard ?? null)];
  });
  const judged = QUESTION_LIST.flatMap(([key, question]) => {
    const answer = terms.answers.find((given) => given.question === key)?.answer ?? "";
    const code = answer === "" ? (isMandatory(question, terms) ? "ANSWER_MISSING" : null) : judgeAnswer(question, answer);
    return code === null ? [] : [find(code, `answers.${key}`, question.standard)];
  });
  return [...strays, ...judged];
}

const find = (code: AnswerFinding, field: string, standard: Standard | null): TermsFinding => ({
  code,
  standard,
  field,
  message: ANSWER_FINDINGS[code],
});

function isMandatory({ mandatory }: Question, terms: Terms): boolean {
  if (mandatory === null) return false;
  if ("fact" in mandatory) return FACTS[mandatory.fact](terms);
  const other = terms.answers.find(({ question }) => question === mandatory.question)?.answer ?? "";
  return mandatory.is.includes(other);
}

const YES_OR_NO: readonly string[] = ["YES", "NO"];

function judgeAnswer(question: Question, answer: string): AnswerFinding | null {
  switch (question.kind) {
    case "TEXT":
      if (answer.length < question.shortest) return "ANSWER_TOO_SHORT";
      return answer.length > question.longest ? "ANSWER_TOO_LONG" : null;
    case "CHOICE":
      return question.choices.includes(answer) ? null : "ANSWER_NOT_A_CHOICE";
    case "YES_NO":
      if (!YES_OR_NO.includes(answer)) return "ANSWER_NOT_A_CHOICE";
      return question.mustBe !== undefined && answer !== question.mustBe ? "ANSWER_REFUSES" : null;
    case "DATE":
      return parseCalendarDate(answer) === answer ? null : "ANSWER_NOT_A_DATE";
    case "LINK":
      return isLink(answer) ? null : "ANSWER_NOT_A_LINK";
  }
}

const isLink = (text: string): boolean => URL.canParse(text) && new URL(text).protocol === "https:";
