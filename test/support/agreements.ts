/** Agreements for tests: sound terms, people and steps. All of it is made up. */
import type { Agreement } from "../../src/agreements/agreement.ts";
import { demoTerms } from "../../src/agreements/demo-agreement.ts";
import { approve, type Decider, draft, newestDigest, sign, submit } from "../../src/agreements/lifecycle.ts";
import type { QuestionKey } from "../../src/agreements/standards.ts";
import type { Terms } from "../../src/agreements/terms.ts";
import type { AgreementVocabulary, TermsContext } from "../../src/agreements/terms-rule.ts";
import { judgeProfile } from "../../src/statistics/profiles/read-profile.ts";

const TODAY = "2026-03-02";
export const NOW = "2026-03-02T09:00:00.000Z";
export const AGREEMENT_ID = "DARS-NIC-64572-X0Q4D";
export const ANALYST = { clientId: "analyst-1", role: "ANALYST" } as const;
export const ADMIN = { clientId: "admin-1", role: "AUDIT_ADMIN" } as const;
export const OTHER_ADMIN = { clientId: "admin-2", role: "AUDIT_ADMIN" } as const;

export const VOCABULARY: AgreementVocabulary = {
  measures: ["STARTED", "COMPLETED"],
  dimensions: ["sex", "age", "nation"],
  profiles: ["HES_2018"],
  judgeProfile,
  fields: ["journey.age", "journey.gender"],
  nations: ["ENGLAND", "WALES"],
  eventGroups: ["MI", "ANGINA"],
};

export const CONTEXT: TermsContext = {
  today: TODAY,
  isAmendment: false,
  contracts: [{ id: "DSFC-DEMO-1", organisation: "Demo University", signedOn: "2020-01-01", endsOn: "2099-12-31" }],
  vocabulary: VOCABULARY,
};

/** Nothing stands against them. */
export const soundTerms = (change: Partial<Terms> = {}): Terms => ({
  ...demoTerms(ANALYST.clientId, TODAY, VOCABULARY),
  years: [2024, 2025],
  ...change,
});

export const withAnswer = (terms: Terms, question: QuestionKey | string, answer: string | null): Terms => ({
  ...terms,
  answers: [...terms.answers.filter((given) => given.question !== question), ...(answer === null ? [] : [{ question, answer }])],
});

let count = 0;
/** Ids in the order they were made, as UUIDs are. */
export const testId = (): string => {
  count += 1;
  return `01890000-0000-7000-8000-${String(count).padStart(12, "0")}`;
};
export const by = (actor: Decider["actor"], now = NOW): Decider => ({ actor, now, newId: testId });

/** Drafted, submitted, approved and signed at one instant. */
export function signedAgreement(terms: Terms = soundTerms(), now = NOW, id = AGREEMENT_ID): Agreement {
  const drafted = draft(id, terms, by(ANALYST, now));
  const approved = approve(submit(drafted, by(ANALYST, now)), by(ADMIN, now));
  return terms.parties.reduce(
    (agreement, { code, signatory }) =>
      sign(agreement, { party: code, digest: newestDigest(approved) }, by({ clientId: signatory ?? "", role: "ANALYST" }, now)),
    approved,
  );
}
