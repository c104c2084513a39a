/** What the feed of the national side needs from outside: the state of everybody's rows, and where national rows are kept. */
import type { OwnPatient, Withheld } from "../consent/ports.ts";
import type { LinkedRef } from "../episodes/link-words.ts";
import type { Actor } from "../records/actor.ts";
import type { FedPatient, FedRows } from "./fed-rows.ts";
import type { Pseudonym, Quintile } from "./national-values.ts";
import type { NationalJourney } from "./to-national-rows.ts";

/** A person who may go, with the rows that come of it. */
export interface FedPerson {
  readonly members: readonly LinkedRef[];
  readonly journeys: readonly NationalJourney[];
}

/** A step of the daily look at everybody. */
export interface ReviewPage {
  /** In the order of organisation and id; empty: everybody has been looked at today. */
  readonly patients: readonly (LinkedRef & { readonly isFed: boolean })[];
}

/** One transaction of the feed, in which it has the national side to itself. */
export interface FeedUnit {
  /** Takes the oldest lines away; submissions and records are followed to their patients first. @returns who is due, each once */
  takeDue(most: number): Promise<{ readonly taken: number; readonly patients: readonly LinkedRef[] }>;
  /** Those who are one person with any of them now, or were when they were fed; without themselves. */
  companions(of: readonly LinkedRef[]): Promise<readonly LinkedRef[]>;
  /** Those of them that there are. */
  readPatients(of: readonly LinkedRef[]): Promise<readonly FedPatient[]>;
  judge(patients: readonly OwnPatient[], today: string): Promise<Withheld>;
  readRows(of: readonly LinkedRef[]): Promise<FedRows>;
  /** By `keyOf` the patient; who has no postcode that a loaded directory knows is not in it. */
  readQuintiles(of: readonly LinkedRef[]): Promise<ReadonlyMap<string, Quintile>>;
  pseudonymise(text: string): { readonly pseudonym: Pseudonym; readonly keyVersion: number };
  /** All national rows of the patients go, and those of the persons come. */
  replace(patients: readonly LinkedRef[], persons: readonly FedPerson[]): Promise<void>;
  /** The next step of the day's look at everybody. */
  review(today: string, most: number): Promise<ReviewPage>;
  markDue(patients: readonly LinkedRef[]): Promise<void>;
  /** One entry of the audit trail. */
  record(report: FeedReport): Promise<void>;
}

export interface NationalStore {
  /** @returns null where another process feeds at the moment */
  inTurn<T>(work: (unit: FeedUnit) => Promise<T>): Promise<T | null>;
  counts(): Promise<NationalCounts>;
  /** Lines that are due, counted up to 100,000. */
  countDue(): Promise<number>;
  /** Makes everybody of an organisation due, with an entry of the actor's in the audit trail. @returns false: there is no such organisation */
  rebuild(actor: Actor, ods: string): Promise<boolean>;
}

/** Exact: for whoever rounds them. */
export interface NationalCounts {
  readonly journeys: number;
  readonly due: number;
  /** Patients of whom nothing may go. */
  readonly withheld: number;
}

/** What a batch did. */
export interface FeedReport {
  /** Lines taken, or patients looked at in a step of the daily look. */
  readonly taken: number;
  readonly isFull: boolean;
  /** Looked at, with those they are one person with. */
  readonly patients: number;
  readonly withheld: number;
  /** National journeys written. */
  readonly journeys: number;
}
