/** How the mapping of each sending system's input goes over time. */
import type { OrganisationActor } from "../records/actor.ts";
import type { MappingSummaryLine, SourceSystem } from "../records/submission-record.ts";

export const TREND_PERIODS = ["DAY", "WEEK"] as const;
export type TrendPeriod = (typeof TREND_PERIODS)[number];

export interface MappingTrendFilter {
  /** ISO calendar days (United Kingdom) on which submissions were completed; both included. */
  readonly from: string;
  readonly to: string;
  readonly by: TrendPeriod;
  readonly programmeCode: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
}

/** One system in one period. */
export interface MappingTrendPoint {
  /** The day, or the Monday of the week. */
  readonly period: string;
  readonly sourceSystem: SourceSystem;
  readonly mapped: number;
  readonly defaulted: number;
  readonly dropped: number;
  readonly unmapped: number;
  /** What was dropped or not mapped, the most frequent first; cut at the published limit. */
  readonly losses: readonly MappingSummaryLine[];
}

/** Latest period first; cut at the published limit. Replays and dry runs are not counted: nothing new was sent. */
export type ReadMappingTrend = (actor: OrganisationActor, filter: MappingTrendFilter) => Promise<readonly MappingTrendPoint[]>;
