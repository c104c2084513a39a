/** Asking the National Data Opt-out check, whose answer is the list of numbers that may be used (dataset.md 9.3). */
import type { OrganisationActor } from "../records/actor.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";

export const OPT_OUT_STATES = ["SENT", "ANSWERED", "REFUSED", "LAPSED"] as const;
export type OptOutState = (typeof OPT_OUT_STATES)[number];

/** A request as its organisation sees it: how many were asked about, never how many may not be used. */
export interface OptOutRequest {
  readonly id: string;
  readonly reference: string;
  readonly state: OptOutState;
  readonly requestedAt: string;
  readonly settledAt: string | null;
  readonly asked: number;
}

/** Numbers of one organisation to be asked about, in clear: for the exchange, and for nothing else. */
export interface OptOutQuestion {
  readonly id: string;
  readonly reference: string;
  readonly requestedAt: string;
  readonly nhsNumbers: readonly string[];
}

/** What came back. */
export interface OptOutReply {
  /** Null: it names no request of ours. */
  readonly reference: string | null;
  /** As the lines of an answer; null: it is not an answer but an error report, or cannot be read. */
  readonly nhsNumbers: readonly string[] | null;
  /** Destroys it. */
  discard(): Promise<void>;
}

export interface OptOutExchange {
  send(question: OptOutQuestion): Promise<void>;
  receive(): Promise<readonly OptOutReply[]>;
  /** What is left of a question that is settled. */
  withdraw(reference: string): Promise<void>;
}

/** Why an answer counts for nothing. */
export type OptOutRefusal = "UNKNOWN_REQUEST" | "SETTLED" | "LATE" | "NEVER_ASKED" | "UNREADABLE";
export type OptOutSettled = { readonly accepted: true } | { readonly accepted: false; readonly refusal: OptOutRefusal };

export interface OptOutSettlement {
  /** Null: of whichever organisation. */
  readonly ods: string | null;
  readonly which: { readonly reference: string } | { readonly id: string };
  readonly nhsNumbers: readonly string[] | null;
  readonly at: string;
  /** Whoever brings the answer; null: the gateway itself. */
  readonly actor: OrganisationActor | null;
}

export interface OptOutStore {
  /** Organisations whose patients are asked about. */
  organisations(): Promise<readonly string[]>;
  /**
   * Notes, and gives, a question about patients of the organisation without an answer that stands until `until`, and without one asked
   * for already. Null: there is nobody to ask about.
   */
  ask(ods: string, at: string, until: string): Promise<OptOutQuestion | null>;
  /** Keeps the answers, or nothing of them. */
  settle(settlement: OptOutSettlement): Promise<OptOutSettled>;
  /** References of requests that were not answered in time; from now on an answer comes too late. */
  lapse(before: string, at: string): Promise<readonly string[]>;
  forgetExpired(at: string): Promise<void>;
  list(actor: OrganisationActor, page: PageRequest): Promise<Page<OptOutRequest>>;
  find(actor: OrganisationActor, id: string): Promise<OptOutRequest | null>;
}
