/** When a registration holds, and who may decide about it. Pure: the time is handed in. */
import { type Actor, ROLES } from "../records/actor.ts";
import { type Identity, isOfPerson, type Registration } from "./registration.ts";

/** What is reviewed how often. assurance.md 2.2; dataset.md, Decision 32. */
export const REVIEW = {
  /** Days after which the Guardian is to say again that a registration is right, and how many more until it does not hold. */
  attestDays: 92,
  graceDays: 14,
  /** Days without use after which a person's registration does not hold. */
  unusedDays: 90,
  /** Days ahead that an end may lie, and that it lies where nobody names one. */
  longestDays: 731,
  usualDays: 365,
  /** Minutes for which a broken glass lets an administrator read, hours for which a second one may confirm it. */
  breakGlassMinutes: 60,
  breakGlassOpenHours: 24,
} as const;

const DAY_MS = 86_400_000;

/**
 * What became of a registration, and of an active one whether it holds now. `ATTESTATION_DUE` still holds. What does not hold any more
 * for want of review or use holds again when it is attested.
 */
export const REGISTRATION_STANDINGS = [
  "REQUESTED",
  "DECLINED",
  "ENDED",
  "NOT_YET",
  "IN_FORCE",
  "ATTESTATION_DUE",
  "UNATTESTED",
  "UNUSED",
  "EXPIRED",
] as const;
export type RegistrationStanding = (typeof REGISTRATION_STANDINGS)[number];

export interface Moment {
  /** ISO text in UTC. */
  readonly now: string;
  /** The date in the United Kingdom. */
  readonly today: string;
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

const latest = (...instants: readonly (string | null)[]): string =>
  instants.filter((instant) => instant !== null).reduce((last, instant) => (instant > last ? instant : last), "");

/** Systems sign in by themselves: neither use nor review ends what they may do, but review is due. */
export function standingOf(registration: Registration, { now, today }: Moment): RegistrationStanding {
  const { state, startsOn, endsOn, effectiveAt, decidedAt, attestedAt, lastUsedAt } = registration;
  if (isVoid(registration, now)) return "EXPIRED";
  if (state !== "ACTIVE") return state;
  if (endsOn !== null && endsOn < today) return "EXPIRED";
  if ((startsOn !== null && startsOn > today) || (effectiveAt !== null && effectiveAt > now)) return "NOT_YET";
  if (registration.kind === "BREAK_GLASS") return isWithinTheHour(effectiveAt, now) ? "IN_FORCE" : "EXPIRED";
  const sinceReview = daysBetween(latest(decidedAt, effectiveAt, attestedAt), now);
  const sinceUse = daysBetween(latest(decidedAt, effectiveAt, attestedAt, lastUsedAt), now);
  if (isOfPerson(registration) && sinceReview > REVIEW.attestDays + REVIEW.graceDays) return "UNATTESTED";
  if (isOfPerson(registration) && sinceUse > REVIEW.unusedDays) return "UNUSED";
  return sinceReview > REVIEW.attestDays ? "ATTESTATION_DUE" : "IN_FORCE";
}

/** A request to break a glass that nobody confirmed in time. */
export const isVoid = (
  { kind, state, requestedAt }: Pick<Registration, "kind" | "state" | "requestedAt">,
  now: string,
): boolean =>
  kind === "BREAK_GLASS" &&
  state === "REQUESTED" &&
  Date.parse(now) - Date.parse(requestedAt) > REVIEW.breakGlassOpenHours * 3_600_000;

const isWithinTheHour = (from: string | null, now: string): boolean =>
  from !== null && Date.parse(now) - Date.parse(from) < REVIEW.breakGlassMinutes * 60_000;

export function isInForceNow(registration: Registration, moment: Moment): boolean {
  const standing = standingOf(registration, moment);
  return standing === "IN_FORCE" || standing === "ATTESTATION_DUE";
}

/** Who decides, as a person: `identity` is null for a demo identity, which no issuer vouches for. */
export interface Decider {
  readonly actor: Actor;
  readonly identity: Identity | null;
}

const isSame = (one: Identity | null, other: Identity | null): boolean =>
  one !== null && other !== null && one.issuer === other.issuer && one.subject === other.subject;

/** Whether it is of, or was asked for by, the decider. */
export const isOwn = ({ identity, requestedBy }: Registration, decider: Decider): boolean =>
  requestedBy === decider.actor.clientId || isSame(identity, decider.identity);

/** Whether it is the decider's own, whoever asked for it. */
export const isOfDecider = ({ identity }: Registration, decider: Decider): boolean => isSame(identity, decider.identity);

/** Two audit administrators decide about it. */
export const isByAdministrators = ({ kind }: Pick<Registration, "kind">): boolean =>
  kind === "GUARDIAN" || kind === "ADMIN" || kind === "ANALYST" || kind === "BREAK_GLASS";

/** What a decider may know of: a Guardian, all of the organisation; an administrator, Guardians and administrators. */
export function maySee(registration: Registration, { actor }: Decider): boolean {
  if (actor.role === "CALDICOTT_GUARDIAN") return registration.odsCode !== null && registration.odsCode === actor.ods;
  return actor.role === "AUDIT_ADMIN" && (isByAdministrators(registration) || registration.role === "CALDICOTT_GUARDIAN");
}

/** Among which registrations a decider's can be: what `maySee` lets through is among them, and the decider's own. */
export interface RegistrationSight {
  /** Of this organisation. */
  readonly odsCode: string | null;
  readonly identity: Identity | null;
  readonly isEverybodys: boolean;
}

export const sightOf = ({ actor, identity }: Decider): RegistrationSight => ({
  odsCode: actor.role === "CALDICOTT_GUARDIAN" ? actor.ods : null,
  identity,
  isEverybodys: actor.role === "AUDIT_ADMIN",
});

/** What a person's registrations make of it: an administrator has no other role; a Guardian is not of the clinical team beside it. */
const PRECEDENCE: readonly string[] = ["AUDIT_ADMIN", "CALDICOTT_GUARDIAN", ...ROLES];

/**
 * @param registrations in force, of one person
 * @returns the strongest for each organisation; of an administrator the one, and after it those where the glass is broken, which are worth
 * nothing without it
 */
export function placesOf(registrations: readonly Registration[]): readonly Registration[] {
  const broken = registrations.filter(({ kind }) => kind === "BREAK_GLASS");
  const ordered = registrations
    .filter(({ kind }) => kind !== "BREAK_GLASS")
    .sort((one, other) => PRECEDENCE.indexOf(one.role) - PRECEDENCE.indexOf(other.role));
  const [first] = ordered;
  if (first?.role === "AUDIT_ADMIN") return [first, ...broken];
  return ordered.filter(({ odsCode }, index) => ordered.findIndex((other) => other.odsCode === odsCode) === index);
}
