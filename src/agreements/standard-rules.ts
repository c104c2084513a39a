/**
 * What the standards ask of the executable part of the terms, as data: for each rule its standard, its finding and when it is broken.
 * Sources: dataset.md 10.1.
 */
import { LENGTH_RULES } from "./length-rules.ts";
import { PARTY_RULES } from "./party-rules.ts";
import { isOutsideEea, PLACE_RULES } from "./place-rules.ts";
import { answerTo, type Fact } from "./standards.ts";
import type { Terms } from "./terms.ts";
import { entries, repeats, type TermsContext, type TermsRule } from "./terms-rule.ts";

/** Which facts hold that make questions ones that must be answered. */
export const FACTS: Readonly<Record<Fact, (terms: Terms) => boolean>> = {
  ALWAYS: () => true,
  RECORD_LEVEL: ({ productClass }) => productClass === "PSEUDONYMISED_RECORD_LEVEL",
  IMPROVEMENT_PLAN: ({ parties }) => parties.some(({ security }) => security === "DSPT_APPROACHING"),
  OUTSIDE_EEA: ({ locations }) => locations.some(({ country }) => isOutsideEea(country)),
  HAS_PROCESSORS: ({ parties }) => parties.some(({ role }) => role === "PROCESSOR"),
  HONORARY_STAFF: ({ people }) => people.some(({ employment }) => employment === "HONORARY"),
};

const outside = (member: "measures" | "dimensions" | "fields" | "nations" | "eventGroups") => {
  return (terms: Terms, { vocabulary }: TermsContext) => {
    const known: readonly string[] = vocabulary[member];
    return entries(terms[member], member, "", (name) => !known.includes(name));
  };
};

const SCOPE_RULES: readonly TermsRule[] = [
  {
    code: "PERSON_MISSING",
    standard: "PROCESSING_ACTIVITIES",
    message: "At least one person is named.",
    broken: ({ people }) => (people.length === 0 ? ["people"] : []),
  },
  {
    code: "PERSON_OF_NO_PARTY",
    standard: "PROCESSING_ACTIVITIES",
    message: "A person works for one of the parties.",
    broken: (terms) => entries(terms.people, "people", "party", ({ party }) => !terms.parties.some(({ code }) => code === party)),
  },
  {
    code: "PERSON_NAMED_TWICE",
    standard: "PROCESSING_ACTIVITIES",
    message: "Each person is named once.",
    broken: ({ people }) =>
      repeats(
        people.map(({ clientId }) => clientId),
        "people",
      ),
  },
  {
    code: "PURPOSE_MISSING",
    standard: "OBJECTIVE",
    message: "At least one purpose is declared.",
    broken: ({ purposes }) => (purposes.length === 0 ? ["purposes"] : []),
  },
  {
    code: "PURPOSE_NAMED_TWICE",
    standard: "OBJECTIVE",
    message: "Each purpose has a code of its own.",
    broken: ({ purposes }) =>
      repeats(
        purposes.map(({ code }) => code),
        "purposes",
      ),
  },
  {
    code: "PRODUCT_CLASS_MISSING",
    standard: "DATA_MINIMISATION",
    message: "The class of what is handed out must be given.",
    broken: ({ productClass }) => (productClass === null ? ["productClass"] : []),
  },
  {
    code: "PROFILE_MISSING",
    standard: "DATA_MINIMISATION",
    message: "A disclosure profile must be named that the gateway has or the terms bring.",
    broken: ({ disclosureProfile, ownProfile, productClass }, { vocabulary: { profiles, judgeProfile } }) => {
      const own = ownProfile === null ? null : judgeProfile(ownProfile, productClass).id;
      return disclosureProfile === null || ![...profiles, own].includes(disclosureProfile) ? ["disclosureProfile"] : [];
    },
  },
  {
    code: "NOTHING_PERMITTED",
    standard: "DATA_MINIMISATION",
    message: "Years, nations and groups of events are named, and measures or, of an extract, fields.",
    broken: (terms) => {
      const columns = FACTS.RECORD_LEVEL(terms) ? "fields" : "measures";
      return ([columns, "years", "nations", "eventGroups"] as const).filter((member) => terms[member].length === 0);
    },
  },
  {
    code: "FIELDS_WITHOUT_CLASS",
    standard: "DATA_MINIMISATION",
    message: "Fields are for extracts at record level.",
    broken: (terms) => (terms.fields.length > 0 && !FACTS.RECORD_LEVEL(terms) ? ["fields"] : []),
  },
  {
    code: "EXTRACTS_WITHOUT_CLASS",
    standard: "DATA_MINIMISATION",
    message: "Suppressed figures are looked up; there is no extract of them.",
    broken: ({ productClass, extractFrequency }) =>
      productClass === "AGGREGATED_SUPPRESSED" && extractFrequency !== "NONE" ? ["extractFrequency"] : [],
  },
  ...(["measures", "dimensions", "fields", "nations", "eventGroups"] as const).map(
    (member): TermsRule => ({
      code: "NAME_UNKNOWN",
      standard: "DATA_MINIMISATION",
      message: "The gateway has nothing of this name.",
      broken: outside(member),
    }),
  ),
];

const LEGAL_RULES: readonly TermsRule[] = [
  {
    code: "COMMERCIAL_TERM",
    standard: "COMMERCIAL_PURPOSE",
    message: "A commercial purpose has the term of one.",
    broken: (terms) =>
      answerTo(terms, "COMMERCIAL") === "YES" &&
      answerTo(terms, "TERM_STANDARD") === "V1_0" &&
      answerTo(terms, "TERM_KIND") !== "COMMERCIAL"
        ? ["answers.TERM_KIND"]
        : [],
  },
  {
    code: "SUB_LICENCE_TERM",
    standard: "SUB_LICENSING",
    message: "An agreement with sub-licences has the term of one.",
    broken: (terms) =>
      answerTo(terms, "SUB_LICENSING") === "YES" &&
      answerTo(terms, "TERM_STANDARD") === "V1_0" &&
      !["SUB_LICENCE", "COMMERCIAL"].includes(answerTo(terms, "TERM_KIND") ?? "")
        ? ["answers.TERM_KIND"]
        : [],
  },
  {
    code: "CONSENT_CONTRADICTS_BASIS",
    standard: "CONSENT",
    message: "Whoever names consent as a basis has people's consent.",
    broken: (terms) => {
      const named =
        answerTo(terms, "CONFIDENTIALITY_BASIS") === "CONSENT" ||
        terms.parties.some(({ article6, article9 }) => article6 === "A_CONSENT" || article9 === "A_CONSENT");
      return named && answerTo(terms, "CONSENT") !== "YES" ? ["answers.CONSENT"] : [];
    },
  },
  {
    code: "RECORD_LEVEL_WITHOUT_OPT_OUTS",
    standard: "PATIENT_OBJECTIONS",
    message: "Records are handed out with opt-outs applied, unless people consented.",
    broken: (terms) =>
      FACTS.RECORD_LEVEL(terms) && answerTo(terms, "OPT_OUTS") === "NOT_APPLIED" && answerTo(terms, "CONSENT") !== "YES"
        ? ["answers.OPT_OUTS"]
        : [],
  },
];

export const TERMS_RULES: readonly TermsRule[] = [
  ...LENGTH_RULES,
  ...PARTY_RULES,
  ...PLACE_RULES,
  ...SCOPE_RULES,
  ...LEGAL_RULES,
];
