/** The queue on a database of its own, with a worker that records what it was given and does as it is told. */
import { randomUUID } from "node:crypto";
import { openJobQueue, type QueueDependencies, type SubmissionQueue } from "../../../src/jobs/job-queue.ts";
import type { FaultReport } from "../../../src/jobs/run-attempt.ts";
import type { Database } from "../../../src/persistence/database/database.ts";
import { runSqlIn } from "../../../src/persistence/run-sql.ts";
import type { JobAttempt, JobReference, JobWorker } from "../../../src/submission/job-ports.ts";

export const jobOf = (programmeCode: string, ods = "RTEST"): JobReference => ({ ods, programmeCode, submissionId: randomUUID() });

export interface Recorded {
  readonly faults: FaultReport[];
  readonly troubles: unknown[];
  readonly outcomes: string[];
}

export interface OpenedQueue extends Recorded {
  readonly queue: SubmissionQueue;
  /** In a transaction of the role that requests have. */
  enqueue(...jobs: readonly JobReference[]): Promise<void>;
}

export async function openTestQueue(database: Database, more: Partial<QueueDependencies> = {}): Promise<OpenedQueue> {
  const faults: FaultReport[] = [];
  const troubles: unknown[] = [];
  const outcomes: string[] = [];
  const queue = await openJobQueue({
    kind: database.kind,
    sql: database.queueSql,
    listen: (channel, heard) => database.listen([channel], heard, heard),
    works: true,
    maintenance: [],
    newId: randomUUID,
    random: () => 0,
    reportFault: (fault) => faults.push(fault),
    reportTrouble: (error) => troubles.push(error),
    attemptDone: (outcome) => outcomes.push(outcome),
    ...more,
  });
  const enqueue = async (...jobs: readonly JobReference[]): Promise<void> => {
    for (const job of jobs) await database.withRole({ role: "nacr_app" }, (tx) => queue.enqueue(runSqlIn(tx), job));
  };
  return { queue, faults, troubles, outcomes, enqueue };
}

type Run = (job: JobReference, attempt: JobAttempt) => Promise<void>;

export interface RecordingWorker extends JobWorker {
  /** Submissions in the order their attempts began. */
  readonly begun: string[];
  readonly ended: string[];
  readonly givenUp: { readonly submissionId: string; readonly faultId: string }[];
}

export function createWorker(run: Run = async () => undefined): RecordingWorker {
  const begun: string[] = [];
  const ended: string[] = [];
  const givenUp: { submissionId: string; faultId: string }[] = [];
  return {
    begun,
    ended,
    givenUp,
    run: async (job, attempt) => {
      begun.push(job.submissionId);
      await run(job, attempt);
      ended.push(job.submissionId);
    },
    giveUp: async ({ submissionId }, faultId) => void givenUp.push({ submissionId, faultId }),
  };
}

/** Asks every 20 ms; fails after `ms` with the last thing that was missing. */
export async function waitFor(condition: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`still not so after ${ms} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A job that the test lets go on when it wants. */
export function createGate(): { readonly passed: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
