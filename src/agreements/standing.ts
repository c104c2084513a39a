/** What an agreement is worth at an instant. Worked out at each use: nothing has to run for an agreement to end. */
import { toLondonDate } from "../lib/calendar-date.ts";
import type { Agreement, AgreementVersion } from "./agreement.ts";
import { newestOf } from "./agreement.ts";

export const AGREEMENT_STATUSES = [
  "DRAFT",
  "SUBMITTED",
  "APPROVED",
  "SIGNED",
  "DECLINED",
  "IN_FORCE",
  "EXPIRED",
  "TERMINATED",
  "DESTROYED",
] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

/** `AMENDED`: a later version took its place. */
export const VERSION_STATUSES = [
  "DRAFT",
  "SUBMITTED",
  "APPROVED",
  "SIGNED",
  "DECLINED",
  "IN_FORCE",
  "AMENDED",
  "EXPIRED",
] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

/** A term is made of days in London: from 00:00 of the first to 24:00 of the last one, whatever the clocks do meanwhile. */
export interface Term {
  readonly startsOn: string;
  readonly endsOn: string;
}

/** `at`: an ISO instant. */
export function placeInTerm({ startsOn, endsOn }: Term, at: string): "BEFORE" | "WITHIN" | "AFTER" {
  const today = toLondonDate(new Date(at));
  return today < startsOn ? "BEFORE" : today > endsOn ? "AFTER" : "WITHIN";
}

/** Of a version that all parties signed. */
export interface SignedVersion extends AgreementVersion {
  readonly signedAt: string;
  readonly term: Term;
}

function asSigned(version: AgreementVersion): SignedVersion | null {
  const { state, signedAt, terms } = version;
  if (state !== "SIGNED" || signedAt === null || terms.startsOn === null || terms.endsOn === null) return null;
  return { ...version, signedAt, term: { startsOn: terms.startsOn, endsOn: terms.endsOn } };
}

/** The version that counts: the latest that all had signed by then and whose first day had come. An amendment counts from its last signature. */
export function versionAt({ versions }: Agreement, at: string): SignedVersion | null {
  const counted = versions
    .map(asSigned)
    .filter((signed) => signed !== null)
    .filter(({ signedAt, term }) => signedAt <= at && placeInTerm(term, at) !== "BEFORE");
  return counted.at(-1) ?? null;
}

/** A breach that nobody has decided about stops everything; so does one whose outcome is not that work goes on. */
export const isSuspended = ({ breaches }: Agreement): boolean => breaches.some(({ outcome }) => outcome !== "RESUMED");

export function statusOf(agreement: Agreement, at: string): AgreementStatus {
  if (agreement.destroyedAt !== null) return "DESTROYED";
  if (agreement.terminatedAt !== null) return "TERMINATED";
  const counted = versionAt(agreement, at);
  if (counted !== null) return placeInTerm(counted.term, at) === "WITHIN" ? "IN_FORCE" : "EXPIRED";
  // Signed for a later day, while an amendment of it is under way.
  return agreement.versions.some(({ state }) => state === "SIGNED") ? "SIGNED" : newestOf(agreement).state;
}

export function versionStatusOf(agreement: Agreement, version: AgreementVersion, at: string): VersionStatus {
  const counted = versionAt(agreement, at);
  if (version.state !== "SIGNED" || counted === null || version.number > counted.number) return version.state;
  if (version.number < counted.number) return "AMENDED";
  return placeInTerm(counted.term, at) === "WITHIN" ? "IN_FORCE" : "EXPIRED";
}
