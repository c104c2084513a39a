/** Submissions that are accepted first and worked on later: what the use cases need of the store and of the queue. */
import type { OrganisationActor } from "../records/actor.ts";
import type { RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import type { JobSource, JobToAccept, UnitOfWork, WriteSet } from "./ports.ts";
import type { SurveyUnit } from "./survey-ports.ts";

export type { JobSource, JobToAccept } from "./ports.ts";

/** Names a job and nothing else: what a queue may hold. */
export interface JobReference {
  readonly ods: string;
  readonly programmeCode: string;
  readonly submissionId: string;
}

/** Runs a statement inside the caller's transaction. */
export type RunSql = (
  text: string,
  values: readonly unknown[],
) => Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;

/** Puts a job into the queue, as part of the caller's transaction: gone where that aborts. */
export type EnqueueJob = (run: RunSql, job: JobReference) => Promise<void>;

/**
 * `FETCHING`: what is to be worked on is being read from a FHIR server. `CHECKING`: an ALL_OR_NOTHING file is judged as a whole before
 * anything of it is stored.
 */
export const JOB_PHASES = ["FETCHING", "WAITING", "CHECKING", "IMPORTING", "DONE"] as const;
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

export interface ChunkToWrite {
  readonly job: SubmissionJob;
  /** The header as it is after this chunk: counts, groups and summary so far; COMPLETED with the last one. */
  readonly header: SubmissionHeader;
  /** Of this chunk, their indexes counted over the whole submission. */
  readonly results: readonly RecordResult[];
  readonly before: JobProgress;
  /** `nextPage` is for the store to say. */
  readonly after: Omit<JobProgress, "nextPage">;
}

export interface ChunkWritten {
  readonly progress: JobProgress;
  /** Somebody asked that the job stops. */
  readonly cancelRequested: boolean;
}

/** Dataset rows of a chunk. */
export type ChunkRows = Omit<WriteSet, "submission">;

/** Another worker has the job, or it was cancelled: this one stops without a word. */
export class JobLost extends Error {}

/** The unit of work of a job's chunk: reads as any other, writes rows and results and advances the job. */
export interface JobUnitOfWork extends Omit<UnitOfWork, "write" | "accept" | "claimIdempotencyKey">, SurveyUnit {
  /** @throws JobLost */
  writeChunk(rows: ChunkRows, chunk: ChunkToWrite): Promise<ChunkWritten>;
}

/** Claims the key, stores header and job and puts the job into the queue, in one transaction (`accept-job.ts`). */
export type AcceptJob = (
  actor: OrganisationActor,
  job: JobToAccept,
) => Promise<{ readonly header: SubmissionHeader; readonly replayed: boolean }>;

export interface JobStore {
  /** Takes the job up: counts the attempt, marks the submission PROCESSING. Null where there is nothing (more) to do. */
  begin(reference: JobReference): Promise<SubmissionJob | null>;
  /** One transaction of the job's actor. See `SubmissionStore.transaction`. */
  transaction<T>(job: SubmissionJob, work: (unit: JobUnitOfWork) => Promise<T>, alone?: boolean): Promise<T>;
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

/** One attempt to work on a job. */
export interface JobAttempt {
  /** No further attempt follows a failure of this one. */
  readonly isLast: boolean;
  /** Aborted where this process stops, or where the job was given to another worker. */
  readonly signal: AbortSignal;
  /**
   * To be called after a chunk was stored. Attempts are counted from the last one that got anywhere: a file of an hour is not given up
   * because its workers were restarted five times meanwhile. Never throws.
   */
  progressed(): Promise<void>;
}

/** What the queue calls; both may be called more than once for a job, also after it has ended. */
export interface JobWorker {
  /** @throws whatever hinders it: the job is tried again later, after the last attempt given up */
  run(job: JobReference, attempt: JobAttempt): Promise<void>;
  /** The queue will not try any more. */
  giveUp(job: JobReference, faultId: string): Promise<void>;
}

export interface JobQueue {
  readonly enqueue: EnqueueJob;
  /** Works on jobs from now on, as far as this process has the role of a worker. */
  start(worker: JobWorker): Promise<void>;
  /** Ends with every attempt of this process ended and handed back, so that another process goes on at once. */
  stop(): Promise<void>;
  /** @throws where nothing could be put into the queue */
  checkReadiness(): Promise<void>;
}
