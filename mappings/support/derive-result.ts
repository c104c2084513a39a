/** What deriving NACR records from coded facts gives back. */
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import type { CodedFact } from "./coded-target.ts";
import type { SiteCodeReason } from "./site-codes.ts";

/**
 * Why a fact became no record. `NOT_THE_INDEX_DIAGNOSIS`: another diagnosis of its stay made the event. `ALREADY_AN_EVENT`: the same
 * event stands as an initiating event. `PROBLEM_LIST_ITEM`: what a problem list tells of no time before an event of the input. `PARTIAL_DATE`: a treatment
 * of a month or year in which, or after which, an event was. `REHABILITATION_CONTACT`: see `DerivedEvents.rehabilitationContacts`.
 */
export type DerivationReason =
  | "NO_NACR_OPTION"
  | "NOT_AN_EVENT"
  | "DIED_IN_SPELL"
  | "REVIEW_NEEDED"
  | "CODE_NOT_TRANSLATED"
  | "MALFORMED_CODE"
  | "SUPPORTS_ANOTHER_CODE"
  | "NOT_THE_INDEX_DIAGNOSIS"
  | "ALREADY_AN_EVENT"
  | "PROBLEM_LIST_ITEM"
  | "PARTIAL_DATE"
  | "REHABILITATION_CONTACT";

/** A new procedure of an event. */
export interface DerivedTreatment {
  /** Key of the treatment list. */
  readonly type: string;
  /** ISO calendar date; null where neither the procedure nor its stay has one. */
  readonly date: string | null;
  readonly fact: CodedFact;
}

/** An initiating event with its treatments. */
export interface DerivedEvent {
  /** Key of the event type list. */
  readonly eventType: string;
  /** ISO calendar date; null where no date was to be had: the dictionary then refuses the record. */
  readonly eventDate: string | null;
  /** End of the stay, once it is closed. */
  readonly dischargeDate: string | null;
  /** The diagnosis (or, for USE_TREATMENT, the procedure) that decided. */
  readonly fact: CodedFact;
  /** All diagnoses it rests on; none for USE_TREATMENT. */
  readonly diagnoses: readonly CodedFact[];
  /** By date and type; one of each. */
  readonly treatments: readonly DerivedTreatment[];
}

/** What happened before the initiating event. */
export interface DerivedPreviousEvent {
  /** Key of the previous event list. */
  readonly type: string;
  /** As exactly as it is known: a day, a month, a year. Null for history codes: they say that, not when. */
  readonly date: string | null;
  readonly fact: CodedFact;
}

/** An illness beside the initiating event. */
export interface DerivedComorbidity {
  /** Key of the comorbidity list. */
  readonly type: string;
  readonly fact: CodedFact;
}

/** A fact that shows contact with cardiac rehabilitation (interop 1.7 item 9); a door may build a rehabilitation from it. */
export interface RehabilitationContact {
  readonly date: string | null;
  readonly fact: CodedFact;
}

/** What one meaning of a fact was used for. `recordType` null: it belongs to no record. */
export interface FactReportLine extends MappingReportLine {
  readonly fact: CodedFact;
  /** The NACR option it went to; null where it went nowhere. */
  readonly key: string | null;
  readonly reason: DerivationReason | SiteCodeReason | null;
}

/** All that one patient's coded facts give. Lists are in an order that does not depend on the order of the input. */
export interface DerivedEvents {
  /** By date, undated last. One per type and date. */
  readonly events: readonly DerivedEvent[];
  /** One per type and date. */
  readonly previousEvents: readonly DerivedPreviousEvent[];
  /** One per type. */
  readonly comorbidities: readonly DerivedComorbidity[];
  readonly rehabilitationContacts: readonly RehabilitationContact[];
  /** At least one line for every fact. */
  readonly report: readonly FactReportLine[];
  readonly issues: readonly Issue[];
}
