/**
 * The twenty standards of the Data Access Request Service, and what is asked for each: the one table of questions. What the executable
 * part of the terms answers itself (parties, places, people, days) is judged by `standard-rules.ts`. Lengths of texts are ours: long enough
 * that a sentence is written, short enough that it is read.
 */
import type { Terms } from "./terms.ts";

export const STANDARDS = {
  LENGTH_AND_TERM: "Length and term",
  DATA_CONTROLLERS: "Data controllers",
  DATA_PROCESSORS: "Data processors",
  LOCATIONS: "Processing and storage locations",
  SECURITY_ASSURANCE: "Security assurance",
  DATA_PROTECTION_REGISTRATION: "Data protection registration",
  DATA_MINIMISATION: "Data minimisation",
  PATIENT_OBJECTIONS: "Patient objections",
  OBJECTIVE: "Objective for processing",
  PROCESSING_ACTIVITIES: "Processing activities",
  EXPECTED_OUTCOMES: "Expected outcomes",
  EXPECTED_BENEFITS: "Expected benefits",
  COMMERCIAL_PURPOSE: "Commercial purpose",
  SPECIAL_CONDITIONS: "Special conditions",
  ETHICAL_APPROVAL: "Ethical approval",
  DUTY_OF_CONFIDENTIALITY: "Duty of confidentiality",
  CONSENT: "Consent",
  SUB_LICENSING: "Sub-licensing",
  TRANSPARENCY: "Transparency",
  TERRITORY_OF_USE: "Territory of use",
} as const;
export type Standard = keyof typeof STANDARDS;

/** Facts of the terms that make a question one that must be answered. */
export type Fact = "ALWAYS" | "RECORD_LEVEL" | "IMPROVEMENT_PLAN" | "OUTSIDE_EEA" | "HAS_PROCESSORS" | "HONORARY_STAFF";

/** When a question must be answered: where a fact holds, or another question has one of these answers. */
export type MandatoryWhen = { readonly fact: Fact } | { readonly question: string; readonly is: readonly string[] } | null;

export type QuestionKind =
  | { readonly kind: "TEXT"; readonly shortest: number; readonly longest: number }
  | { readonly kind: "CHOICE"; readonly choices: readonly string[] }
  /** `mustBe`: there is one answer with which an agreement can be made. */
  | { readonly kind: "YES_NO"; readonly mustBe?: "YES" | "NO" }
  | { readonly kind: "DATE" }
  | { readonly kind: "LINK" };

export type Question = QuestionKind & {
  readonly standard: Standard;
  readonly text: string;
  readonly mandatory: MandatoryWhen;
};

const ALWAYS = { fact: "ALWAYS" } as const;
const SENTENCE = { kind: "TEXT", shortest: 30, longest: 4_000 } as const;
const REFERENCE = { kind: "TEXT", shortest: 3, longest: 200 } as const;
const when = (question: string, ...is: readonly string[]) => ({ question, is });

const defineQuestions = <const Key extends string>(questions: Readonly<Record<Key, Question>>): Readonly<Record<Key, Question>> =>
  questions;

export const QUESTIONS = defineQuestions({
  TERM_STANDARD: {
    standard: "LENGTH_AND_TERM",
    text: "Which version of the standard on length and term applies?",
    kind: "CHOICE",
    choices: ["V1_0", "V2_1"],
    mandatory: ALWAYS,
  },
  TERM_KIND: {
    standard: "LENGTH_AND_TERM",
    text: "What the term is for.",
    kind: "CHOICE",
    choices: ["USUAL", "COMMERCIAL", "SUB_LICENCE", "ARCHIVING", "CONSENTED_ACADEMIC_ARCHIVING"],
    mandatory: ALWAYS,
  },
  TERM_REASON: {
    standard: "LENGTH_AND_TERM",
    text: "Which row of the table of version 2.1 gives this length?",
    ...SENTENCE,
    mandatory: when("TERM_STANDARD", "V2_1"),
  },
  PURPOSE_ENDS_ON: {
    standard: "LENGTH_AND_TERM",
    text: "The last day on which the purpose lasts.",
    kind: "DATE",
    mandatory: ALWAYS,
  },
  DOCUMENTS_END_ON: {
    standard: "LENGTH_AND_TERM",
    text: "The last day on which the supporting documents are valid.",
    kind: "DATE",
    mandatory: null,
  },
  CONTROLLERS_COMPLETE: {
    standard: "DATA_CONTROLLERS",
    text: "Everybody who decides on purposes and means is listed as a controller.",
    kind: "YES_NO",
    mustBe: "YES",
    mandatory: ALWAYS,
  },
  CONTROLLER_TASKS: {
    standard: "DATA_CONTROLLERS",
    text: "What each controller decides, and why it is one.",
    ...SENTENCE,
    mandatory: ALWAYS,
  },
  PROCESSORS_COMPLETE: {
    standard: "DATA_PROCESSORS",
    text: "Everybody who processes on behalf of a controller is listed, those with back-ups included.",
    kind: "YES_NO",
    mustBe: "YES",
    mandatory: ALWAYS,
  },
  PROCESSOR_TASKS: {
    standard: "DATA_PROCESSORS",
    text: "What each processor does, and that it does so on documented instructions only.",
    ...SENTENCE,
    mandatory: { fact: "HAS_PROCESSORS" },
  },
  LOCATIONS_COMPLETE: {
    standard: "LOCATIONS",
    text: "Every place where data are processed or stored is listed, places of back-ups included.",
    kind: "YES_NO",
    mustBe: "YES",
    mandatory: ALWAYS,
  },
  IMPROVEMENT_PLAN: {
    standard: "SECURITY_ASSURANCE",
    text: "The approved improvement plan of a party that approaches the standards of the toolkit.",
    ...SENTENCE,
    mandatory: { fact: "IMPROVEMENT_PLAN" },
  },
  FEE_CURRENT: {
    standard: "DATA_PROTECTION_REGISTRATION",
    text: "The registrations cover this processing and are renewed while the agreement lasts.",
    kind: "YES_NO",
    mustBe: "YES",
    mandatory: ALWAYS,
  },
  MINIMISATION_DATA: {
    standard: "DATA_MINIMISATION",
    text: "Why these measures, dimensions and fields, and none fewer.",
    ...SENTENCE,
    mandatory: ALWAYS,
  },
  MINIMISATION_YEARS: { standard: "DATA_MINIMISATION", text: "Why these years.", ...SENTENCE, mandatory: ALWAYS },
  MINIMISATION_GEOGRAPHY: { standard: "DATA_MINIMISATION", text: "Why these nations.", ...SENTENCE, mandatory: ALWAYS },
  MINIMISATION_EVENTS: {
    standard: "DATA_MINIMISATION",
    text: "Why these groups of events, or why all of them.",
    ...SENTENCE,
    mandatory: ALWAYS,
  },
  MINIMISATION_RECORD_LEVEL: {
    standard: "DATA_MINIMISATION",
    text: "Why aggregated figures do not do, and why each sensitive field is needed.",
    ...SENTENCE,
    mandatory: { fact: "RECORD_LEVEL" },
  },
  UNDER_16: {
    standard: "DATA_MINIMISATION",
    text: "Are people under 16 part of the purpose?",
    kind: "YES_NO",
    mandatory: ALWAYS,
  },
  UNDER_16_REASON: {
    standard: "DATA_MINIMISATION",
    text: "Why people under 16 are needed.",
    ...SENTENCE,
    mandatory: when("UNDER_16", "YES"),
  },
  OPT_OUTS: {
    standard: "PATIENT_OBJECTIONS",
    text: "Are national data opt-outs applied?",
    kind: "CHOICE",
    choices: ["APPLIED", "NOT_APPLIED"],
    mandatory: ALWAYS,
  },
  OPT_OUTS_REASON: {
    standard: "PATIENT_OBJECTIONS",
    text: "On what ground opt-outs are not applied.",
    ...SENTENCE,
    mandatory: when("OPT_OUTS", "NOT_APPLIED"),
  },
  OBJECTIVE: {
    standard: "OBJECTIVE",
    text: "What is to be found out, for whom; a purpose that is not listed is not permitted.",
    ...SENTENCE,
    mandatory: ALWAYS,
  },
  DATA_FLOWS: {
    standard: "PROCESSING_ACTIVITIES",
    text: "Every flow in and out, and the level of the data at each stage.",
    ...SENTENCE,
    mandatory: ALWAYS,
  },
  LINKAGE: { standard: "PROCESSING_ACTIVITIES", text: "Are the data linked to others?", kind: "YES_NO", mandatory: ALWAYS },
  LINKAGE_DETAILS: {
    standard: "PROCESSING_ACTIVITIES",
    text: "To what they are linked, by what, and by whom.",
    ...SENTENCE,
    mandatory: when("LINKAGE", "YES"),
  },
  NO_REIDENTIFICATION: {
    standard: "PROCESSING_ACTIVITIES",
    text: "Nobody will try to find out who somebody is.",
    kind: "YES_NO",
    mustBe: "YES",
    mandatory: ALWAYS,
  },
  STAFF_TRAINED: {
    standard: "PROCESSING_ACTIVITIES",
    text: "Only substantive staff (or staff under honorary contracts) who were trained in data protection have access.",
    kind: "YES_NO",
    mustBe: "YES",
    mandatory: ALWAYS,
  },
  HONORARY_CONTRACTS: {
    standard: "PROCESSING_ACTIVITIES",
    text: "How honorary contracts meet the standard on them, version 1.0 of September 2023.",
    ...SENTENCE,
    mandatory: { fact: "HONORARY_STAFF" },
  },
  OUTCOMES: {
    standard: "EXPECTED_OUTCOMES",
    text: "What will be made of the data: reports, papers, tools.",
    ...SENTENCE,
    mandatory: ALWAYS,
  },
  OUTCOMES_BY: { standard: "EXPECTED_OUTCOMES", text: "By when.", kind: "DATE", mandatory: ALWAYS },
  BENEFITS: {
    standard: "EXPECTED_BENEFITS",
    text: "What health and care in the United Kingdom will have of it, how it is measured, and by when.",
    ...SENTENCE,
    mandatory: ALWAYS,
  },
  COMMERCIAL: { standard: "COMMERCIAL_PURPOSE", text: "Is there a commercial purpose?", kind: "YES_NO", mandatory: ALWAYS },
  COMMERCIAL_DETAILS: {
    standard: "COMMERCIAL_PURPOSE",
    text: "Who gains what, and how that stands to the benefit for the public.",
    ...SENTENCE,
    mandatory: when("COMMERCIAL", "YES"),
  },
  SPECIAL_CONDITIONS: {
    standard: "SPECIAL_CONDITIONS",
    text: "What holds for this agreement beyond the contract.",
    ...SENTENCE,
    mandatory: { fact: "IMPROVEMENT_PLAN" },
  },
  ETHICAL_APPROVAL: {
    standard: "ETHICAL_APPROVAL",
    text: "Is the approval of an ethics committee needed?",
    kind: "YES_NO",
    mandatory: ALWAYS,
  },
  ETHICS_REFERENCE: {
    standard: "ETHICAL_APPROVAL",
    text: "Committee and reference of its approval.",
    ...REFERENCE,
    mandatory: when("ETHICAL_APPROVAL", "YES"),
  },
  ETHICS_ENDS_ON: {
    standard: "ETHICAL_APPROVAL",
    text: "The last day of the approval.",
    kind: "DATE",
    mandatory: when("ETHICAL_APPROVAL", "YES"),
  },
  ETHICS_NOT_NEEDED: {
    standard: "ETHICAL_APPROVAL",
    text: "Why no approval is needed.",
    ...SENTENCE,
    mandatory: when("ETHICAL_APPROVAL", "NO"),
  },
  CONFIDENTIALITY_BASIS: {
    standard: "DUTY_OF_CONFIDENTIALITY",
    text: "How the common-law duty of confidentiality is met.",
    kind: "CHOICE",
    choices: ["CONSENT", "SECTION_251", "STATUTE", "NOT_CONFIDENTIAL"],
    mandatory: ALWAYS,
  },
  SECTION_251_REFERENCE: {
    standard: "DUTY_OF_CONFIDENTIALITY",
    text: "Reference of the support under section 251.",
    ...REFERENCE,
    mandatory: when("CONFIDENTIALITY_BASIS", "SECTION_251"),
  },
  SECTION_251_ENDS_ON: {
    standard: "DUTY_OF_CONFIDENTIALITY",
    text: "The last day of that support.",
    kind: "DATE",
    mandatory: when("CONFIDENTIALITY_BASIS", "SECTION_251"),
  },
  STATUTE: {
    standard: "DUTY_OF_CONFIDENTIALITY",
    text: "Which statute sets the duty aside.",
    ...REFERENCE,
    mandatory: when("CONFIDENTIALITY_BASIS", "STATUTE"),
  },
  CONSENT: { standard: "CONSENT", text: "Do people consent to this processing?", kind: "YES_NO", mandatory: ALWAYS },
  CONSENT_MATERIALS: {
    standard: "CONSENT",
    text: "Which materials they were given, in which versions, and that these cover the processing.",
    ...SENTENCE,
    mandatory: when("CONSENT", "YES"),
  },
  CONSENT_WITHDRAWAL: {
    standard: "CONSENT",
    text: "How somebody takes consent back, and what becomes of the data.",
    ...SENTENCE,
    mandatory: when("CONSENT", "YES"),
  },
  SUB_LICENSING: {
    standard: "SUB_LICENSING",
    text: "Is the right to use the data passed on?",
    kind: "YES_NO",
    mandatory: ALWAYS,
  },
  SUB_LICENCE_TEMPLATE: {
    standard: "SUB_LICENSING",
    text: "The template of the sub-licence.",
    ...REFERENCE,
    mandatory: when("SUB_LICENSING", "YES"),
  },
  SUB_LICENCE_GROUP: {
    standard: "SUB_LICENSING",
    text: "The group that approves sub-licences.",
    ...REFERENCE,
    mandatory: when("SUB_LICENSING", "YES"),
  },
  SUB_LICENCE_CRITERIA: {
    standard: "SUB_LICENSING",
    text: "By which criteria it approves.",
    ...SENTENCE,
    mandatory: when("SUB_LICENSING", "YES"),
  },
  SUB_LICENCE_FLOW_DOWN: {
    standard: "SUB_LICENSING",
    text: "How the terms of this agreement bind whoever has a sub-licence.",
    ...SENTENCE,
    mandatory: when("SUB_LICENSING", "YES"),
  },
  PRIVACY_NOTICE: { standard: "TRANSPARENCY", text: "Address of the public privacy notice.", kind: "LINK", mandatory: ALWAYS },
  NOTICE_THROUGHOUT: {
    standard: "TRANSPARENCY",
    text: "The notice stays public as long as data are held.",
    kind: "YES_NO",
    mustBe: "YES",
    mandatory: ALWAYS,
  },
  TERRITORY: {
    standard: "TERRITORY_OF_USE",
    text: "Where the data may be used.",
    kind: "CHOICE",
    choices: ["ENGLAND_AND_WALES", "UNITED_KINGDOM", "EEA", "WORLDWIDE"],
    mandatory: ALWAYS,
  },
  OUTSIDE_EEA: {
    standard: "TERRITORY_OF_USE",
    text: "Which conditions hold for places outside the United Kingdom and the European Economic Area.",
    ...SENTENCE,
    mandatory: { fact: "OUTSIDE_EEA" },
  },
});
export type QuestionKey = keyof typeof QUESTIONS;

/** In the order of the table. */
export const QUESTION_LIST: readonly (readonly [string, Question])[] = Object.entries(QUESTIONS);

/** The answer to a question; null where there is none. */
export const answerTo = ({ answers }: Pick<Terms, "answers">, question: QuestionKey): string | null =>
  answers.find((given) => given.question === question)?.answer || null;
