import { describe, expect, it } from "vitest";
import { ANSWER_FINDINGS, judgeTerms } from "../../../src/agreements/judge-terms.ts";
import { lastDayAfter } from "../../../src/agreements/length-rules.ts";
import { FACTS, TERMS_RULES } from "../../../src/agreements/standard-rules.ts";
import { type Fact, QUESTION_LIST, type Question, STANDARDS } from "../../../src/agreements/standards.ts";
import type { AgreementLocation, Party, Terms } from "../../../src/agreements/terms.ts";
import type { TermsContext } from "../../../src/agreements/terms-rule.ts";
import { CONTEXT, soundTerms, withAnswer } from "../../support/agreements.ts";
import { ownProfile } from "../../support/own-profile.ts";

const [PARTY] = soundTerms().parties;
const [PLACE] = soundTerms().locations;
const [PERSON] = soundTerms().people;
const [PURPOSE] = soundTerms().purposes;
const SENTENCE = "Enough words to be an answer, made up for a test.";

const party = (change: Partial<Party>): Terms => soundTerms({ parties: PARTY === undefined ? [] : [{ ...PARTY, ...change }] });
const twoParties = (change: Partial<Party>): Terms =>
  soundTerms({ parties: PARTY === undefined ? [] : [PARTY, { ...PARTY, code: "PROCESSOR", role: "PROCESSOR", ...change }] });
const place = (change: Partial<AgreementLocation>): Terms =>
  soundTerms({ locations: PLACE === undefined ? [] : [{ ...PLACE, ...change }] });
const twice = <T>(entry: T | undefined): T[] => (entry === undefined ? [] : [entry, entry]);
const answered = (answers: Readonly<Record<string, string | null>>, terms = soundTerms()): Terms =>
  Object.entries(answers).reduce((sofar, [question, answer]) => withAnswer(sofar, question, answer), terms);
const recordLevel = (change: Partial<Terms> = {}): Terms =>
  answered(
    { MINIMISATION_RECORD_LEVEL: SENTENCE },
    soundTerms({ productClass: "PSEUDONYMISED_RECORD_LEVEL", fields: ["journey.age"], ...change }),
  );

const found = (terms: Terms, context: Partial<TermsContext> = {}) =>
  judgeTerms(terms, { ...CONTEXT, ...context }).map(({ code, field }) => `${code} ${field}`);

/** Of each rule terms that break it: what is expected is all that is found. */
const BROKEN: readonly (readonly [code: string, field: string, terms: Terms, context?: Partial<TermsContext>])[] = [
  ["TERM_MISSING", "startsOn", soundTerms({ startsOn: null })],
  ["TERM_MISSING", "endsOn", soundTerms({ endsOn: null })],
  ["TERM_ORDER", "endsOn", soundTerms({ startsOn: "2026-04-01", endsOn: "2026-03-31" })],
  ["START_BEFORE_SIGNING", "startsOn", soundTerms({ startsOn: "2026-03-01", endsOn: "2027-01-01" })],
  ["START_TOO_LATE", "startsOn", soundTerms({ startsOn: "2027-03-03", endsOn: "2028-01-01" })],
  ["TERM_TOO_LONG", "endsOn", soundTerms({ endsOn: "2029-03-02" })],
  ["TERM_TOO_LONG", "endsOn", answered({ TERM_KIND: "COMMERCIAL" }, soundTerms({ endsOn: "2027-03-02" }))],
  ["TERM_TOO_LONG", "endsOn", answered({ TERM_KIND: "SUB_LICENCE" }, soundTerms({ endsOn: "2027-03-02" }))],
  ["TERM_TOO_LONG", "endsOn", answered({ TERM_KIND: "ARCHIVING" }, soundTerms({ endsOn: "2031-03-02" }))],
  ["TERM_TOO_LONG", "endsOn", answered({ TERM_STANDARD: "V2_1", TERM_REASON: SENTENCE }, soundTerms({ endsOn: "2041-03-02" }))],
  ["ENDS_AFTER_PURPOSE", "endsOn", answered({ PURPOSE_ENDS_ON: "2028-12-31" })],
  ["ENDS_AFTER_DOCUMENTS", "endsOn", answered({ DOCUMENTS_END_ON: "2028-12-31" })],
  ["ENDS_AFTER_SECTION_251", "endsOn", answered({ SECTION_251_ENDS_ON: "2028-12-31" })],
  ["ENDS_AFTER_ETHICAL_APPROVAL", "endsOn", answered({ ETHICS_ENDS_ON: "2028-12-31" })],
  [
    "CONTROLLER_MISSING",
    "parties",
    answered({ PROCESSOR_TASKS: SENTENCE }, party({ role: "PROCESSOR", instructions: "Contract 7" })),
  ],
  ["PARTY_NAMED_TWICE", "parties[1]", soundTerms({ parties: twice(PARTY) })],
  ["SIGNATORY_MISSING", "parties[0].signatory", party({ signatory: null })],
  ["FRAMEWORK_CONTRACT_MISSING", "parties[0].frameworkContract", party({ frameworkContract: null })],
  ["FRAMEWORK_CONTRACT_MISSING", "parties[0].frameworkContract", party({ frameworkContract: "DSFC-OTHER" })],
  [
    "FRAMEWORK_CONTRACT_OF_ANOTHER",
    "parties[0].frameworkContract",
    soundTerms(),
    { contracts: [{ id: "DSFC-DEMO-1", organisation: "Another University", signedOn: "2020-01-01", endsOn: "2099-12-31" }] },
  ],
  [
    "FRAMEWORK_CONTRACT_ENDED",
    "parties[0].frameworkContract",
    soundTerms(),
    { contracts: [{ id: "DSFC-DEMO-1", organisation: "Demo University", signedOn: "2020-01-01", endsOn: "2026-03-01" }] },
  ],
  ["ARTICLE_6_MISSING", "parties[0].article6", party({ article6: null })],
  ["ARTICLE_9_MISSING", "parties[0].article9", party({ article9: null })],
  [
    "INSTRUCTIONS_MISSING",
    "parties[1].instructions",
    answered({ PROCESSOR_TASKS: SENTENCE }, twoParties({ instructions: null })),
  ],
  ["SECURITY_MISSING", "parties[0].security", party({ security: null })],
  ["SECURITY_MISSING", "parties[0].security", party({ securityReference: null })],
  ["SECURITY_ENDED", "parties[0].securityEndsOn", party({ securityEndsOn: "2026-03-01" })],
  ["SECURITY_WITHOUT_BACKUPS", "parties[0].securityCoversBackups", party({ securityCoversBackups: false })],
  ["ICO_REGISTRATION_MISSING", "parties[0].icoRegistration", party({ icoRegistration: "1234567" })],
  ["ICO_FEE_ENDED", "parties[0].icoEndsOn", party({ icoEndsOn: "2026-03-01" })],
  ["LOCATION_MISSING", "locations", place({ uses: ["PROCESSING"] })],
  ["LOCATION_NAMED_TWICE", "locations[1]", soundTerms({ locations: twice(PLACE) })],
  ["LOCATION_OF_NO_PARTY", "locations[0].party", place({ party: "NOBODY" })],
  ["LOCATION_OUTSIDE_TERRITORY", "locations[0].country", place({ country: "FR" })],
  [
    "LOCATION_OUTSIDE_TERRITORY",
    "locations[0].country",
    answered({ TERRITORY: "ENGLAND_AND_WALES" }, place({ country: "GB-SCT" })),
  ],
  ["PERSON_MISSING", "people", soundTerms({ people: [] })],
  ["PERSON_OF_NO_PARTY", "people[0].party", soundTerms({ people: PERSON === undefined ? [] : [{ ...PERSON, party: "NOBODY" }] })],
  ["PERSON_NAMED_TWICE", "people[1]", soundTerms({ people: twice(PERSON) })],
  ["PURPOSE_MISSING", "purposes", soundTerms({ purposes: [] })],
  ["PURPOSE_NAMED_TWICE", "purposes[1]", soundTerms({ purposes: twice(PURPOSE) })],
  ["PRODUCT_CLASS_MISSING", "productClass", soundTerms({ productClass: null })],
  ["PROFILE_MISSING", "disclosureProfile", soundTerms({ disclosureProfile: null })],
  ["PROFILE_MISSING", "disclosureProfile", soundTerms({ disclosureProfile: "NONE_INTERNAL" })],
  ["PROFILE_MISSING", "disclosureProfile", soundTerms({ disclosureProfile: "OTHER", ownProfile: ownProfile() })],
  ["PROFILE_ITEM_NOT_APPLIED", "ownProfile.queryBudget", soundTerms({ ownProfile: ownProfile({ queryBudget: 9 }) })],
  ["PROFILE_BELOW_CLASS", "ownProfile", soundTerms({ ownProfile: ownProfile({ suppressMax: 2 }) })],
  ["NOTHING_PERMITTED", "measures", soundTerms({ measures: [] })],
  ["NOTHING_PERMITTED", "years", soundTerms({ years: [] })],
  ["NOTHING_PERMITTED", "fields", recordLevel({ fields: [] })],
  ["FIELDS_WITHOUT_CLASS", "fields", soundTerms({ fields: ["journey.age"] })],
  ["EXTRACTS_WITHOUT_CLASS", "extractFrequency", soundTerms({ extractFrequency: "MONTHLY" })],
  ["NAME_UNKNOWN", "measures[1]", soundTerms({ measures: ["STARTED", "STRATED"] })],
  ["NAME_UNKNOWN", "fields[0]", recordLevel({ fields: ["journey.pseudonym"] })],
  ["COMMERCIAL_TERM", "answers.TERM_KIND", answered({ COMMERCIAL: "YES", COMMERCIAL_DETAILS: SENTENCE })],
  [
    "SUB_LICENCE_TERM",
    "answers.TERM_KIND",
    answered({
      SUB_LICENSING: "YES",
      SUB_LICENCE_TEMPLATE: "Template 3",
      SUB_LICENCE_GROUP: "Access group",
      SUB_LICENCE_CRITERIA: SENTENCE,
      SUB_LICENCE_FLOW_DOWN: SENTENCE,
    }),
  ],
  ["CONSENT_CONTRADICTS_BASIS", "answers.CONSENT", party({ article9: "A_CONSENT" })],
  [
    "RECORD_LEVEL_WITHOUT_OPT_OUTS",
    "answers.OPT_OUTS",
    answered({ OPT_OUTS: "NOT_APPLIED", OPT_OUTS_REASON: SENTENCE }, recordLevel()),
  ],
];

describe("rules about terms", () => {
  it("find nothing in sound terms, of either class (control)", () => {
    expect([found(soundTerms()), found(recordLevel())]).toEqual([[], []]);
  });

  it.each(BROKEN.map(([code, field, terms, context = {}]) => ({ code, field, terms, context })))(
    "$code is all that is found, at $field",
    ({ code, field, terms, context }) => {
      expect(found(terms, context)).toEqual([`${code} ${field}`]);
    },
  );

  it("have each a case here", () => {
    const cases = new Set(BROKEN.map(([code]) => code));
    expect(TERMS_RULES.map(({ code }) => code).filter((code) => !cases.has(code))).toEqual([]);
  });

  it("let an amendment go on with a term that has begun", () => {
    const begun = soundTerms({ startsOn: "2025-06-01", endsOn: "2028-05-31" });
    expect([found(begun), found(begun, { isAmendment: true })]).toEqual([["START_BEFORE_SIGNING startsOn"], []]);
  });

  it("are kept on the very day: a start twelve months after issue, the last day of three years, an assurance that ends today", () => {
    const today = "2026-03-02";
    const terms = soundTerms({ startsOn: "2027-03-02", endsOn: "2030-03-01" });
    expect(found({ ...terms, parties: party({ securityEndsOn: today, icoEndsOn: today }).parties })).toEqual([]);
  });

  it.each([
    ["2024-02-29", 1, "2025-02-28"],
    ["2024-02-29", 4, "2028-02-28"],
    ["2023-03-01", 1, "2024-02-29"],
    ["2026-03-02", 3, "2029-03-01"],
  ])("count a term that begins on %s for %i years to %s", (startsOn, years, last) => {
    expect(lastDayAfter(startsOn, years)).toBe(last);
  });
});

/** Terms in which a fact holds. */
const WITH_FACT: Readonly<Record<Fact, Terms>> = {
  ALWAYS: soundTerms(),
  RECORD_LEVEL: recordLevel(),
  IMPROVEMENT_PLAN: party({ security: "DSPT_APPROACHING" }),
  OUTSIDE_EEA: place({ country: "US" }),
  HAS_PROCESSORS: twoParties({}),
  HONORARY_STAFF: soundTerms({ people: PERSON === undefined ? [] : [{ ...PERSON, employment: "HONORARY" }] }),
};

const whenAsked = ({ mandatory }: Question): readonly Terms[] => {
  if (mandatory === null) return [];
  if ("fact" in mandatory) return [WITH_FACT[mandatory.fact]];
  return mandatory.is.map((answer) => withAnswer(soundTerms(), mandatory.question, answer));
};
const OF_KIND = (kind: Question["kind"]) => QUESTION_LIST.filter(([, question]) => question.kind === kind).map(([key]) => key);

describe("the twenty standards", () => {
  it("are twenty, each with something that is asked", () => {
    const asked = new Set(QUESTION_LIST.map(([, { standard }]) => standard));
    expect([Object.keys(STANDARDS).length, asked.size]).toEqual([20, 20]);
  });

  it("have facts that hold where a test says so, and not in sound terms (control)", () => {
    for (const [fact, holds] of Object.entries(FACTS)) expect([fact, holds(soundTerms())]).toEqual([fact, fact === "ALWAYS"]);
    expect(
      Object.entries(WITH_FACT).filter(
        ([fact, terms]) => !Object.entries(FACTS).some(([name, holds]) => name === fact && holds(terms)),
      ),
    ).toEqual([]);
  });

  it.each(QUESTION_LIST.filter(([, { mandatory }]) => mandatory !== null))(
    "ask %s where it must be answered",
    (key, question) => {
      for (const terms of whenAsked(question)) {
        expect(found(withAnswer(terms, key, null))).toContain(`ANSWER_MISSING answers.${key}`);
        expect(found(withAnswer(terms, key, "   ".trim()))).toContain(`ANSWER_MISSING answers.${key}`);
      }
    },
  );

  it("ask nothing that is not asked under other circumstances", () => {
    expect(found(withAnswer(soundTerms(), "COMMERCIAL", "NO")).filter((line) => line.startsWith("ANSWER_MISSING"))).toEqual([]);
  });

  it.each(OF_KIND("TEXT"))("bound the text of %s", (key) => {
    expect(found(withAnswer(soundTerms(), key, "x"))).toContain(`ANSWER_TOO_SHORT answers.${key}`);
    expect(found(withAnswer(soundTerms(), key, "x".repeat(9_999)))).toContain(`ANSWER_TOO_LONG answers.${key}`);
  });
  it.each([...OF_KIND("CHOICE"), ...OF_KIND("YES_NO")])("take one of the choices for %s", (key) => {
    expect(found(withAnswer(soundTerms(), key, "PERHAPS"))).toContain(`ANSWER_NOT_A_CHOICE answers.${key}`);
  });
  it.each(OF_KIND("DATE"))("take a day for %s", (key) => {
    expect(found(withAnswer(soundTerms(), key, "2027-02-29"))).toContain(`ANSWER_NOT_A_DATE answers.${key}`);
  });
  it.each(OF_KIND("LINK"))("take a public address for %s", (key) => {
    expect(found(withAnswer(soundTerms(), key, "http://example.org"))).toContain(`ANSWER_NOT_A_LINK answers.${key}`);
  });
  it.each(QUESTION_LIST.filter(([, question]) => question.kind === "YES_NO" && question.mustBe === "YES").map(([key]) => key))(
    "take no NO for %s",
    (key) => {
      expect(found(withAnswer(soundTerms(), key, "NO"))).toEqual([`ANSWER_REFUSES answers.${key}`]);
    },
  );

  it("take one answer to one question, and none to no question", () => {
    const [answer] = soundTerms().answers;
    const answers = [...soundTerms().answers, ...(answer === undefined ? [] : [answer]), { question: "NO_SUCH", answer: "YES" }];
    const at = soundTerms().answers.length;
    expect(found(soundTerms({ answers }))).toEqual([`ANSWERED_TWICE answers[${at}]`, `QUESTION_UNKNOWN answers[${at + 1}]`]);
  });

  it("say everything at once of terms that say nothing", () => {
    const empty = { parties: [], locations: [], people: [], purposes: [], measures: [], years: [], nations: [], eventGroups: [] };
    const nothing = soundTerms({
      ...empty,
      answers: [],
      startsOn: null,
      endsOn: null,
      productClass: null,
      disclosureProfile: null,
    });
    const codes = judgeTerms(nothing, CONTEXT);
    expect(codes.length).toBeGreaterThan(40);
    expect(new Set(codes.map(({ standard }) => standard)).size).toBeGreaterThanOrEqual(16);
    expect(Object.keys(ANSWER_FINDINGS)).toContain("ANSWER_MISSING");
  });
});
