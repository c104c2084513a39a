/**
 * What would be different under proposed rules: the words of the answer. Everything in it counts; nothing in it is a value that anybody
 * sent. Counts of two pages add up (`SimulationTally`).
 */
import type { RecordTypeName } from "../dataset/define.ts";
import type { SourceSystem } from "../records/submission-record.ts";

/**
 * What becomes different of a record. A warning counts where the record stands under both, so that a refusal is not told twice.
 */
export const RECORD_CHANGES = ["NEWLY_REJECTED", "NO_LONGER_REJECTED", "NEW_WARNING", "GONE_WARNING"] as const;
export type RecordChange = (typeof RECORD_CHANGES)[number];

export interface RecordExample {
  readonly submissionId: string;
  /** As in the submission's own answer. */
  readonly recordIndex: number;
}

/** One cause of differences: records that an issue hits, or hits no more. */
export interface RecordFinding {
  readonly change: RecordChange;
  readonly code: string;
  /** Id of the dictionary's rule; null for what is no rule (a mandatory item, a range, a code). */
  readonly rule: string | null;
  readonly recordType: RecordTypeName;
  readonly field: string | null;
  readonly records: number;
  /** The first few. */
  readonly examples: readonly RecordExample[];
}

/** What was judged of one version of a product. */
export interface SimulatedSource {
  readonly sourceSystem: SourceSystem;
  /** Submissions that were read to their end, and those whose input is kept no more or cannot be read any more. */
  readonly submissions: number;
  readonly notReadable: number;
  /** Records that were judged twice: under the rules in force and under those proposed. */
  readonly records: number;
  /** Nothing can be said of these: both refuse them, for instance where a later submission corrected the patient's number. */
  readonly rejectedByBoth: number;
  readonly newlyRejected: number;
  readonly noLongerRejected: number;
  /** Records with at least one. */
  readonly newWarnings: number;
  readonly goneWarnings: number;
  /** Records that only one of two dataset versions makes of the input. */
  readonly unmatched: number;
  /** The most frequent first. */
  readonly findings: readonly RecordFinding[];
}

/** How two events of one person stand to each other. */
export const PAIR_STATES = ["LINKED", "PROPOSED", "APART"] as const;
export type PairState = (typeof PAIR_STATES)[number];

/** Ids of two initiating events of the organisation. */
export interface PairExample {
  readonly a: string;
  readonly b: string;
}

/** Pairs of events that stand to each other in another way. */
export interface LinkFinding {
  readonly before: PairState;
  readonly after: PairState;
  /** Names of the episode rules that fit the pair; null: none does, or the two come together through a third event. */
  readonly ruleBefore: string | null;
  readonly ruleAfter: string | null;
  /** Systems that sent the two events, each once. Empty where they are of programmes the caller has not. */
  readonly sourceSystems: readonly SourceSystem[];
  readonly pairs: number;
  readonly examples: readonly PairExample[];
}

export interface Simulated {
  readonly sources: readonly SimulatedSource[];
  /** Persons with two or more events, whose episodes were worked out twice. */
  readonly persons: number;
  readonly links: readonly LinkFinding[];
}

/** One page of a simulation. */
export interface RuleSimulation extends Simulated {
  /** Where to go on; null where nothing is left. */
  readonly endCursor: string | null;
}
