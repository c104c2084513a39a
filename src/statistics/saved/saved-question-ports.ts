/** What saved questions need from outside. */
import type { AuditEntry } from "../../records/audit-entry.ts";
import type { Question } from "../cube/question.ts";

export interface SavedVersion {
  /** From 1. */
  readonly number: number;
  /** In normal form. */
  readonly question: Question;
  readonly savedAt: string;
}

export interface SavedQuestion {
  readonly id: string;
  readonly agreementId: string;
  /** `Actor.clientId`. */
  readonly owner: string;
  /** One of the owner's under the agreement has it. */
  readonly name: string;
  readonly savedAt: string;
  readonly sharedWith: readonly string[];
  /** By their numbers. */
  readonly versions: readonly SavedVersion[];
}

/** Where a question is kept: its owner's under the agreement. */
export interface SavedPlace {
  readonly agreementId: string;
  readonly owner: string;
  readonly name: string;
}

export interface SavingLimits {
  /** Of one owner under one agreement. */
  readonly questions: number;
  /** Of one question. */
  readonly versions: number;
}

/** Each act is one transaction with its entry in the audit trail. @throws GatewayError DATABASE_UNAVAILABLE, as all here */
export interface SavedQuestionStore {
  /**
   * Adds a version; the first makes the question. What is the newest version already is not added again, and has no entry.
   * @param newId of a question that is not there yet
   * @returns which limit would be passed, and nothing is kept
   */
  save(
    place: SavedPlace,
    version: Omit<SavedVersion, "number">,
    limits: SavingLimits,
    newId: string,
    entryOf: (id: string) => AuditEntry,
  ): Promise<SavedQuestion | keyof SavingLimits>;
  /** Null for an id that names nothing. */
  find(id: string): Promise<SavedQuestion | null>;
  /** Own ones and those shared with the person; by name. */
  seenBy(agreementId: string, person: string): Promise<readonly SavedQuestion[]>;
  share(id: string, people: readonly string[], entry: AuditEntry): Promise<void>;
}
