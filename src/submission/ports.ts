/** What the submission use case needs from outside. Adapters in `persistence` fulfil it; tests run on the real ones. */
import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { LinkDecision } from "../episodes/link-words.ts";
import type { Actor, OrganisationActor } from "../records/actor.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { FieldChange, RecordResult, SubmissionHeader, ValueSource } from "../records/submission-record.ts";
import type { FoundObjection, ObjectionSubject, ObjectionToRecord, Objector } from "./objection-ports.ts";

/** A row as stored, its values in dictionary order of its record type (identity items decrypted). */
export interface StoredRow {
  readonly recordType: RecordTypeName;
  readonly id: string;
  readonly parentId: string | null;
  readonly version: number;
  readonly programmeCode: string;
  readonly values: readonly (Value | null)[];
  /** Rehabilitation only: the date that identifies it for ever. */
  readonly anchorDate: string | null;
  /** When the sending system last changed it, as far as it said so; else when it was received. ISO instant. */
  readonly sourceTime: string;
  /** Last submission that changed the row, and the one that created it. */
  readonly submissionId: string;
  readonly createdSubmissionId: string;
  /** Patients only: the patient it was merged into. */
  readonly mergedInto?: string | null;
}

/** What a patient can be found by. */
export interface PatientKey {
  readonly nhsNumber: string | null;
  readonly hospitalNumber: string | null;
}

/** A sender's own id within its scope (organisation and programme come from the submission). */
export interface SourceIdKey {
  readonly recordType: RecordTypeName;
  readonly product: string;
  readonly sourceRecordId: string;
}

export interface FoundSourceId extends SourceIdKey {
  readonly recordId: string;
}

export interface NewSourceId extends SourceIdKey {
  readonly recordId: string;
}

/** What was said of a patient and of everything below it, under the id of the sender. */
export interface StatementKey {
  readonly product: string;
  readonly sourceRecordId: string;
  /** All that decides about the answer, as text. It holds what identifies a patient: kept as a keyed digest only. */
  readonly text: string;
}

/** The statement at this position was made before, and nothing of the patient was written since. */
export interface KnownStatement {
  readonly position: number;
  /** The records it names, in its order: the patient first. */
  readonly recordIds: readonly string[];
}

export interface StatementToKeep extends StatementKey {
  readonly recordIds: readonly string[];
}

/** A row to be inserted (version 1) or replaced (version n): always the whole merged row. */
export interface RowToWrite {
  readonly recordType: RecordTypeName;
  readonly id: string;
  readonly parentId: string | null;
  readonly version: number;
  readonly programmeCode: string;
  readonly values: readonly (Value | null)[];
  readonly anchorDate: string | null;
  readonly sourceTime: string;
  /** Empty for a new row. */
  readonly changes: readonly FieldChange[];
}

/** A stored row that there is no more from now on, with everything that stands beside it. */
export interface RowToRemove {
  readonly recordType: RecordTypeName;
  readonly id: string;
  /** See `DraftRecord.withdrawalReason`. */
  readonly reason: string | null;
}

/** Whose records are whose: kept beside the rows, none of which is moved by it. */
export interface IdentityLinks {
  readonly merges: readonly { readonly patientId: string; readonly mergedInto: string }[];
  /** Patients that are merged into no other any more. */
  readonly partings: readonly string[];
  /** NHS numbers that were superseded by the ones their patients get. */
  readonly formerNumbers: readonly { readonly patientId: string; readonly nhsNumber: string }[];
}

export interface IdempotencyClaim {
  readonly clientId: string;
  readonly key: string;
  /** Canonical JSON of the whole input without the key. */
  readonly payload: string;
}

/** `FREE`: go on. `IN_FLIGHT`: another request holds it. `SAME`, `OTHER`: used before, by the same payload or another one. */
export type ClaimResult =
  | { readonly state: "FREE" }
  | { readonly state: "IN_FLIGHT" }
  | { readonly state: "SAME"; readonly submission: SubmissionHeader }
  | { readonly state: "OTHER" };

export interface SubmissionToWrite {
  readonly header: SubmissionHeader;
  /** Null for a dry run: it neither reads nor reserves a key. */
  readonly claim: IdempotencyClaim | null;
  /** The input as it came, kept encrypted for replay. */
  readonly envelope: string;
  readonly results: readonly RecordResult[];
}

/**
 * Where the job's input is. `REPLAY`: the failed records of an earlier submission (`header.replayOf`). `PULL`: at a FHIR server that is
 * to be read first, into an upload; the job is in the queue when that is done.
 */
export type JobSource =
  | { readonly kind: "UPLOAD"; readonly uploadId: string; readonly format: FileFormat }
  | { readonly kind: "PULL"; readonly sourceId: string; readonly since: string | null }
  | { readonly kind: "REPLAY" };

export interface JobToAccept {
  readonly header: SubmissionHeader;
  /** Null for a dry run. */
  readonly claim: IdempotencyClaim | null;
  readonly role: Actor["role"];
  readonly programmes: readonly string[];
  readonly source: JobSource;
  readonly profile: string | null;
  readonly bytesTotal: number | null;
  /** Until when the upload it comes from is kept (ISO instant). */
  readonly keepUntil: string | null;
  /** What the receipt is a digest of. */
  readonly receipt: string;
}

export interface WriteSet {
  readonly created: readonly RowToWrite[];
  readonly updated: readonly RowToWrite[];
  /** Parents before children; complete: no row of the organisation is left below one of them. */
  readonly removed: readonly RowToRemove[];
  readonly sourceIds: readonly NewSourceId[];
  /** Absent: none of it changes. */
  readonly identityLinks?: IdentityLinks | undefined;
  /** Stored patients of whom a row is written: what was said of them is known no more. */
  readonly touched: readonly string[];
  /** What is known from now on. */
  readonly statements: readonly StatementToKeep[];
  /** Patients of whom a record says that they object. Absent: none. */
  readonly objections?: readonly ObjectionToRecord[];
  /** Patients written who are known to object. Absent: none. */
  readonly objectors?: readonly Objector[];
  readonly submission: SubmissionToWrite;
}

/** One transaction of one organisation. Reads lock what they return until it ends (patients, in a fixed order). */
export interface UnitOfWork {
  /** Also takes the key's lock for the rest of the transaction. */
  claimIdempotencyKey(claim: IdempotencyClaim): Promise<ClaimResult>;
  /** Patients that have any of the keys or ids, and all that are merged with one of them: each once, locked for update. */
  findPatients(keys: readonly PatientKey[], ids: readonly string[]): Promise<readonly StoredRow[]>;
  findSourceIds(keys: readonly SourceIdKey[], programmeCode: string): Promise<readonly FoundSourceId[]>;
  /** Those of the statements that were made before, word for word, of patients of whom nothing was written since. */
  findKnown(statements: readonly StatementKey[], programmeCode: string): Promise<readonly KnownStatement[]>;
  /** Objections that stand in the own organisation, of those among the subjects that have one. */
  findObjections(subjects: readonly ObjectionSubject[]): Promise<readonly FoundObjection[]>;
  /** All rows of a type below the given parents. */
  readChildren(recordType: RecordTypeName, parentIds: readonly string[]): Promise<readonly StoredRow[]>;
  /** Of the given initiating events those with a rehabilitation of a programme that the actor may not act for, and so is not read. */
  findEventsOfOthers(eventIds: readonly string[]): Promise<readonly string[]>;
  /** For each record, which submission last wrote each of the fields: record id to field to source. */
  readValueSources(
    rows: readonly StoredRow[],
    fields: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, ValueSource>>>;
  /** What people decided about pairs of the given events, all of the own organisation. */
  readLinkDecisions(eventIds: readonly string[]): Promise<readonly LinkDecision[]>;
  /** Stores the whole set. @returns the header as stored: with the receipt, which only the keeper of the keys can make */
  write(set: WriteSet): Promise<SubmissionHeader>;
  /** Stores a submission that a job will work on, and puts the job into the queue. @returns the header as stored */
  accept(job: JobToAccept): Promise<SubmissionHeader>;
}

export interface SubmissionStore {
  /**
   * Runs `work` in one transaction under the actor's row-level security and commits when it returns.
   * `alone`: no other submission of the organisation runs beside it; whoever changes whose records are whose must not meet one that
   * writes them meanwhile. A lost race (unique violation, serialisation, deadlock) runs it again, at most twice; `work` must build its state anew each time.
   * @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED
   */
  transaction<T>(actor: OrganisationActor, work: (unit: UnitOfWork) => Promise<T>, alone?: boolean): Promise<T>;
}

/** Time and identity come from outside, so that a submission can be replayed in a test. */
export interface Clock {
  /** ISO instant. */
  now(): string;
  /** Today's calendar date in the United Kingdom (Europe/London), `YYYY-MM-DD`. */
  today(): string;
}
export type NewId = () => string;
