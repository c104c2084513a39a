/**
 * What may become of an agreement, and by whom: each decision makes a new agreement of the one there is, or throws. Pure: the time, the
 * ids and what stands against the terms are handed in.
 */
import { createHash } from "node:crypto";
import { GatewayError } from "../errors/gateway-error.ts";
import { addDays, toLondonDate } from "../lib/calendar-date.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { Actor } from "../records/actor.ts";
import {
  type Agreement,
  type AgreementVersion,
  type DestructionReason,
  newestOf,
  type StepName,
  type VersionState,
} from "./agreement.ts";
import { placeInTerm, statusOf } from "./standing.ts";
import type { Terms } from "./terms.ts";

/** Who decides, and when. `actor` null: the gateway itself. */
export interface Decider {
  readonly actor: Pick<Actor, "clientId" | "role"> | null;
  /** ISO instant. */
  readonly now: string;
  readonly newId: () => string;
}

/** Days within which what was handed out is to be destroyed, and that certified. Ours: the term of the contract where it has one. */
const DESTRUCTION_DAYS = 30;

const conflict = (message: string, reason: string): GatewayError =>
  new GatewayError("CONFLICT", message, { details: { reason } });
const forbidden = (message: string): GatewayError => new GatewayError("FORBIDDEN", message);
/** The same for what is not there and for what the actor may not know of. */
export const noSuchAgreement = (): GatewayError => new GatewayError("NOT_FOUND", "There is no such agreement.");

/** SHA-256 of a value as canonical JSON, hexadecimal. */
export const digestOf = (value: unknown): string => createHash("sha256").update(canonicalJson(value), "utf8").digest("hex");

/** What is signed. */
export const newestDigest = (agreement: Agreement): string => newestOf(agreement).digest;

/** Everybody a version names: those who may use what it permits, and those who sign. */
const namedIn = ({ terms }: Pick<AgreementVersion, "terms">): readonly string[] => [
  ...terms.people.map(({ clientId }) => clientId),
  ...terms.parties.flatMap(({ signatory }) => (signatory === null ? [] : [signatory])),
];

/** Everybody who may know of an agreement beside the administrators: who drafted a version, or is named in one. */
export const readersOf = ({ draftedBy, versions }: Agreement): readonly string[] => [
  ...new Set([draftedBy, ...versions.flatMap((version) => [version.draftedBy, ...namedIn(version)])]),
];

/**
 * Whether somebody may act for those who have the agreement: who is named in what was signed last, or drafted it, and administrators. Whom an
 * amendment left out still reads what became of the agreement, and reports a breach. Before anything is signed, whoever may see it.
 */
export function mayTakePart(agreement: Agreement, { clientId, role }: Pick<Actor, "clientId" | "role">): boolean {
  const signed = agreement.versions.findLast(({ state }) => state === "SIGNED");
  const named = signed === undefined ? readersOf(agreement) : [signed.draftedBy, ...namedIn(signed)];
  return role === "AUDIT_ADMIN" || named.includes(clientId);
}

/** @throws GatewayError FORBIDDEN */
export function requirePart(agreement: Agreement, actor: Decider["actor"]): void {
  if (actor === null || !mayTakePart(agreement, actor)) throw forbidden("The agreement as it was signed last does not name you.");
}

export const maySee = (agreement: Agreement, { clientId, role }: Pick<Actor, "clientId" | "role">): boolean =>
  role === "AUDIT_ADMIN" || readersOf(agreement).includes(clientId);

export function withStep(
  agreement: Agreement,
  { actor, now, newId }: Decider,
  step: StepName,
  { version = null, reason = null }: { readonly version?: number | null; readonly reason?: string | null } = {},
): Agreement {
  const taken = { id: newId(), at: now, step, version, by: actor?.clientId ?? null, reason };
  return { ...agreement, steps: [...agreement.steps, taken] };
}

const draftVersion = (number: number, terms: Terms, by: string, now: string): AgreementVersion => ({
  number,
  state: "DRAFT",
  terms,
  digest: digestOf(terms),
  draftedBy: by,
  draftedAt: now,
  submittedAt: null,
  approvedBy: null,
  approvedAt: null,
  signedAt: null,
  signatures: [],
});

/** @throws GatewayError FORBIDDEN where the gateway itself would decide */
function personOf({ actor }: Decider): string {
  if (actor === null) throw forbidden("A person decides about this.");
  return actor.clientId;
}

export function draft(id: string, terms: Terms, decider: Decider): Agreement {
  const by = personOf(decider);
  const { now } = decider;
  const drafted: Agreement = {
    id,
    draftedBy: by,
    draftedAt: now,
    terminatedAt: null,
    destroyedAt: null,
    keyDestroyedAt: null,
    versions: [draftVersion(1, terms, by, now)],
    steps: [],
    breaches: [],
    destruction: null,
  };
  return withStep(drafted, decider, "DRAFTED", { version: 1 });
}

/** @throws GatewayError CONFLICT where the newest version is not in this state, or nothing is decided about the agreement any more */
function newestIn(agreement: Agreement, ...states: readonly VersionState[]): AgreementVersion {
  const newest = newestOf(agreement);
  if (agreement.terminatedAt !== null || agreement.destroyedAt !== null) throw conflict("The agreement has ended.", "ENDED");
  if (!states.includes(newest.state)) throw conflict(`Version ${newest.number} is ${newest.state}.`, newest.state);
  return newest;
}

const withNewest = (agreement: Agreement, newest: AgreementVersion): Agreement => ({
  ...agreement,
  versions: [...agreement.versions.slice(0, -1), newest],
});

function requireDrafter({ draftedBy }: AgreementVersion, decider: Decider): void {
  if (draftedBy !== personOf(decider)) throw forbidden("Only who drafted it changes or submits it.");
}

export function changeTerms(agreement: Agreement, terms: Terms, decider: Decider): Agreement {
  const newest = newestIn(agreement, "DRAFT");
  requireDrafter(newest, decider);
  const changed = withNewest(agreement, { ...newest, terms, digest: digestOf(terms) });
  return isChangeTold(agreement, newest, decider) ? changed : withStep(changed, decider, "CHANGED", { version: newest.number });
}

/** One step a day: an agreement is read whole at each use, and whoever drafts may save a thousand times. The audit trail has every change. */
function isChangeTold({ steps }: Agreement, { number }: AgreementVersion, { now }: Decider): boolean {
  const last = steps.at(-1);
  return last?.step === "CHANGED" && last.version === number && last.at.slice(0, 10) === now.slice(0, 10);
}

/**
 * What has expired does not come back, as what was handed out is to be destroyed: an amendment is signed before, and begins no later than the
 * day after the last one.
 */
function requireContinuity(agreement: Agreement, { terms }: AgreementVersion, { now }: Decider): void {
  if (statusOf(agreement, now) === "EXPIRED") throw conflict("The agreement has expired.", "EXPIRED");
  const endsOn = agreement.versions.findLast(({ state }) => state === "SIGNED")?.terms.endsOn ?? null;
  if (endsOn !== null && terms.startsOn !== null && terms.startsOn > addDays(endsOn, 1))
    throw conflict("The amendment begins after the agreement has expired.", "GAP");
}

/** To be asked for only where nothing stands against the terms. */
export function submit(agreement: Agreement, decider: Decider): Agreement {
  const newest = newestIn(agreement, "DRAFT");
  requireDrafter(newest, decider);
  requireContinuity(agreement, newest, decider);
  const submitted = withNewest(agreement, { ...newest, state: "SUBMITTED", submittedAt: decider.now });
  return withStep(submitted, decider, "SUBMITTED", { version: newest.number });
}

/** Nobody decides about what is the own: drafted, to be signed or to be used by the same person. */
function requireOther(agreement: Agreement, newest: AgreementVersion, decider: Decider): void {
  const by = personOf(decider);
  if (decider.actor?.role !== "AUDIT_ADMIN") throw forbidden("An audit administrator decides about it.");
  if ([agreement.draftedBy, newest.draftedBy, ...namedIn(newest)].includes(by))
    throw forbidden("Nobody decides about an own agreement: another audit administrator does.");
}

/** To be asked for only where nothing stands against the terms on this day. */
export function approve(agreement: Agreement, decider: Decider): Agreement {
  const newest = newestIn(agreement, "SUBMITTED");
  requireOther(agreement, newest, decider);
  requireContinuity(agreement, newest, decider);
  const approved = { ...newest, state: "APPROVED", approvedBy: personOf(decider), approvedAt: decider.now } as const;
  return withStep(withNewest(agreement, approved), decider, "APPROVED", { version: newest.number });
}

/** Back to who drafted it, with what is to be otherwise. */
export function sendBack(agreement: Agreement, reason: string, decider: Decider): Agreement {
  const newest = newestIn(agreement, "SUBMITTED");
  requireOther(agreement, newest, decider);
  const back = withNewest(agreement, { ...newest, state: "DRAFT", submittedAt: null });
  return withStep(back, decider, "RETURNED", { version: newest.number, reason });
}

/** Of an amendment: what was signed before goes on. One that is never handed in, too: as long as it is open nobody can propose another. */
export function decline(agreement: Agreement, reason: string, decider: Decider): Agreement {
  const isAmendment = newestOf(agreement).number > 1;
  const newest = newestIn(agreement, "SUBMITTED", "APPROVED", ...(isAmendment ? (["DRAFT"] as const) : []));
  requireOther(agreement, newest, decider);
  const declined = withNewest(agreement, { ...newest, state: "DECLINED" });
  return withStep(declined, decider, "DECLINED", { version: newest.number, reason });
}

export interface SigningOf {
  /** Code of the party that is signed for. */
  readonly party: string;
  /** Of the terms as the signatory read them. */
  readonly digest: string;
}

export function sign(agreement: Agreement, { party, digest }: SigningOf, decider: Decider): Agreement {
  const newest = newestIn(agreement, "APPROVED");
  const by = personOf(decider);
  const found = newest.terms.parties.find(({ code }) => code === party);
  if (found === undefined) throw new GatewayError("BAD_USER_INPUT", "There is no such party.", { details: { path: "party" } });
  if (found.signatory !== by) throw forbidden("Only who is named as its signatory signs for a party.");
  if (digest !== newest.digest) throw conflict("The terms are not those that were read: read them again.", "OTHER_TERMS");
  if (newest.signatures.some((signature) => signature.party === party)) throw conflict("The party has signed.", "SIGNED");
  requireContinuity(agreement, newest, decider);
  const { startsOn, endsOn } = newest.terms;
  if (startsOn !== null && endsOn !== null && placeInTerm({ startsOn, endsOn }, decider.now) === "AFTER")
    throw conflict("The last day of the term is over.", "EXPIRED");
  const signatures = [...newest.signatures, { party, signedBy: by, signedAt: decider.now, digest }];
  const signed = withStep(withNewest(agreement, { ...newest, signatures }), decider, "SIGNED_BY_PARTY", {
    version: newest.number,
  });
  if (signatures.length < newest.terms.parties.length) return signed;
  const complete = withNewest(signed, { ...newest, signatures, state: "SIGNED", signedAt: decider.now });
  return withStep(complete, decider, "SIGNED_BY_ALL", { version: newest.number });
}

/** A new version, which changes nothing before it is approved and signed: places and organisations come into it no other way. */
export function proposeAmendment(agreement: Agreement, terms: Terms, decider: Decider): Agreement {
  const newest = newestIn(agreement, "SIGNED", "DECLINED");
  if (!agreement.versions.some(({ state }) => state === "SIGNED"))
    throw conflict("What was never signed is not amended: draft another agreement.", "NEVER_SIGNED");
  requirePart(agreement, decider.actor);
  if (statusOf(agreement, decider.now) === "EXPIRED") throw conflict("The agreement has expired.", "EXPIRED");
  const number = newest.number + 1;
  const versions = [...agreement.versions, draftVersion(number, terms, personOf(decider), decider.now)];
  return withStep({ ...agreement, versions }, decider, "AMENDMENT_PROPOSED", { version: number });
}

export function terminate(agreement: Agreement, reason: string, decider: Decider): Agreement {
  if (decider.actor?.role !== "AUDIT_ADMIN") throw forbidden("An audit administrator terminates it.");
  if (!agreement.versions.some(({ state }) => state === "SIGNED"))
    throw conflict("What was never signed is declined, not terminated.", "NEVER_SIGNED");
  return endNow(agreement, "TERMINATED", reason, decider);
}

/** @throws GatewayError CONFLICT where it has ended so before */
export function endNow(agreement: Agreement, why: DestructionReason, reason: string, decider: Decider): Agreement {
  if (agreement.terminatedAt !== null || agreement.destroyedAt !== null) throw conflict("The agreement has ended.", "ENDED");
  const ended = withStep({ ...agreement, terminatedAt: decider.now }, decider, "TERMINATED", { reason });
  return openDestruction(ended, why, decider);
}

/** What was handed out is to be destroyed. One task is enough, whatever opened it. */
export function openDestruction(agreement: Agreement, reason: DestructionReason, decider: Decider): Agreement {
  if (agreement.destruction !== null) return agreement;
  const { now, newId } = decider;
  const dueOn = addDays(toLondonDate(new Date(now)), DESTRUCTION_DAYS);
  const task = {
    id: newId(),
    reason,
    openedAt: now,
    dueOn,
    certifiedAt: null,
    certifiedBy: null,
    document: null,
    signature: null,
  };
  return withStep({ ...agreement, destruction: task }, decider, "DESTRUCTION_DUE");
}
