/** Somebody asked for a cut: how far it is, and what became of it. */
import type { PublicationReport } from "../cube/publish-cube.ts";

/** `WAITING` for a worker. `FAILED`: workers died over it, or met a fault, in every attempt. */
export const PUBLICATION_STATES = ["WAITING", "RUNNING", "PUBLISHED", "REFUSED", "FAILED"] as const;
export type PublicationState = (typeof PUBLICATION_STATES)[number];

/** What a running one is at. */
export const PUBLICATION_STEPS = ["FREEZING", "COUNTING", "PUBLISHING"] as const;
export type PublicationStep = (typeof PUBLICATION_STEPS)[number];

/**
 * Why there is no cut: less than a month after the one before; no journey may go; or of no audit year the figures withstood the attacker.
 * Nothing is kept of a refused one but its report.
 */
export const CUT_REFUSALS = ["TOO_SOON", "NOTHING_TO_PUBLISH", "AUDIT_MISSED"] as const;
export type CutRefusal = (typeof CUT_REFUSALS)[number];

/** Of an audit year. No figure of it is one of a cell. */
export interface YearReport extends PublicationReport {
  readonly isPublished: boolean;
}

export interface CutPublication {
  readonly id: string;
  /** A client's or person's id; the gateway itself for the demo's. */
  readonly askedBy: string;
  /** ISO instants. */
  readonly askedAt: string;
  readonly finishedAt: string | null;
  readonly state: PublicationState;
  /** Null unless it is running. */
  readonly step: PublicationStep | null;
  readonly refusal: CutRefusal | null;
  /** Null unless it was published. */
  readonly cutId: string | null;
  readonly years: readonly YearReport[];
}
