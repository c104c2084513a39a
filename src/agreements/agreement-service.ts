/** Agreements as people draft, decide, sign, break and end them. */
import { readProse, readText } from "../access/registration-texts.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { toLondonDate } from "../lib/calendar-date.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { Actor } from "../records/actor.ts";
import { type AuditEntry, agentOf } from "../records/audit-entry.ts";
import { AGREEMENT_ID, type Agreement, type Breach, type BreachOutcome, type FrameworkContract, newestOf } from "./agreement.ts";
import { acknowledge, type BreachReport, type IcoDecision, recordIcoDecision, recordOutcome, reportBreach } from "./breaches.ts";
import { type CertificateSigner, certify, type DestructionStatement } from "./destruction-certificate.ts";
import { judgeTerms, type TermsFinding } from "./judge-terms.ts";
import {
  approve,
  changeTerms,
  type Decider,
  decline,
  draft,
  maySee,
  noSuchAgreement,
  proposeAmendment,
  type SigningOf,
  sendBack,
  sign,
  submit,
  terminate,
} from "./lifecycle.ts";
import type { AgreementStore, Decided, DestroyAgreementKey } from "./ports.ts";
import { readContract, readDay, readLongProse, readTerms } from "./read-agreement.ts";
import type { AgreementVocabulary, TermsContext } from "./terms-rule.ts";

/** An agreement, and what stands against the newest version: where there is anything, it stays what it was. */
export interface JudgedAgreement {
  readonly agreement: Agreement;
  readonly findings: readonly TermsFinding[];
}

/** All throw GatewayError: NOT_FOUND (also for what the actor may not know of), FORBIDDEN, CONFLICT, BAD_USER_INPUT, DATABASE_UNAVAILABLE. */
export interface AgreementService {
  draft(actor: Actor, terms: unknown): Promise<JudgedAgreement>;
  change(actor: Actor, id: string, terms: unknown): Promise<JudgedAgreement>;
  submit(actor: Actor, id: string): Promise<JudgedAgreement>;
  approve(actor: Actor, id: string): Promise<JudgedAgreement>;
  sendBack(actor: Actor, id: string, reason: string): Promise<Agreement>;
  decline(actor: Actor, id: string, reason: string): Promise<Agreement>;
  sign(actor: Actor, id: string, signing: SigningOf): Promise<Agreement>;
  proposeAmendment(actor: Actor, id: string, terms: unknown): Promise<JudgedAgreement>;
  terminate(actor: Actor, id: string, reason: string): Promise<Agreement>;
  reportBreach(actor: Actor, id: string, report: BreachReport): Promise<{ agreement: Agreement; breach: Breach }>;
  acknowledgeBreach(actor: Actor, id: string, breachId: string): Promise<Agreement>;
  recordIcoDecision(actor: Actor, id: string, breachId: string, decision: IcoDecision): Promise<Agreement>;
  recordOutcome(actor: Actor, id: string, breachId: string, outcome: BreachOutcome, reasons: string): Promise<Agreement>;
  certifyDestruction(actor: Actor, id: string, statement: DestructionStatement): Promise<Agreement>;
  find(actor: Actor, id: string): Promise<Agreement>;
  page(actor: Actor, page: PageRequest): Promise<Page<Agreement>>;
  findings(agreement: Agreement): Promise<readonly TermsFinding[]>;
  addContract(actor: Actor, contract: FrameworkContract): Promise<FrameworkContract>;
  contracts(): Promise<readonly FrameworkContract[]>;
  /** Those that were signed, for the public register. */
  signed(): Promise<readonly Agreement[]>;
}

export interface AgreementDependencies {
  readonly store: AgreementStore;
  readonly clock: { now(): string };
  readonly newId: () => string;
  /** Of the form of `AGREEMENT_ID`; as good as never one that was given out. */
  readonly newAgreementId: () => string;
  readonly vocabulary: AgreementVocabulary;
  readonly signer: () => Promise<CertificateSigner>;
  readonly destroyKey: DestroyAgreementKey;
}

type Decide = (agreement: Agreement, decider: Decider) => Agreement;

/** What follows a decision into the audit trail. */
export const agreementEntry = (actor: Actor, type: string, id: string, action: AuditEntry["action"] = "UPDATE"): AuditEntry => ({
  action,
  type,
  outcome: "DONE",
  ods: null,
  agent: agentOf(actor),
  correlationId: actor.correlationId ?? null,
  entity: { kind: "AGREEMENT", id },
  agreementId: id,
});

/** As whom somebody looks for agreements: administrators know of all. */
const readerOf = ({ role, clientId }: Actor): string | null => (role === "AUDIT_ADMIN" ? null : clientId);

function createChanges({ store, clock, newId, vocabulary }: AgreementDependencies) {
  const deciderOf = (actor: Actor): Decider => ({ actor, now: clock.now(), newId });
  const contextOf = async (agreement: Agreement): Promise<TermsContext> => ({
    today: toLondonDate(new Date(clock.now())),
    isAmendment: newestOf(agreement).number > 1,
    contracts: await store.contracts(),
    vocabulary,
  });
  const findings = async (agreement: Agreement): Promise<readonly TermsFinding[]> =>
    judgeTerms(newestOf(agreement).terms, await contextOf(agreement));
  /** Alone with the agreement. */
  const change = async (actor: Actor, id: string, type: string, decide: Decide): Promise<Agreement> => {
    const decided = (agreement: Agreement): Decided => {
      if (!maySee(agreement, actor)) throw noSuchAgreement();
      const changed = decide(agreement, deciderOf(actor));
      return { agreement: changed, entry: changed === agreement ? null : agreementEntry(actor, type, id) };
    };
    const changed = AGREEMENT_ID.test(id) ? await store.change(id, readerOf(actor), decided) : null;
    if (changed === null) throw noSuchAgreement();
    return changed;
  };
  /** Only where nothing stands against the terms; contracts are read before, as nobody takes one back. */
  const changeIfSound = async (actor: Actor, id: string, type: string, decide: Decide): Promise<JudgedAgreement> => {
    const contracts = await store.contracts();
    let found: readonly TermsFinding[] = [];
    const agreement = await change(actor, id, type, (before, decider) => {
      const after = decide(before, decider);
      const context = { today: toLondonDate(new Date(decider.now)), contracts, vocabulary };
      const newest = newestOf(after);
      found = judgeTerms(newest.terms, { ...context, isAmendment: newest.number > 1 });
      return found.length === 0 ? after : before;
    });
    return { agreement, findings: found };
  };
  return { deciderOf, findings, change, changeIfSound };
}

export function createAgreementService(dependencies: AgreementDependencies): AgreementService {
  const { store, clock, newAgreementId, signer, destroyKey } = dependencies;
  const changes = createChanges(dependencies);
  const { deciderOf, findings, change } = changes;
  const judged = async (agreement: Agreement): Promise<JudgedAgreement> => ({ agreement, findings: await findings(agreement) });
  return {
    draft: async (actor, terms) => {
      const drafted = draft(newAgreementId(), readTerms(terms), deciderOf(actor));
      await store.insert(drafted, agreementEntry(actor, "DRAFT_AGREEMENT", drafted.id, "CREATE"));
      return await judged(drafted);
    },
    change: async (actor, id, terms) => {
      const read = readTerms(terms);
      return await judged(await change(actor, id, "CHANGE_AGREEMENT", (found, decider) => changeTerms(found, read, decider)));
    },
    proposeAmendment: async (actor, id, terms) => {
      const read = readTerms(terms);
      return await judged(
        await change(actor, id, "PROPOSE_AMENDMENT", (found, decider) => proposeAmendment(found, read, decider)),
      );
    },
    ...createSteps(changes),
    ...createBreachActs(change),
    certifyDestruction: async (actor, id, statement) => {
      const read = readStatement(statement);
      const key = await signer();
      await change(actor, id, "CERTIFY_AGREEMENT_DESTRUCTION", (found, decider) => certify(found, read, key, decider));
      return await finishDestruction({ store, clock, destroyKey }, id);
    },
    find: async (actor, id) => {
      const found = AGREEMENT_ID.test(id) ? await store.find(id) : null;
      if (found === null || !maySee(found, actor)) throw noSuchAgreement();
      return found;
    },
    page: (actor, page) => store.page(readerOf(actor), page),
    findings,
    addContract: async (actor, contract) => {
      const read = readContract(contract);
      const entry: AuditEntry = {
        ...agreementEntry(actor, "RECORD_FRAMEWORK_CONTRACT", read.id, "CREATE"),
        entity: { kind: "FRAMEWORK_CONTRACT", id: read.id },
      };
      const { agreementId: _, ...ofNone } = entry;
      if (!(await store.addContract(read, ofNone))) throw new GatewayError("CONFLICT", "There is a contract of this id.");
      return read;
    },
    contracts: () => store.contracts(),
    signed: () => store.signed(),
  };
}

type Changes = ReturnType<typeof createChanges>;
type Change = Changes["change"];

/** From the application to its end. */
function createSteps({
  change,
  changeIfSound,
}: Changes): Pick<AgreementService, "submit" | "approve" | "sendBack" | "decline" | "sign" | "terminate"> {
  return {
    submit: (actor, id) => changeIfSound(actor, id, "SUBMIT_AGREEMENT", submit),
    approve: (actor, id) => changeIfSound(actor, id, "APPROVE_AGREEMENT", approve),
    sendBack: (actor, id, reason) => {
      const read = readProse("reason", reason);
      return change(actor, id, "RETURN_AGREEMENT", (found, decider) => sendBack(found, read, decider));
    },
    decline: (actor, id, reason) => {
      const read = readProse("reason", reason);
      return change(actor, id, "DECLINE_AGREEMENT", (found, decider) => decline(found, read, decider));
    },
    sign: (actor, id, signing) => change(actor, id, "SIGN_AGREEMENT", (found, decider) => sign(found, signing, decider)),
    terminate: (actor, id, reason) => {
      const read = readProse("reason", reason);
      return change(actor, id, "TERMINATE_AGREEMENT", (found, decider) => terminate(found, read, decider));
    },
  };
}

function createBreachActs(
  change: Change,
): Pick<AgreementService, "reportBreach" | "acknowledgeBreach" | "recordIcoDecision" | "recordOutcome"> {
  return {
    reportBreach: async (actor, id, { description, discoveredAt }) => {
      const report = { description: readLongProse("description", description), discoveredAt };
      const agreement = await change(actor, id, "REPORT_BREACH", (found, decider) => reportBreach(found, report, decider));
      const breach = agreement.breaches.at(-1);
      if (breach === undefined) throw new Error("A reported breach is not there");
      return { agreement, breach };
    },
    acknowledgeBreach: (actor, id, breachId) =>
      change(actor, id, "ACKNOWLEDGE_BREACH", (found, decider) => acknowledge(found, breachId, decider)),
    recordIcoDecision: (actor, id, breachId, { reasons, reference, ...rest }) => {
      const decision = {
        ...rest,
        reasons: readLongProse("reasons", reasons),
        reference: reference === null ? null : readText("name", reference),
      };
      return change(actor, id, "RECORD_ICO_DECISION", (found, decider) => recordIcoDecision(found, breachId, decision, decider));
    },
    recordOutcome: (actor, id, breachId, outcome, reasons) => {
      const read = readProse("reason", reasons);
      return change(actor, id, "RECORD_BREACH_OUTCOME", (found, decider) =>
        recordOutcome(found, breachId, { outcome, reasons: read }, decider),
      );
    },
  };
}

const readStatement = (statement: DestructionStatement): DestructionStatement => ({
  what: readLongProse("what", statement.what),
  how: readLongProse("how", statement.how),
  destroyedOn: readDay("destroyedOn", statement.destroyedOn),
  destroyedBy: readProse("name", statement.destroyedBy),
  verification: readLongProse("verification", statement.verification),
});

/** After the certificate: its key goes, and that is noted. Who dies in between leaves it to the daily look. */
export async function finishDestruction(
  { store, clock, destroyKey }: Pick<AgreementDependencies, "store" | "clock" | "destroyKey">,
  id: string,
): Promise<Agreement> {
  await destroyKey(id);
  const noted = await store.change(id, null, (agreement) => ({
    agreement: { ...agreement, keyDestroyedAt: agreement.keyDestroyedAt ?? clock.now() },
    entry: {
      action: "DELETE",
      type: "DESTROY_AGREEMENT_KEY",
      outcome: "DONE",
      ods: null,
      agent: { id: "gateway", role: null, ods: null },
      correlationId: null,
      entity: { kind: "AGREEMENT", id },
      agreementId: id,
    },
  }));
  if (noted === null) throw noSuchAgreement();
  return noted;
}
