/** The agreement that demo mode begins with: made up, signed by the demo's own people, in force for three years from the first start on. */
import { toLondonDate } from "../lib/calendar-date.ts";
import type { Actor } from "../records/actor.ts";
import type { Agreement, FrameworkContract } from "./agreement.ts";
import { lastDayAfter } from "./length-rules.ts";
import { approve, draft, newestDigest, sign, submit } from "./lifecycle.ts";
import { QUESTION_LIST, type Question } from "./standards.ts";
import type { Party, Terms } from "./terms.ts";
import type { AgreementVocabulary } from "./terms-rule.ts";

export const DEMO_AGREEMENT_ID = "DARS-NIC-00001-DEMO0";
const PURPOSE = "SERVICE_EVALUATION";
const PARTY = "DEMO_UNIVERSITY";
const TERM_YEARS = 3;
const FOREVER = "2099-12-31";

export const DEMO_CONTRACT: FrameworkContract = {
  id: "DSFC-DEMO-1",
  organisation: "Demo University",
  signedOn: "2020-01-01",
  endsOn: FOREVER,
};

export interface DemoPeople {
  readonly analyst: Actor;
  readonly admin: Actor;
  readonly vocabulary: AgreementVocabulary;
  /** ISO instant. */
  readonly now: string;
  readonly newId: () => string;
}

export function makeDemoAgreement({ analyst, admin, vocabulary, now, newId }: DemoPeople): Agreement {
  const asAnalyst = { actor: analyst, now, newId };
  const drafted = draft(DEMO_AGREEMENT_ID, demoTerms(analyst.clientId, toLondonDate(new Date(now)), vocabulary), asAnalyst);
  const approved = approve(submit(drafted, asAnalyst), { actor: admin, now, newId });
  return sign(approved, { party: PARTY, digest: newestDigest(approved) }, asAnalyst);
}

/** @param today the first day; terms that nothing stands against. */
export function demoTerms(analyst: string, today: string, vocabulary: AgreementVocabulary): Terms {
  return {
    title: "How cardiac rehabilitation is taken up (demo)",
    startsOn: today,
    endsOn: lastDayAfter(today, TERM_YEARS),
    productClass: "AGGREGATED_SUPPRESSED",
    disclosureProfile: "HES_2018",
    ownProfile: null,
    extractFrequency: "NONE",
    parties: [demoParty(analyst)],
    locations: [
      {
        code: "CAMPUS",
        party: PARTY,
        uses: ["PROCESSING", "STORAGE", "BACKUP"],
        site: "1 Demo Street, York",
        country: "GB-ENG",
      },
    ],
    people: [{ clientId: analyst, name: "Demo Analyst", party: PARTY, employment: "SUBSTANTIVE" }],
    purposes: [{ code: PURPOSE, description: "Evaluation of cardiac rehabilitation services." }],
    measures: [...vocabulary.measures],
    dimensions: [...vocabulary.dimensions],
    fields: [],
    years: Array.from({ length: 20 }, (_, index) => 2015 + index),
    nations: [...vocabulary.nations],
    eventGroups: [...vocabulary.eventGroups],
    answers: QUESTION_LIST.flatMap(([question, definition]) => {
      const answer = CHOSEN[question] ?? defaultAnswer(definition);
      return answer === null ? [] : [{ question, answer }];
    }),
  };
}

const demoParty = (signatory: string): Party => ({
  code: PARTY,
  name: "Demo University",
  role: "CONTROLLER",
  frameworkContract: DEMO_CONTRACT.id,
  security: "DSPT_STANDARDS_MET",
  securityReference: "DSPT 8XX00",
  securityEndsOn: FOREVER,
  securityCoversBackups: true,
  icoRegistration: "Z0000001",
  icoEndsOn: FOREVER,
  article6: "E_PUBLIC_TASK",
  article9: "J_RESEARCH",
  instructions: null,
  signatory,
});

const CHOSEN: Readonly<Record<string, string>> = {
  TERM_STANDARD: "V1_0",
  TERM_KIND: "USUAL",
  OPT_OUTS: "APPLIED",
  ETHICAL_APPROVAL: "NO",
  ETHICS_NOT_NEEDED: "Evaluation of a service with suppressed figures.",
  CONFIDENTIALITY_BASIS: "SECTION_251",
  SECTION_251_REFERENCE: "24/CAG/0000",
  TERRITORY: "UNITED_KINGDOM",
  PRIVACY_NOTICE: "https://example.org/privacy",
};

/** Questions that must always be answered, and the days; the rest is left open, or NO. */
function defaultAnswer({ standard, kind, mandatory, ...rest }: Question): string | null {
  if (kind === "DATE") return FOREVER;
  if (mandatory === null || !("fact" in mandatory) || mandatory.fact !== "ALWAYS") return null;
  if (kind === "YES_NO") return "mustBe" in rest ? (rest.mustBe ?? "NO") : "NO";
  return `Made up for the demonstration: ${standard.toLowerCase().replaceAll("_", " ")}.`;
}
