/** The words of saved mapping profiles and site codes. */
import type { ColumnProfile } from "../../mappings/files/profile-schema.ts";
import type { SiteCodeTarget } from "../../mappings/support/site-codes.ts";
import type { ProfileFormat } from "../submission/sender-ports.ts";

/** A version of a profile as an organisation has saved it; it never changes. */
export interface SavedProfile {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly vendor: string;
  readonly product: string;
  readonly format: ProfileFormat;
  /** Applied to what this product sends without naming a profile. */
  readonly automatic: boolean;
  /** Name of a shipped sender profile; null: it is a column profile. */
  readonly senderProfile: string | null;
  readonly columns: ColumnProfile | null;
  /** Calendar date from which it counts. */
  readonly effectiveFrom: string;
  /** ISO instant. */
  readonly createdAt: string;
  readonly retiredAt: string | null;
}

/** A profile the gateway ships. */
export interface ShippedProfile {
  readonly name: string;
  readonly version: number;
  readonly format: ProfileFormat;
  readonly description: string;
  /** A column profile that is an example to be edited; null: a sender profile. */
  readonly columns: ColumnProfile | null;
}

export const SITE_CODE_STATES = ["PROPOSED", "APPROVED", "REJECTED", "RETIRED"] as const;
export type SiteCodeState = (typeof SITE_CODE_STATES)[number];

/** What an organisation says of one of its codes. */
export interface SiteCodeStatement {
  readonly vendor: string;
  readonly product: string;
  /** A code system's URI, an HL7 v2 coding system, or the name of a local table (a code map or column of a column profile). */
  readonly system: string;
  readonly code: string;
  readonly target: SiteCodeTarget;
  /** Comes before the gateway's own tables. */
  readonly override: boolean;
  readonly comment: string | null;
  /** Calendar dates; the last day is one of them. */
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
}

export interface SiteCodeEntry extends SiteCodeStatement {
  readonly id: string;
  /** Counts what was said of the same code; named in mapping reports. */
  readonly version: number;
  readonly state: SiteCodeState;
  /** ISO instants. */
  readonly proposedAt: string;
  readonly reviewedAt: string | null;
  readonly retiredAt: string | null;
}
