/** What publishing, withdrawing and verifying cuts need from outside. */
import type { OwnPatient } from "../../consent/ports.ts";
import type { Page, PageRequest } from "../../lib/page.ts";
import type { AuditEntry } from "../../records/audit-entry.ts";
import type { CutJourney } from "../cut-journey.ts";
import type { Cut } from "./cut.ts";
import type { WithheldCounts } from "./cut-manifest.ts";
import type { FrozenPage } from "./frozen-page.ts";
import type { MadeYear } from "./make-year.ts";
import type { CutPublication, CutRefusal, PublicationStep, YearReport } from "./publication.ts";

/** A publication that this process works on, as long as its lease is renewed. */
export interface HeldPublication {
  readonly id: string;
  readonly leaseId: string;
  readonly askedBy: string;
  /** Of a generated population; null: of the national side. */
  readonly syntheticJourneys: number | null;
}

/** Rows under the name of a cut that is not published: nobody sees them but who goes on with it. */
export interface FrozenRows {
  readonly cutId: string;
  /** ISO instant. */
  readonly asOf: string;
  readonly withheld: WithheldCounts;
  /** Everybody whose rows are in it, for the gate's last word. */
  readonly patients: readonly OwnPatient[];
}

/** The publication of a year that the next is held against. */
export interface PreviousYear {
  readonly cutId: string;
  readonly cutNumber: number;
  readonly ledger: Uint8Array;
}

/** A cut as it is about to be published. */
export interface NewCut {
  readonly frozen: FrozenRows;
  readonly years: readonly (MadeYear & { readonly previousCut: number | null })[];
  /** Called inside the transaction, with what is known no sooner. */
  sign(facts: { readonly number: number; readonly publishedAt: string }): {
    readonly manifest: string;
    readonly signature: string;
  };
}

export type PublishOutcome =
  | { readonly kind: "PUBLISHED"; readonly cutId: string; readonly number: number }
  /** Since the rows were frozen somebody objected, or an answer ran out: they are of no use any more. */
  | { readonly kind: "GATE_CHANGED" };

/** In role `nacr_publisher`. @throws GatewayError DATABASE_UNAVAILABLE, as all here */
export interface PublicationStore {
  /** @returns null where one is waiting or running */
  ask(
    publication: { readonly id: string; readonly askedBy: string; readonly askedAt: string },
    entry: AuditEntry,
  ): Promise<CutPublication | null>;
  find(id: string): Promise<CutPublication | null>;
  /** The latest first. */
  page(page: PageRequest): Promise<Page<CutPublication>>;
  /** ISO instant at which the last cut of people was published, whatever became of it; null: there is none. */
  lastPublishedAt(): Promise<string | null>;
  /** Takes one that waits, or whose worker is silent. One that took too many attempts is failed instead. */
  claim(): Promise<HeldPublication | null>;
  /** @returns false where the lease is another's */
  renew(held: HeldPublication): Promise<boolean>;
  /** Gives it back for another attempt. */
  release(held: HeldPublication): Promise<void>;
  tell(held: HeldPublication, step: PublicationStep, years: readonly YearReport[]): Promise<void>;
  /** One transaction that sees one state of the database, and asks the gate about everybody. */
  freeze(held: HeldPublication): Promise<FrozenRows>;
  freezeGenerated(journeys: Iterable<CutJourney>): Promise<FrozenRows>;
  previousYears(): Promise<ReadonlyMap<number, PreviousYear>>;
  /** All of it in one transaction, or nothing. @throws Error where the lease was lost */
  publish(held: HeldPublication, cut: NewCut): Promise<PublishOutcome>;
  refuse(held: HeldPublication, refusal: CutRefusal, years: readonly YearReport[]): Promise<void>;
  /** @returns null where there is no such cut. Withdrawn before: as it was withdrawn, and no entry is written */
  withdraw(id: string, withdrawal: Withdrawal, entry: AuditEntry): Promise<Cut | null>;
}

/** What a check of a published cut reads, by its number. */
export interface VerificationStore {
  signed(number: number): Promise<SignedCut | null>;
  ledger(cutNumber: number, auditYear: number): Promise<PreviousYear | null>;
}

export interface Withdrawal {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

export interface SignedCut {
  readonly id: string;
  readonly manifest: string;
  readonly signature: string;
  /** SHA-256 of the cubes as they are stored, hex, by audit year. */
  readonly cubes: ReadonlyMap<number, string>;
}

/** Pages of frozen rows, published or not. */
export interface FrozenRowReader {
  auditYears(cutId: string): Promise<readonly number[]>;
  /** Null: of all years. */
  pages(cutId: string, auditYear: number | null): AsyncIterable<FrozenPage>;
}
