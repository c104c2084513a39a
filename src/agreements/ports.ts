/** What agreements need from outside, and what they are to statistics and extracts: the gate. */
import type { Page, PageRequest } from "../lib/page.ts";
import type { Actor } from "../records/actor.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { Agreement, FrameworkContract } from "./agreement.ts";
import type { AgreementUse, Permission, UseRefusal } from "./judge-use.ts";

/** A line of the log of one agreement. */
export interface LoggedUse {
  readonly id: string;
  readonly agreementId: string;
  /** Null: no version counted. */
  readonly version: number | null;
  readonly at: string;
  readonly clientId: string;
  /** As it was stated; of a refused use it need not be a declared one. */
  readonly purpose: string;
  readonly product: string;
  /** `UNANSWERED`: it was permitted, and there is no such figure. */
  readonly outcome: "PERMITTED" | "REFUSED" | "UNANSWERED";
  readonly refusals: readonly UseRefusal[];
  /** The question in canonical JSON, and its SHA-256: the same question has the same one however it was asked. */
  readonly question: string;
  readonly questionDigest: string;
  readonly cutId: string | null;
  readonly cellsReturned: number | null;
}

/** What an entry of the audit trail tells of an agreement. */
export interface TrailLine {
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly outcome: string;
  readonly agent: string;
  readonly role: string | null;
}

/** Somebody whom an agreement does not name asked under it, and was told that there is none. */
export interface ForeignAttempts {
  readonly agent: string;
  readonly role: string | null;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface Decided {
  readonly agreement: Agreement;
  /** One for the act; null: nothing was changed. */
  readonly entry: AuditEntry | null;
}

export interface AgreementStore {
  /** @throws GatewayError DATABASE_UNAVAILABLE, as all here */
  insert(agreement: Agreement, entry: AuditEntry): Promise<void>;
  /**
   * Alone with the agreement, in one transaction with the entry.
   * @param reader whoever has to be one that may know of it; null: anybody
   * @returns null where there is none for the reader. @throws what `decide` throws
   */
  change(
    id: string,
    reader: string | null,
    decide: (agreement: Agreement) => Decided | Promise<Decided>,
  ): Promise<Agreement | null>;
  find(id: string): Promise<Agreement | null>;
  /** Those that a person may know of, all for null; the latest drafted first. */
  page(reader: string | null, page: PageRequest): Promise<Page<Agreement>>;
  /** Those that were signed, whatever became of them. */
  signed(): Promise<readonly Agreement[]>;
  /** With something that the daily look sees to: a breach that is open, an end without its task, a key that is to go. */
  attended(now: string): Promise<readonly string[]>;
  addContract(contract: FrameworkContract, entry: AuditEntry): Promise<boolean>;
  contracts(): Promise<readonly FrameworkContract[]>;
  recordUse(use: LoggedUse, entry: AuditEntry): Promise<void>;
  /** The oldest first; at most so many. */
  uses(agreementId: string, range: UseRange, most: number): Promise<readonly LoggedUse[]>;
  trail(agreementId: string): Promise<readonly TrailLine[]>;
  /** By whoever tried; the first first. */
  attempts(agreementId: string): Promise<readonly ForeignAttempts[]>;
  recordEntry(entry: AuditEntry): Promise<void>;
}

/** Instants: from the one, before the other. */
export interface UseRange {
  readonly from: string | null;
  readonly to: string | null;
}

/** Destroys the key of an agreement's pseudonyms: no extract of it can be made, or made again. Twice does no harm. */
export type DestroyAgreementKey = (agreementId: string) => Promise<void>;

/** An extract in the audit pack: what was asked for, what became of it; of persons counts alone. */
export type AuditedExtract = Readonly<Record<string, string | number | null>>;
/** The latest asked for first. @throws GatewayError DATABASE_UNAVAILABLE */
export type ListExtracts = (agreementId: string) => Promise<readonly AuditedExtract[]>;

/** What somebody asks under an agreement. */
export interface AskedUse extends Omit<AgreementUse, "person" | "at"> {
  readonly actor: Actor;
  readonly agreementId: string;
  /** The whole question as values, for the log. */
  readonly question: unknown;
}

/** What an answer tells the log of itself. */
export interface AnsweredUse<T> {
  readonly result: T;
  readonly cutId: string | null;
  /** Figures that were shown, those withheld left out. */
  readonly cellsReturned: number;
}

export type UseOutcome<T> =
  | { readonly permitted: true; readonly result: T; readonly permission: Permission }
  | { readonly permitted: false; readonly refusals: readonly UseRefusal[] };

/**
 * The one way to do something under an agreement. It is read anew at each use: a breach, an end or a last day stops the next one in every
 * process. Each use is a line of the agreement's log and an entry of the audit trail, before the answer is given.
 */
export interface AgreementGate {
  /**
   * @param answer asked only where the use is permitted; sees what it may see
   * @throws GatewayError NOT_FOUND for an agreement that does not exist or that the actor may not know of; what `answer` throws, which
   * is logged as UNANSWERED
   */
  use<T>(asked: AskedUse, answer: (permission: Permission) => Promise<AnsweredUse<T>>): Promise<UseOutcome<T>>;
}
