/** How far a submission is, and when it will be done, from what its job has read of its source so far. */
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { JobPhase, JobProgress } from "../submission/job-ports.ts";
import { isFinished } from "./is-finished.ts";

/** What GraphQL's Int can hold. */
const LARGEST_INT = 2 ** 31 - 1;
/** The end of the year 9999, behind which an ISO instant has another form. */
const LATEST_INSTANT = 253_402_300_799_999;

/** What `Submission.progress` answers. */
export interface ProgressEstimate {
  readonly phase: JobPhase;
  readonly processed: number;
  readonly total: number;
  /** `total` is extrapolated. */
  readonly estimated: boolean;
  readonly startedAt: string | null;
  readonly estimatedCompletionAt: string | null;
}

/** @param job null for a submission that was answered at once */
export function estimateProgress(header: SubmissionHeader, job: JobProgress | null): ProgressEstimate {
  const { received, created, updated, unchanged, withdrawn, rejected, held } = header.counts;
  const judged = created + updated + unchanged + withdrawn + rejected + held;
  if (isFinished(header.status) || job === null)
    return {
      phase: isFinished(header.status) ? "DONE" : "WAITING",
      processed: judged,
      total: Math.max(received, judged),
      estimated: false,
      startedAt: header.receivedAt,
      estimatedCompletionAt: header.completedAt,
    };
  // Each phase judges the records anew, so it counts from the start.
  const processed = job.phase === "FETCHING" ? Math.min(LARGEST_INT, job.entriesDone) : job.nextIndex;
  const read = readShare(job);
  return {
    phase: job.phase,
    processed,
    total: read === null ? processed : Math.min(LARGEST_INT, Math.max(processed, Math.round(processed / read))),
    estimated: read === null || read < 1,
    startedAt: job.startedAt,
    estimatedCompletionAt: estimateCompletion(job, header, read),
  };
}

/** The share of the source that this phase has read; null while nothing is read, or where its size is not known. */
function readShare({ bytesDone, bytesTotal }: JobProgress): number | null {
  if (bytesTotal === null || bytesTotal <= 0 || bytesDone <= 0) return null;
  return Math.min(1, bytesDone / bytesTotal);
}

/** As if the rest took as long as what is done, byte for byte. */
function estimateCompletion(
  { phase, startedAt, updatedAt }: JobProgress,
  header: SubmissionHeader,
  read: number | null,
): string | null {
  if (startedAt === null || read === null) return null;
  const elapsed = Date.parse(updatedAt) - Date.parse(startedAt);
  // What is to be stored as a whole or not at all is read twice.
  if (elapsed < 0) return null;
  const passes = header.errorPolicy === "ALL_OR_NOTHING" && header.mode === "COMMIT" ? 2 : 1;
  const done = passes === 2 && phase === "IMPORTING" ? 1 + read : read;
  const end = Date.parse(updatedAt) + (elapsed * (passes - done)) / done;
  return end > LATEST_INSTANT ? null : new Date(end).toISOString();
}
