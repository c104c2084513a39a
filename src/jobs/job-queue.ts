/** The queue of submissions: pg-boss in the gateway's own database, worked on by this process or by others. */
import { PgBoss } from "pg-boss";
import type { EnqueueJob, JobQueue, JobReference, JobWorker } from "../submission/job-ports.ts";
import { buryDeadSubmissions } from "./dead-letters.ts";
import { grantEnqueue } from "./grant-enqueue.ts";
import { type MaintenanceTask, maintain } from "./maintenance.ts";
import { type ListenForJobs, type QueueSql, toBossDatabase } from "./queue-sql.ts";
import {
  ensureQueues,
  JOBS_CHANNEL,
  POLL_MS,
  QUEUE_SCHEMA,
  SUBMISSIONS,
  SUPERVISION_CLAIM_SECONDS,
  SUPERVISION_MS,
} from "./queues.ts";
import { type Repetition, repeat } from "./repeat.ts";
import { type AttemptDependencies, runAttempt } from "./run-attempt.ts";
import { type Turns, takeTurns } from "./take-turns.ts";

/** Files of different programmes that one process works on at once: two keep two cores and a pool of ten connections busy. */
const SIDE_BY_SIDE = 2;
/** A chunk's transaction takes at most 20 s, and the process is ended 30 s after it was asked to stop. */
const STOP_GRACE_MS = 20_000;

export interface JobCounts {
  /** Not begun, or between two attempts. */
  readonly waiting: number;
  readonly active: number;
}

export interface QueueDependencies extends Pick<AttemptDependencies, "newId" | "random" | "reportFault" | "attemptDone"> {
  readonly kind: "embedded" | "postgresql";
  readonly sql: QueueSql;
  readonly listen: ListenForJobs;
  /** Whether `start` works on jobs; enqueueing is possible either way. */
  readonly works: boolean;
  /** What each process with `works` takes part in. */
  readonly maintenance: readonly MaintenanceTask[];
  /** A failure of the queue itself, after which it goes on. Its message may quote SQL values. */
  readonly reportTrouble: (error: unknown) => void;
}

export interface SubmissionQueue extends JobQueue {
  /** Of all processes. */
  countJobs(): Promise<JobCounts>;
}

const NOTIFY = `select pg_notify('${JOBS_CHANNEL}', '')::text as notified`;
const IS_READY = `select 1 as ready from ${QUEUE_SCHEMA}.queue where name = '${SUBMISSIONS}'`;
/** Ended jobs are deleted and failed ones within seconds, so this reads the backlog and no more. */
const COUNT = `select count(*) filter (where state < 'active')::integer as waiting, count(*) filter (where state = 'active')::integer as active
  from ${QUEUE_SCHEMA}.job where name = '${SUBMISSIONS}'`;

/**
 * Opens the queue, making its schema where there is none. Any number of processes may do so at once.
 * @throws what the database throws
 */
export async function openJobQueue(dependencies: QueueDependencies): Promise<SubmissionQueue> {
  const boss = new PgBoss({
    db: toBossDatabase(dependencies.sql),
    backend: dependencies.kind === "embedded" ? "pglite" : "postgres",
    schema: QUEUE_SCHEMA,
    // Supervision runs by our own timer, in workers only. There are no cron expressions, and the table is too small for the rest.
    supervise: false,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
    monitorIntervalSeconds: SUPERVISION_CLAIM_SECONDS,
  });
  boss.on("error", dependencies.reportTrouble);
  await boss.start();
  try {
    await ensureQueues(boss);
    // Fills pg-boss's knowledge of the queue. Asked for inside a transaction, the embedded database's one connection could not answer.
    await boss.getBlockedKeys(SUBMISSIONS);
    await grantEnqueue(dependencies.sql);
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
  return new PgBossQueue(boss, dependencies);
}

class PgBossQueue implements SubmissionQueue {
  readonly #boss: PgBoss;
  readonly #dependencies: QueueDependencies;
  readonly #stopping = new AbortController();
  readonly #repetitions: Repetition[] = [];
  #turns: Turns | null = null;
  #stopListening: (() => Promise<void>) | null = null;

  constructor(boss: PgBoss, dependencies: QueueDependencies) {
    this.#boss = boss;
    this.#dependencies = dependencies;
  }

  readonly enqueue: EnqueueJob = async (run, job) => {
    const data = { ods: job.ods, programmeCode: job.programmeCode, submissionId: job.submissionId };
    const executeSql = async (text: string, values: unknown[] = []) => ({ rows: [...(await run(text, values)).rows] });
    await this.#boss.send(SUBMISSIONS, data, { singletonKey: `${job.ods}/${job.programmeCode}`, db: { executeSql } });
    await run(NOTIFY, []);
  };

  async start(worker: JobWorker): Promise<void> {
    if (!this.#dependencies.works) return;
    const { listen, maintenance, reportTrouble, sql, newId, reportFault } = this.#dependencies;
    const boss = this.#boss;
    const turns = takeTurns(() => this.#next(worker), { sideBySide: SIDE_BY_SIDE, pollMs: POLL_MS, onError: reportTrouble });
    this.#turns = turns;
    this.#stopListening = await listen(JOBS_CHANNEL, () => turns.wake());
    const supervise = async (): Promise<void> => {
      await boss.supervise();
      await buryDeadSubmissions({ boss, sql, newId, reportFault, giveUp: (job, faultId) => worker.giveUp(job, faultId) });
    };
    this.#repetitions.push(repeat(supervise, SUPERVISION_MS, reportTrouble));
    for (const task of maintenance) {
      this.#repetitions.push(repeat(() => maintain(boss, task, maintenance), task.everyMinutes * 60_000, reportTrouble));
    }
  }

  async #next(worker: JobWorker): Promise<(() => Promise<void>) | null> {
    const [job] = await this.#boss.fetch<JobReference>(SUBMISSIONS, { includeMetadata: true });
    if (job === undefined) return null;
    return () => runAttempt(job, { ...this.#dependencies, worker, stopping: this.#stopping.signal, stopGraceMs: STOP_GRACE_MS });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#turns?.stop(), ...this.#repetitions.map((repetition) => repetition.stop())]);
    await this.#stopListening?.();
    await this.#boss.stop({ graceful: false });
  }

  async checkReadiness(): Promise<void> {
    const { rows } = await this.#dependencies.sql.run(IS_READY);
    if (rows.length === 0) throw new Error("The queue is not there.");
  }

  async countJobs(): Promise<JobCounts> {
    const { rows } = await this.#dependencies.sql.run(COUNT);
    return { waiting: Number(rows[0]?.waiting), active: Number(rows[0]?.active) };
  }
}
