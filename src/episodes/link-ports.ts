/**
 * What working links out needs, and what it offers to others (ADR 0022, docs/linking.md).
 *
 * Who writes rows or decisions does nothing else: triggers write into `link.due` in the same transaction, and the linker of a worker
 * process works it out after the commit. Who decided about a pair then awaits `Relink`, so that its answer shows what came of it.
 */

import type { EpisodeEvent } from "./judge-events.ts";
import type { PersonKeys } from "./judge-persons.ts";
import type { Confidence, LinkDecision, LinkedPair, LinkedRef } from "./link-words.ts";

/** `PERSON`: of two patients. `EPISODE`: of two initiating events of one person. */
export const PAIR_KINDS = ["PERSON", "EPISODE"] as const;
export type PairKind = (typeof PAIR_KINDS)[number];

/**
 * `LINKED`: in one group, and linked itself. `PROPOSED`: people may link it. `APART`: people rejected or unlinked it, or it cannot be
 * joined because of what people keep apart. `CONFLICT`: two patients whose identities contradict each other.
 */
export const PAIR_STATES = ["LINKED", "PROPOSED", "APART", "CONFLICT"] as const;
export type PairState = (typeof PAIR_STATES)[number];

/** Of records that a decision was about: worked out at once, before anything else that is due. */
export interface DecidedRecords {
  readonly kind: PairKind;
  readonly records: readonly LinkedRef[];
}

/**
 * To be awaited after the transaction that wrote the decision has committed.
 * @returns false where another process had the linker for too long: what was decided is due, and will be worked out within seconds
 * @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED
 */
export type Relink = (decided: DecidedRecords) => Promise<boolean>;

/** A decision with who took it: how many of them make a link is `fold-decisions.ts`. */
export interface TeamDecision extends LinkDecision {
  readonly decidedBy: string;
}

/** One patient of an organisation that its sender merged into another (HL7 v2 A40, A34). Counts as confirmed as long as the row stands. */
export interface PatientMerge {
  readonly ods: string;
  readonly patientId: string;
  readonly mergedInto: string;
  /** ISO instant. */
  readonly mergedAt: string;
}

export type LinkPatient = PersonKeys;

export interface LinkEvent extends EpisodeEvent {
  readonly patientId: string;
}

/** Everything links of these patients are worked out from. */
export interface LinkRows {
  readonly patients: readonly LinkPatient[];
  readonly events: readonly LinkEvent[];
  readonly merges: readonly PatientMerge[];
  /** Of pairs of these patients, and of pairs of these events. */
  readonly decisions: Readonly<Record<PairKind, readonly TeamDecision[]>>;
}

/** A line of `link.pair`, without id and time. */
export interface PairLine extends LinkedPair {
  readonly kind: PairKind;
  readonly state: PairState;
  readonly rule: string | null;
  readonly confidence: Confidence | null;
  readonly madeBy: "RULE" | "PERSON";
  readonly heldBackBy: LinkedPair | null;
}

export interface PersonLine extends LinkedRef {
  readonly personId: string;
}

export interface EpisodeLine extends LinkedRef {
  readonly patientId: string;
  readonly personId: string;
  readonly episodeId: string;
}

/** A record of another organisation that a clinical team may read. */
export interface GrantLine {
  readonly reader: string;
  readonly owner: string;
  readonly recordType: "PATIENT" | "INITIATING_EVENT";
  readonly recordId: string;
  readonly personId: string;
}

/** What `link.*` says, or is to say, of some patients. */
export interface LinkLines {
  readonly persons: readonly PersonLine[];
  readonly episodes: readonly EpisodeLine[];
  readonly pairs: readonly PairLine[];
  readonly grants: readonly GrantLine[];
}

/** Lines that are no more, and lines that are new or changed. */
export interface LinkChanges {
  readonly removed: LinkLines;
  readonly written: LinkLines;
}

export interface DueBatch {
  /** Lines taken from `link.due`. */
  readonly taken: number;
  /** Patients of whom there is something to say, or was; whoever is alone with one event is not among them. */
  readonly patients: readonly LinkedRef[];
}

/** A patient and one that it may be one person with. */
export interface Neighbour {
  readonly of: LinkedRef;
  readonly patient: LinkedRef;
}

/** One transaction of the one linker there is. */
export interface LinkUnit {
  /** The oldest lines first. */
  takeDue(most: number): Promise<DueBatch>;
  /** Puts the oldest line behind all others. */
  putOff(): Promise<void>;
  /** The patients of decided records. */
  patientsOf(decided: DecidedRecords): Promise<readonly LinkedRef[]>;
  /**
   * Everybody who shares a number (now or formerly), name and postcode, a merge, a decision or a stored person with one of them: `most`
   * of each kind for each patient.
   */
  neighbours(patients: readonly LinkedRef[], most: number): Promise<readonly Neighbour[]>;
  /** Of patients that exist. */
  readRows(patients: readonly LinkedRef[]): Promise<LinkRows>;
  /** Every line that names one of these patients or an event of one. */
  readLines(patients: readonly LinkedRef[]): Promise<LinkLines>;
  /** @param at ISO instant: since when a pair is in its state, where that is new */
  write(changes: LinkChanges, at: string): Promise<void>;
}

export interface LinkStore {
  /** @returns null, without having run anything, where another process works links out at the moment */
  inTurn<T>(work: (unit: LinkUnit) => Promise<T>): Promise<T | null>;
  /** Lines in `link.due`, counted up to 100,000. */
  countDue(): Promise<number>;
}

/** What a batch came to: for metrics and the log. */
export interface BatchReport {
  /** Lines taken from `link.due`. */
  readonly taken: number;
  /** There may be more. */
  readonly isFull: boolean;
  /** Patients whose links were worked out. */
  readonly patients: number;
  /** Lines written or removed. */
  readonly changed: number;
  /** Left as they were: patients of whom too many may be one person, and persons with too many events (`LIMITS`). */
  readonly tooLarge: number;
}
