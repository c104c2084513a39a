/** How far a job is, as it is stored and read back. */
import type { SubmissionHeader } from "../records/submission-record.ts";
import { type ChunkToWrite, type ChunkWritten, JOB_PHASES, JobLost, type JobProgress } from "../submission/job-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { ADVANCE_JOB, UPDATE_HEADER } from "./sql/job-statements.ts";
import { booleanOf, numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

export const readProgress = (row: SqlRow): JobProgress => ({
  phase: wordOf(row, "phase", JOB_PHASES),
  entriesDone: numberOf(row, "entries_done"),
  bytesDone: numberOf(row, "bytes_done"),
  bytesTotal: optionalNumberOf(row, "bytes_total"),
  nextIndex: numberOf(row, "next_index"),
  nextPage: numberOf(row, "next_page"),
  rejectedWhenChecked: optionalNumberOf(row, "rejected_when_checked"),
  startedAt: optionalTextOf(row, "started_at"),
  updatedAt: textOf(row, "updated_at"),
});

/** Stores what a chunk adds to the job and to its submission's header. @throws JobLost */
export async function advanceJob(
  tx: Transaction,
  { job, header, after, before }: ChunkToWrite,
  pages: number,
): Promise<ChunkWritten> {
  const progress = { ...after, nextPage: before.nextPage + pages };
  return { progress, cancelRequested: await storeProgress(tx, header, job.attempt, progress) };
}

/** @returns whether somebody asked to stop. @throws JobLost where the attempt is not the latest any more */
export async function storeProgress(
  tx: Transaction,
  header: SubmissionHeader,
  attempt: number,
  progress: JobProgress,
): Promise<boolean> {
  const { ods, id } = header;
  const { phase, entriesDone, bytesDone, bytesTotal, nextIndex, nextPage, rejectedWhenChecked, updatedAt } = progress;
  const place = [entriesDone, bytesDone, bytesTotal, nextIndex, nextPage, rejectedWhenChecked, updatedAt];
  const [row] = await tx.$queryRaw<SqlRow[]>(ADVANCE_JOB([ods, id, attempt, phase, ...place]));
  if (row === undefined) throw new JobLost("The job is another worker's, or has ended.");
  await updateHeader(tx, header);
  return booleanOf(row, "cancel_requested");
}

export async function updateHeader(tx: Transaction, header: SubmissionHeader): Promise<void> {
  await tx.$executeRaw(UPDATE_HEADER([header.ods, header.id, ...headerValues(header)]));
}

const headerValues = (header: SubmissionHeader): readonly (string | null)[] => [
  header.status,
  header.outcome,
  header.mappingVersion,
  header.completedAt,
  JSON.stringify(header.counts),
  JSON.stringify(header.issues),
  JSON.stringify(header.issueGroups),
  JSON.stringify(header.mappingSummary),
  JSON.stringify(header.standards),
];
