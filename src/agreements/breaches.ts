/** Breaches: reported, chased, acknowledged, decided about; the duty towards the Information Commissioner apart. Pure decisions. */
import { GatewayError } from "../errors/gateway-error.ts";
import { laterBy } from "../lib/later-by.ts";
import type { Agreement, Breach, BreachOutcome } from "./agreement.ts";
import { type Decider, digestOf, endNow, openDestruction, readersOf, withStep } from "./lifecycle.ts";

const HOUR_MS = 3_600_000;
/** UK GDPR, Article 33: a notifiable breach is reported within 72 hours of becoming aware of it. */
const ICO_HOURS = 72;
/** Hours after which a report that nobody acknowledged is chased, and chased again. Ours: the contract asks for a chase, not for a time. */
const CHASE_HOURS = 24;
/** Breaches that may stand without an outcome: one stops everything, and an agreement is read whole at each use. */
const MOST_OPEN = 50;

export const icoDueAt = ({ discoveredAt }: Pick<Breach, "discoveredAt">): string => laterBy(discoveredAt, ICO_HOURS * HOUR_MS);

/** Whether nobody has decided in time, or what was to be reported is not. */
export const isIcoOverdue = (breach: Breach, now: string): boolean =>
  icoDueAt(breach) < now && (breach.icoReportable === null || (breach.icoReportable && breach.icoReportedAt === null));

export interface BreachReport {
  readonly description: string;
  /** ISO instant; null: at this moment. */
  readonly discoveredAt: string | null;
}

const conflict = (message: string, reason: string): GatewayError =>
  new GatewayError("CONFLICT", message, { details: { reason } });

/** Access stops with it: see `isSuspended`. */
export function reportBreach(agreement: Agreement, report: BreachReport, decider: Decider): Agreement {
  const { now, actor, newId } = decider;
  if (!agreement.versions.some(({ state }) => state === "SIGNED"))
    throw conflict("The agreement was never signed: nothing was used under it.", "NEVER_SIGNED");
  if (agreement.breaches.filter(({ outcome }) => outcome === null).length >= MOST_OPEN)
    throw conflict(`${MOST_OPEN} breaches are open, and nothing is answered: tell an audit administrator.`, "TOO_MANY");
  const discoveredAt = report.discoveredAt ?? now;
  if (discoveredAt > now)
    throw new GatewayError("BAD_USER_INPUT", "Nobody finds out tomorrow.", { details: { path: "input.discoveredAt" } });
  const told = { id: newId(), reportedBy: actor?.clientId ?? "", reportedAt: now, discoveredAt, description: report.description };
  const breach: Breach = {
    ...told,
    digest: digestOf({ agreement: agreement.id, ...told }),
    acknowledgedAt: null,
    acknowledgedBy: null,
    lastChasedAt: null,
    timesChased: 0,
    icoReportable: null,
    icoDecidedAt: null,
    icoDecidedBy: null,
    icoReasons: null,
    icoReportedAt: null,
    icoReference: null,
    outcome: null,
    outcomeAt: null,
    outcomeBy: null,
    outcomeReasons: null,
  };
  return withStep({ ...agreement, breaches: [...agreement.breaches, breach] }, decider, "BREACH_REPORTED");
}

function changeBreach(agreement: Agreement, id: string, change: (breach: Breach) => Partial<Breach>): Agreement {
  if (!agreement.breaches.some((breach) => breach.id === id)) throw new GatewayError("NOT_FOUND", "There is no such breach.");
  const breaches = agreement.breaches.map((breach) => (breach.id === id ? { ...breach, ...change(breach) } : breach));
  return { ...agreement, breaches };
}

/** Who decides about breaches; what is reported is answered by somebody else than who reported it. */
function administratorOf({ actor }: Decider): string {
  if (actor?.role !== "AUDIT_ADMIN") throw new GatewayError("FORBIDDEN", "An audit administrator does this.");
  return actor.clientId;
}

/** Again: nothing changes. */
export function acknowledge(agreement: Agreement, id: string, decider: Decider): Agreement {
  const by = administratorOf(decider);
  const known = agreement.breaches.some((breach) => breach.id === id && breach.acknowledgedAt !== null);
  if (known) return agreement;
  const done = changeBreach(agreement, id, () => ({ acknowledgedAt: decider.now, acknowledgedBy: by }));
  return withStep(done, decider, "BREACH_ACKNOWLEDGED");
}

export interface IcoDecision {
  readonly reportable: boolean;
  readonly reasons: string;
  /** When it was reported; null: it is not, or not yet. */
  readonly reportedAt: string | null;
  readonly reference: string | null;
}

/** May be recorded again until it is reported. */
export function recordIcoDecision(agreement: Agreement, id: string, decision: IcoDecision, decider: Decider): Agreement {
  const by = administratorOf(decider);
  const { reportable, reasons, reportedAt, reference } = decision;
  if (!reportable && (reportedAt !== null || reference !== null))
    throw new GatewayError("BAD_USER_INPUT", "What is not reportable was not reported.", {
      details: { path: "input.reportedAt" },
    });
  if (reportedAt !== null && reportedAt > decider.now)
    throw new GatewayError("BAD_USER_INPUT", "Nobody reported it tomorrow.", { details: { path: "input.reportedAt" } });
  const done = changeBreach(agreement, id, ({ icoReportedAt }) => {
    if (icoReportedAt !== null) throw conflict("It was reported to the Commissioner.", "REPORTED");
    return {
      icoReportable: reportable,
      icoReasons: reasons,
      icoDecidedAt: decider.now,
      icoDecidedBy: by,
      icoReportedAt: reportedAt,
      icoReference: reference,
    };
  });
  return withStep(done, decider, "ICO_DECISION_RECORDED");
}

/** What follows of it: work goes on, the agreement ends, or what was handed out is destroyed as well. */
export function recordOutcome(
  agreement: Agreement,
  id: string,
  { outcome, reasons }: { readonly outcome: BreachOutcome; readonly reasons: string },
  decider: Decider,
): Agreement {
  const by = administratorOf(decider);
  if (outcome === "RESUMED" && readersOf(agreement).includes(by))
    throw new GatewayError("FORBIDDEN", "Nobody lets work go on under an own agreement: another audit administrator does.");
  const closed = changeBreach(agreement, id, (breach) => {
    if (breach.acknowledgedAt === null) throw conflict("Acknowledge it first.", "UNACKNOWLEDGED");
    if (breach.outcome !== null) throw conflict("The outcome has been recorded.", "CLOSED");
    if (outcome === "RESUMED" && breach.reportedBy === by)
      throw new GatewayError("FORBIDDEN", "Whoever reported it does not let work go on: another audit administrator does.");
    return { outcome, outcomeAt: decider.now, outcomeBy: by, outcomeReasons: reasons };
  });
  const told = withStep(closed, decider, "BREACH_CLOSED", { reason: reasons });
  if (outcome === "RESUMED") return told;
  // One that had ended before is destroyed all the same.
  if (told.terminatedAt !== null || told.destroyedAt !== null) return openDestruction(told, "BREACH", decider);
  return endNow(told, outcome === "TERMINATED" ? "TERMINATED" : "BREACH", reasons, decider);
}

/** Reports that nobody acknowledged in time. @returns the agreement itself where there is none */
export function chaseBreaches(agreement: Agreement, decider: Decider): Agreement {
  const { now } = decider;
  const isDue = ({ acknowledgedAt, lastChasedAt, reportedAt }: Breach): boolean =>
    acknowledgedAt === null && laterBy(lastChasedAt ?? reportedAt, CHASE_HOURS * HOUR_MS) <= now;
  return agreement.breaches.filter(isDue).reduce((chased, { id, timesChased }) => {
    const told = changeBreach(chased, id, () => ({ lastChasedAt: now, timesChased: timesChased + 1 }));
    return withStep(told, decider, "BREACH_CHASED");
  }, agreement);
}
