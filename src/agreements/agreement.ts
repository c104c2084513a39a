/** An agreement with everything that became of it: what is stored, and what each decision makes a new one of. */
import { z } from "zod";
import { termsSchema } from "./terms.ts";

/** `DARS-NIC-64572-X0Q4D`: five digits, then five capital letters and digits. */
export const AGREEMENT_ID = /^DARS-NIC-\d{5}-[A-Z0-9]{5}$/;

/** As it is stored. What follows from the time and from other versions is worked out (`standing.ts`). */
const VERSION_STATES = ["DRAFT", "SUBMITTED", "APPROVED", "SIGNED", "DECLINED"] as const;
export type VersionState = (typeof VERSION_STATES)[number];

/** What happened to an agreement, for whoever tracks it. */
export const STEPS = [
  "DRAFTED",
  "CHANGED",
  "SUBMITTED",
  "RETURNED",
  "APPROVED",
  "DECLINED",
  "SIGNED_BY_PARTY",
  "SIGNED_BY_ALL",
  "AMENDMENT_PROPOSED",
  "TERMINATED",
  "BREACH_REPORTED",
  "BREACH_CHASED",
  "BREACH_ACKNOWLEDGED",
  "ICO_DECISION_RECORDED",
  "BREACH_CLOSED",
  "DESTRUCTION_DUE",
  "DESTRUCTION_CERTIFIED",
] as const;
export type StepName = (typeof STEPS)[number];

export const BREACH_OUTCOMES = ["RESUMED", "TERMINATED", "DESTRUCTION_ORDERED"] as const;
export type BreachOutcome = (typeof BREACH_OUTCOMES)[number];
export const DESTRUCTION_REASONS = ["EXPIRED", "TERMINATED", "BREACH"] as const;
export type DestructionReason = (typeof DESTRUCTION_REASONS)[number];

/** The database gives instants in its own words. */
const instant = z.string().transform((text) => new Date(text).toISOString());
const count = z.int().nonnegative();

const signature = z.object({ party: z.string(), signedBy: z.string(), signedAt: instant, digest: z.string() });

const version = z.object({
  number: z.int().positive(),
  state: z.enum(VERSION_STATES),
  terms: termsSchema,
  /** SHA-256 of the terms as canonical JSON, hexadecimal: what is approved and signed. */
  digest: z.string(),
  draftedBy: z.string(),
  draftedAt: instant,
  submittedAt: instant.nullable(),
  approvedBy: z.string().nullable(),
  /** The day of issue begins with it: a start lies within twelve months. */
  approvedAt: instant.nullable(),
  /** When the last party had signed. */
  signedAt: instant.nullable(),
  signatures: z.array(signature),
});

const step = z.object({
  id: z.string(),
  at: instant,
  step: z.enum(STEPS),
  version: count.nullable(),
  /** Null: the gateway. */
  by: z.string().nullable(),
  reason: z.string().nullable(),
});

const breach = z.object({
  id: z.string(),
  reportedBy: z.string(),
  reportedAt: instant,
  /** When whoever reports became aware of it: the duty towards the Commissioner counts from here. */
  discoveredAt: instant,
  description: z.string(),
  /** SHA-256 of the report as canonical JSON: with id and time the receipt. */
  digest: z.string(),
  acknowledgedAt: instant.nullable(),
  acknowledgedBy: z.string().nullable(),
  lastChasedAt: instant.nullable(),
  timesChased: count,
  icoReportable: z.boolean().nullable(),
  icoDecidedAt: instant.nullable(),
  icoDecidedBy: z.string().nullable(),
  icoReasons: z.string().nullable(),
  icoReportedAt: instant.nullable(),
  icoReference: z.string().nullable(),
  outcome: z.enum(BREACH_OUTCOMES).nullable(),
  outcomeAt: instant.nullable(),
  outcomeBy: z.string().nullable(),
  outcomeReasons: z.string().nullable(),
});

const destruction = z.object({
  id: z.string(),
  reason: z.enum(DESTRUCTION_REASONS),
  openedAt: instant,
  /** The last day by which it is to be certified. */
  dueOn: z.string(),
  certifiedAt: instant.nullable(),
  certifiedBy: z.string().nullable(),
  document: z.string().nullable(),
  signature: z.string().nullable(),
});

export const agreementSchema = z.object({
  id: z.string(),
  draftedBy: z.string(),
  draftedAt: instant,
  terminatedAt: instant.nullable(),
  destroyedAt: instant.nullable(),
  /** When the key of its pseudonyms was destroyed. */
  keyDestroyedAt: instant.nullable(),
  /** By their numbers, from 1. */
  versions: z.array(version).min(1),
  steps: z.array(step),
  breaches: z.array(breach),
  destruction: destruction.nullable(),
});

/** Instants are ISO texts in UTC, days ISO dates in London, people `Actor.clientId`. */
export type Agreement = z.infer<typeof agreementSchema>;
export type AgreementVersion = z.infer<typeof version>;
export type Breach = z.infer<typeof breach>;

/** The newest version, whatever its state. */
export function newestOf({ versions }: Agreement): AgreementVersion {
  const newest = versions.at(-1);
  if (newest === undefined) throw new Error("An agreement has no version");
  return newest;
}

/** A contract under which an organisation may have agreements. */
export interface FrameworkContract {
  /** `DSFC-12345`. */
  readonly id: string;
  readonly organisation: string;
  readonly signedOn: string;
  readonly endsOn: string;
}
