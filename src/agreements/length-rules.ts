/** How long an agreement may last (dataset.md 10.1, Decision 41). */
import { addDays, daysInMonth } from "../lib/calendar-date.ts";
import { answerTo, type QuestionKey } from "./standards.ts";
import type { Terms } from "./terms.ts";
import type { TermsRule } from "./terms-rule.ts";

/** Years of the standard of 2019. Of the table that replaced it in 2022 one row is known; the longest there is bounds the others. */
const V1_0_YEARS: Readonly<Record<string, number>> = {
  USUAL: 3,
  COMMERCIAL: 1,
  SUB_LICENCE: 1,
  ARCHIVING: 5,
  CONSENTED_ACADEMIC_ARCHIVING: 5,
};
const V2_1_LONGEST_YEARS = 15;
const START_WITHIN_YEARS = 1;

/** The last day of a term of so many years. One that begins on 29 February ends on the 28th of a year without one. */
export function lastDayAfter(startsOn: string, years: number): string {
  const year = Number(startsOn.slice(0, 4)) + years;
  const isMissing = startsOn.endsWith("02-29") && daysInMonth(year, 2) < 29;
  return isMissing ? `${year}-02-28` : addDays(`${year}${startsOn.slice(4)}`, -1);
}

/** A day that something ends on, which must not lie before the agreement's last one. */
const endsBefore = (question: QuestionKey) => (terms: Terms) => {
  const ends = answerTo(terms, question);
  return ends !== null && terms.endsOn !== null && terms.endsOn > ends ? ["endsOn"] : [];
};

const longestYears = (terms: Terms): number =>
  answerTo(terms, "TERM_STANDARD") === "V2_1" ? V2_1_LONGEST_YEARS : (V1_0_YEARS[answerTo(terms, "TERM_KIND") ?? "USUAL"] ?? 0);

export const LENGTH_RULES: readonly TermsRule[] = [
  {
    code: "TERM_MISSING",
    standard: "LENGTH_AND_TERM",
    message: "The first and the last day must be given.",
    broken: ({ startsOn, endsOn }) => [...(startsOn === null ? ["startsOn"] : []), ...(endsOn === null ? ["endsOn"] : [])],
  },
  {
    code: "TERM_ORDER",
    standard: "LENGTH_AND_TERM",
    message: "The last day must not lie before the first one.",
    broken: ({ startsOn, endsOn }) => (startsOn !== null && endsOn !== null && endsOn < startsOn ? ["endsOn"] : []),
  },
  {
    code: "START_BEFORE_SIGNING",
    standard: "LENGTH_AND_TERM",
    message: "An agreement cannot begin before it can be signed.",
    broken: ({ startsOn }, { today, isAmendment }) => (!isAmendment && startsOn !== null && startsOn < today ? ["startsOn"] : []),
  },
  {
    code: "START_TOO_LATE",
    standard: "LENGTH_AND_TERM",
    message: "An agreement begins within twelve months of its issue.",
    broken: ({ startsOn }, { today }) =>
      startsOn !== null && startsOn > lastDayAfter(addDays(today, 1), START_WITHIN_YEARS) ? ["startsOn"] : [],
  },
  {
    code: "TERM_TOO_LONG",
    standard: "LENGTH_AND_TERM",
    message: "The term is longer than the standard lets it be.",
    broken: (terms) =>
      terms.startsOn !== null && terms.endsOn !== null && terms.endsOn > lastDayAfter(terms.startsOn, longestYears(terms))
        ? ["endsOn"]
        : [],
  },
  {
    code: "ENDS_AFTER_PURPOSE",
    standard: "LENGTH_AND_TERM",
    message: "The agreement ends no later than its purpose.",
    broken: endsBefore("PURPOSE_ENDS_ON"),
  },
  {
    code: "ENDS_AFTER_DOCUMENTS",
    standard: "LENGTH_AND_TERM",
    message: "The agreement ends no later than its supporting documents.",
    broken: endsBefore("DOCUMENTS_END_ON"),
  },
  {
    code: "ENDS_AFTER_SECTION_251",
    standard: "DUTY_OF_CONFIDENTIALITY",
    message: "The agreement ends no later than the support under section 251.",
    broken: endsBefore("SECTION_251_ENDS_ON"),
  },
  {
    code: "ENDS_AFTER_ETHICAL_APPROVAL",
    standard: "ETHICAL_APPROVAL",
    message: "The agreement ends no later than the ethical approval.",
    broken: endsBefore("ETHICS_ENDS_ON"),
  },
];
