/** One attempt to work on a submission, from the job that was fetched to what becomes of it. */
import type { JobReference, JobWorker } from "../submission/job-ports.ts";
import { type HeldJob, JobLease } from "./job-lease.ts";
import type { QueueSql } from "./queue-sql.ts";
import { HEARTBEAT_MS, retryDelaySeconds } from "./queues.ts";

/** What became of an attempt, for the count of them. */
export type AttemptOutcome = "DONE" | "RETRIED" | "GIVEN_UP" | "HANDED_BACK" | "LOST";

export interface FetchedJob extends HeldJob {
  readonly data: JobReference;
}

export interface FaultReport {
  readonly error: unknown;
  /** Under which it is logged and shown to the sender. */
  readonly faultId: string;
  readonly job: JobReference;
}

export interface AttemptDependencies {
  readonly sql: QueueSql;
  readonly worker: JobWorker;
  readonly newId: () => string;
  /** At least 0 and less than 1. */
  readonly random: () => number;
  readonly reportFault: (fault: FaultReport) => void;
  readonly attemptDone: (outcome: AttemptOutcome) => void;
  /** Aborted when this process stops. */
  readonly stopping: AbortSignal;
  /** How long a stop waits for the chunk in hand, in milliseconds. */
  readonly stopGraceMs: number;
}

/** @throws what the database throws where the job's end cannot be written: its heartbeat ends, so it is found and tried again */
export async function runAttempt(job: FetchedJob, dependencies: AttemptDependencies): Promise<void> {
  dependencies.attemptDone(await new Attempt(job, dependencies).run());
}

type Ending = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

class Attempt {
  readonly #reference: JobReference;
  readonly #dependencies: AttemptDependencies;
  readonly #lease: JobLease;
  readonly #lost = new AbortController();

  constructor(job: FetchedJob, dependencies: AttemptDependencies) {
    this.#reference = job.data;
    this.#dependencies = dependencies;
    this.#lease = new JobLease(dependencies.sql, job);
  }

  async run(): Promise<AttemptOutcome> {
    const { stopping } = this.#dependencies;
    const heartbeat = setInterval(() => void this.#hold(this.#lease.touch()), HEARTBEAT_MS);
    const ending = await this.#work();
    clearInterval(heartbeat);
    if (this.#lost.signal.aborted) return "LOST";
    if (stopping.aborted) {
      // Also where it had just ended: the next worker finds nothing to do.
      return (await this.#lease.handBack()) ? "HANDED_BACK" : "LOST";
    }
    if (ending.failed) return await this.#afterFault(ending.error);
    return (await this.#lease.end()) ? "DONE" : "LOST";
  }

  /** A worker that does not come to an end while the process stops is left behind: it may write no more once the job is another's. */
  async #work(): Promise<Ending> {
    const { worker, stopping, stopGraceMs } = this.#dependencies;
    const lease = this.#lease;
    const attempt = {
      get isLast() {
        return lease.isLast;
      },
      signal: AbortSignal.any([stopping, this.#lost.signal]),
      progressed: () => this.#hold(lease.allowMoreAttempts()),
    };
    const patience = waitAfter(stopping, stopGraceMs);
    try {
      await Promise.race([worker.run(this.#reference, attempt), patience.over]);
      return { failed: false };
    } catch (error) {
      return { failed: true, error };
    } finally {
      patience.cancel();
    }
  }

  /** A statement of the lease that fails is made good by the next one, or by the end of the lease. */
  async #hold(statement: Promise<boolean>): Promise<void> {
    const mine = await statement.catch(() => true);
    if (!mine) this.#lost.abort();
  }

  async #afterFault(error: unknown): Promise<AttemptOutcome> {
    const { worker, newId, random, reportFault } = this.#dependencies;
    const faultId = newId();
    reportFault({ error, faultId, job: this.#reference });
    if (this.#lease.isLast) {
      try {
        await worker.giveUp(this.#reference, faultId);
        return (await this.#lease.end()) ? "GIVEN_UP" : "LOST";
      } catch (giveUpError) {
        // It could not be written that the submission failed, so it may not be forgotten yet.
        reportFault({ error: giveUpError, faultId, job: this.#reference });
      }
    }
    return (await this.#lease.retry(retryDelaySeconds(this.#lease.failures, random()))) ? "RETRIED" : "LOST";
  }
}

/** `over` is fulfilled `ms` after the abort. */
function waitAfter(signal: AbortSignal, ms: number): { readonly over: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  let begin: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    begin = () => {
      timer = setTimeout(resolve, ms);
    };
  });
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    over,
    cancel: () => {
      signal.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
}
