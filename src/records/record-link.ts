/** Links between events of one patient that a submission makes or ends: the words of the answer. Never of another organisation. */

export const RECORD_LINK_CHANGES = ["ARISES", "VANISHES"] as const;
export const RECORD_LINK_STATES = ["LINKED", "PROPOSED"] as const;

/** An event: of this submission, or stored before it, or both. */
export interface LinkedRecord {
  /** Its answer in this submission; null where it has none. */
  readonly index: number | null;
  /** Null where this submission makes it: an id that lasts comes with the commit only. */
  readonly recordId: string | null;
}

export interface RecordLink {
  readonly change: (typeof RECORD_LINK_CHANGES)[number];
  readonly state: (typeof RECORD_LINK_STATES)[number];
  /** Name of the episode rule (ADR 0021); null where people linked what no rule would. */
  readonly rule: string | null;
  /** How sure the rule is: CERTAIN, PROBABLE, POSSIBLE; null without a rule. */
  readonly confidence: string | null;
  /** The answer's own event; another one where that event only brought it about. */
  readonly record: LinkedRecord;
  readonly otherRecord: LinkedRecord;
}
