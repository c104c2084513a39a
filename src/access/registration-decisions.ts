/** Judgements on registrations: each says what changes and what the audit trail is told, or why it may not be. Pure. */
import { GatewayError } from "../errors/gateway-error.ts";
import { addDays } from "../lib/calendar-date.ts";
import { laterBy } from "../lib/later-by.ts";
import { type AuditEntry, agentOf } from "../records/audit-entry.ts";
import type { Registration } from "./registration.ts";
import { isOfPerson } from "./registration.ts";
import type { DecisionFacts, JudgeChange, RegistrationChange } from "./registration-ports.ts";
import {
  type Decider,
  isByAdministrators,
  isInForceNow,
  isOfDecider,
  isOwn,
  isVoid,
  type Moment,
  maySee,
  REVIEW,
} from "./registration-rules.ts";

const HOUR_MS = 3_600_000;
/** Administrators who must remain: one proposes, another confirms. */
const FEWEST_ADMINISTRATORS = 2;

export const noSuchRegistration = (): GatewayError => new GatewayError("NOT_FOUND", "There is no such registration.");
const forbidden = (message: string): GatewayError => new GatewayError("FORBIDDEN", message);
const conflict = (message: string): GatewayError => new GatewayError("CONFLICT", message);

export function entryOf(
  type: string,
  { actor }: Pick<Decider, "actor">,
  { id, odsCode, kind, role }: Pick<Registration, "id" | "odsCode" | "kind" | "role">,
  action: AuditEntry["action"] = "UPDATE",
): AuditEntry {
  return {
    action,
    type,
    outcome: "DONE",
    ods: odsCode,
    agent: agentOf(actor),
    correlationId: actor.correlationId ?? null,
    entity: { kind: "REGISTRATION", id },
    details: { kind, role },
  };
}

/** @throws GatewayError NOT_FOUND for what the decider may not know of, in the same words as for what is not there */
function requireSight(found: Registration, decider: Decider): void {
  if (!maySee(found, decider)) throw noSuchRegistration();
}

function requireOpen({ state }: Registration): void {
  if (state !== "REQUESTED") throw conflict("The registration has been decided.");
}

export interface Approval {
  readonly endsOn: string | null;
  readonly programmes: readonly string[] | null;
}

/** The Guardian's yes. */
export function approve(decider: Decider, moment: Moment, approval: Approval): JudgeChange {
  return (found, facts) => {
    requireSight(found, decider);
    if (isByAdministrators(found)) throw forbidden("Two audit administrators decide about this one.");
    if (isOwn(found, decider))
      throw forbidden("Nobody decides about an own registration, or about a client that the same person registered.");
    requireOpen(found);
    const programmes = chooseProgrammes(found, approval.programmes, facts);
    const fields = {
      state: "ACTIVE",
      decidedBy: decider.actor.clientId,
      decidedAt: moment.now,
      startsOn: found.startsOn ?? moment.today,
      endsOn: chooseEnd(approval.endsOn ?? found.endsOn, moment, REVIEW.usualDays),
      ...(programmes === null ? {} : { programmes }),
    } as const;
    return { fields, entry: entryOf("APPROVE_REGISTRATION", decider, found) };
  };
}

/** Those that were asked for, or fewer; each must be the organisation's. */
function chooseProgrammes(found: Registration, named: readonly string[] | null, { programmesOf }: DecisionFacts) {
  const own = programmesOf(found.odsCode ?? "");
  const chosen = named ?? found.programmes;
  if (chosen === null) return null;
  const asked = found.programmes ?? own;
  if (!chosen.every((code) => own.includes(code) && asked.includes(code)))
    throw new GatewayError("BAD_USER_INPUT", "A programme is not the organisation's, or was not asked for.", {
      details: { path: "programmes" },
    });
  return chosen;
}

function chooseEnd(endsOn: string | null, { today }: Moment, usualDays: number): string {
  if (endsOn === null) return addDays(today, usualDays);
  if (endsOn < today || endsOn > addDays(today, REVIEW.longestDays))
    throw new GatewayError("BAD_USER_INPUT", "The end must lie between today and two years ahead.", {
      details: { path: "endsOn" },
    });
  return endsOn;
}

/** The Guardian's no; of a proposal, any administrator's. */
export function decline(decider: Decider, { now }: Moment, decisionReason: string): JudgeChange {
  return (found) => {
    requireSight(found, decider);
    const byAdministrator = decider.actor.role === "AUDIT_ADMIN";
    if (isByAdministrators(found) !== byAdministrator) throw forbidden("Whoever approves it declines it.");
    if (!byAdministrator && isOwn(found, decider)) throw forbidden("Nobody decides about an own registration.");
    requireOpen(found);
    const fields = { state: "DECLINED", decidedBy: decider.actor.clientId, decidedAt: now, decisionReason } as const;
    return { fields, entry: entryOf("DECLINE_REGISTRATION", decider, found) };
  };
}

/** A leaver: by the person, or by the Guardian. Two administrators remove a Guardian who does not go; any ends a broken glass. */
export function end(decider: Decider, { now }: Moment, endReason: string): JudgeChange {
  return (found) => {
    const own = isOfDecider(found, decider);
    if (!own) requireSight(found, decider);
    if (!isOfPerson(found)) throw forbidden("A client is revoked, and a delegation ended, by operations of their own.");
    if (found.kind === "ADMIN" || (found.role === "CALDICOTT_GUARDIAN" && !own))
      throw forbidden("Two audit administrators end this one.");
    if (found.state === "ENDED" || found.state === "DECLINED") throw conflict("The registration has ended.");
    return { fields: endFields(found, decider, now, endReason), entry: entryOf("END_REGISTRATION", decider, found) };
  };
}

/** Of one that nobody decided about, the end is the decision. */
function endFields(found: Registration, { actor }: Decider, now: string, endReason: string): RegistrationChange["fields"] {
  const decided = found.decidedAt === null ? { decidedBy: actor.clientId, decidedAt: now } : {};
  return { ...decided, state: "ENDED", endedBy: actor.clientId, endedAt: now, endReason };
}

/** The quarterly word that a registration is right; it holds again where it lapsed for want of review or use. */
export function attest(decider: Decider, { now, today }: Moment): JudgeChange {
  return (found) => {
    requireSight(found, decider);
    if (isOfDecider(found, decider)) throw forbidden("Nobody attests an own registration.");
    if (found.kind === "BREAK_GLASS" && decider.actor.role !== "CALDICOTT_GUARDIAN")
      throw forbidden("That a broken glass was seen is a Guardian's to say.");
    const isOver = found.state !== "ACTIVE" || (found.endsOn !== null && found.endsOn < today);
    // Of a broken glass it says that it was seen, whatever became of it.
    if (isOver && found.kind !== "BREAK_GLASS") throw conflict("The registration has ended, or nobody has decided about it.");
    return {
      fields: { attestedAt: now, attestedBy: decider.actor.clientId },
      entry: entryOf("ATTEST_REGISTRATION", decider, found),
    };
  };
}

export type ConfirmedKind = "GUARDIAN" | "ADMIN" | "ANALYST" | "BREAK_GLASS";

/** The second administrator's yes to a proposal. @param delayHours until it is in force */
export function confirm(decider: Decider, moment: Moment, kind: ConfirmedKind, delayHours: number): JudgeChange {
  return (found) => {
    requireSight(found, decider);
    if (found.kind !== kind) throw noSuchRegistration();
    if (isOwn(found, decider)) throw forbidden("Another audit administrator confirms, who is not the one proposed.");
    requireOpen(found);
    if (isVoid(found, moment.now)) throw conflict("It was asked for more than a day ago: ask anew.");
    const fields = {
      state: "ACTIVE",
      decidedBy: decider.actor.clientId,
      decidedAt: moment.now,
      startsOn: moment.today,
      // An hour may go past midnight.
      endsOn: kind === "BREAK_GLASS" ? addDays(moment.today, 1) : chooseEnd(found.endsOn, moment, REVIEW.longestDays),
      effectiveAt: laterBy(moment.now, delayHours * HOUR_MS),
      // Who saw the request of a broken glass has not seen yet that it was broken.
      attestedAt: null,
      attestedBy: null,
    } as const;
    return { fields, entry: entryOf(`CONFIRM_${kind}`, decider, found) };
  };
}

/** The first administrator's word that a Guardian or an administrator is to go. */
export function proposeRemoval(decider: Decider, { now }: Moment, endReason: string): JudgeChange {
  return (found) => {
    requireSight(found, decider);
    if (found.state !== "ACTIVE") throw conflict("The registration is not active.");
    const fields = { endProposedBy: decider.actor.clientId, endProposedAt: now, endReason };
    return { fields, entry: entryOf("PROPOSE_REMOVAL", decider, found) };
  };
}

/** The second one's. */
export function confirmRemoval(decider: Decider, moment: Moment): JudgeChange {
  return (found, { administrators }) => {
    requireSight(found, decider);
    if (found.state !== "ACTIVE" || found.endProposedBy === null || found.endReason === null)
      throw conflict("Nobody has proposed that this registration ends.");
    if (found.endProposedBy === decider.actor.clientId || isOfDecider(found, decider))
      throw forbidden("Another audit administrator confirms, who is not the one to go.");
    const others = administrators.filter((one) => one.id !== found.id && isInForceNow(one, moment));
    if (found.kind === "ADMIN" && others.length < FEWEST_ADMINISTRATORS)
      throw conflict("Two audit administrators must remain: propose another one first.");
    const fields = endFields(found, decider, moment.now, found.endReason);
    return { fields, entry: entryOf("CONFIRM_REMOVAL", decider, found) };
  };
}
