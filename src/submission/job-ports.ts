/** Submissions that are accepted first and worked on later: what the use cases need of the store and of the queue. */
import type { Actor, OrganisationActor } from "../records/actor.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import type { IdempotencyClaim, UnitOfWork, WriteSet } from "./ports.ts";

/** Names a job and nothing else: what a queue may hold. */
export interface JobReference {
  readonly ods: string;
  readonly programmeCode: string;
  readonly submissionId: string;
}

/** `CHECKING`: an ALL_OR_NOTHING file is judged as a whole before anything of it is stored. */
export const JOB_PHASES = ["WAITING", "CHECKING", "IMPORTING", "DONE"] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

/** How far a job is. Advanced in the transaction that stores a chunk, so a job that is taken up again goes on exactly there. */
export interface JobProgress {
  readonly phase: JobPhase;
  /** Entries of the source (lines, patients, messages) that are done in this phase. */
  readonly entriesDone: number;
  readonly bytesDone: number;
  /** Null: not known. */
  readonly bytesTotal: number | null;
  /** Index of the next record's result, and number of the next page of the report. */
  readonly nextIndex: number;
  readonly nextPage: number;
  /** ALL_OR_NOTHING: how many records CHECKING refused; null before it has ended. */
  readonly rejectedWhenChecked: number | null;
  /** ISO instant of the first attempt; null while it waits. */
  readonly startedAt: string | null;
  readonly updatedAt: string;
}

/** Where the job's input is. `REPLAY`: the failed records of an earlier submission (`header.replayOf`). */
export type JobSource =
  | { readonly kind: "UPLOAD"; readonly uploadId: string; readonly format: FileFormat }
  | { readonly kind: "REPLAY" };

export interface SubmissionJob {
  readonly header: SubmissionHeader;
  /** As whom it is worked on: who submitted it, with the programmes of then. */
  readonly actor: OrganisationActor;
  readonly source: JobSource;
  readonly profile: string | null;
  /** Counts attempts; a worker whose number is not the latest any more writes nothing. */
  readonly attempt: number;
  readonly progress: JobProgress;
}

export interface JobToAccept {
  readonly header: SubmissionHeader;
  /** Null for a dry run. */
  readonly claim: IdempotencyClaim | null;
  readonly role: Actor["role"];
  readonly programmes: readonly string[];
  readonly source: JobSource;
  readonly profile: string | null;
  readonly bytesTotal: number | null;
  /** What the receipt is a digest of. */
  readonly receipt: string;
}

export interface ChunkToWrite {
  readonly job: SubmissionJob;
  /** The header as it is after this chunk: counts, groups and summary so far; COMPLETED with the last one. */
  readonly header: SubmissionHeader;
  /** Of this chunk, their indexes counted over the whole submission. */
  readonly results: readonly RecordResult[];
  readonly before: JobProgress;
  readonly after: JobProgress;
}

/** Dataset rows of a chunk. */
export type ChunkRows = Omit<WriteSet, "submission">;

/** Another worker has the job, or it was cancelled: this one stops without a word. */
export class JobLost extends Error {}

/** The unit of work of a job's chunk: reads as any other, writes rows and results and advances the job. */
export interface JobUnitOfWork extends Omit<UnitOfWork, "write" | "claimIdempotencyKey"> {
  /** @throws JobLost */
  writeChunk(rows: ChunkRows, chunk: ChunkToWrite): Promise<void>;
}

export interface JobStore {
  /**
   * Claims the key, stores header and job and puts the job into the queue, in one transaction.
   * @throws GatewayError IDEMPOTENCY_KEY_REUSED, CONFLICT, DATABASE_UNAVAILABLE, OVERLOADED
   */
  accept(actor: OrganisationActor, job: JobToAccept): Promise<{ readonly header: SubmissionHeader; readonly replayed: boolean }>;
  /** Takes the job up: counts the attempt, marks the submission PROCESSING. Null where there is nothing (more) to do. */
  begin(reference: JobReference): Promise<SubmissionJob | null>;
  /** One transaction of the job's actor. See `SubmissionStore.transaction`. */
  transaction<T>(job: SubmissionJob, work: (unit: JobUnitOfWork) => Promise<T>): Promise<T>;
  /** Ends it without a further chunk: refused as a whole, or cancelled. @throws JobLost */
  finish(job: SubmissionJob, header: SubmissionHeader, progress: JobProgress): Promise<void>;
  /** After the last attempt: FAILED, with the id under which the fault was logged. Nothing where it has ended meanwhile. */
  fail(reference: JobReference, faultId: string): Promise<void>;
  /** A FAILED submission goes back into the queue, at the place it had reached. False where it is not FAILED. */
  redrive(actor: OrganisationActor, submissionId: string): Promise<boolean>;
  /**
   * What has not run yet does not run: a waiting submission is CANCELLED at once, one in work stops after its chunk.
   * @returns the header after it; null where the actor has no such submission
   */
  cancel(
    actor: OrganisationActor,
    submissionId: string,
  ): Promise<{ readonly header: SubmissionHeader; readonly tooLate: boolean } | null>;
  /** Progress of those among the submissions that are (or were) jobs. */
  progress(actor: OrganisationActor, submissionIds: readonly string[]): Promise<ReadonlyMap<string, JobProgress>>;
}
