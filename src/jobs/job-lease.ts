/**
 * The queue's hold on one attempt. pg-boss's own `complete` and `fail` know a job and not the attempt: a worker that was taken for dead
 * and woke up again would end, or put back, the attempt of the worker that has the job now. These statements name the attempt too.
 */
import type { QueueSql } from "./queue-sql.ts";
import { JOBS_CHANNEL, QUEUE_SCHEMA, RETRIES, SUBMISSIONS } from "./queues.ts";

/** `$1` the job, `$2` how many attempts went before. */
const MINE = `name = '${SUBMISSIONS}' and id = $1::uuid and retry_count = $2::integer and state = 'active'`;
const UPDATE_MINE = (changes: string) => `update ${QUEUE_SCHEMA}.job set ${changes} where ${MINE} returning id`;

const TOUCH = UPDATE_MINE("heartbeat_on = now()");
/** As pg-boss does where it gives a failed job a further attempt: the count goes on, the limit goes ahead of it. */
const MORE_ATTEMPTS = UPDATE_MINE(`heartbeat_on = now(), retry_limit = retry_count + ${RETRIES}`);
const RETRY = UPDATE_MINE("state = 'retry', heartbeat_on = null, start_after = now() + $3::integer * interval '1 second'");
/** Not begun, so the attempt does not count; in `retry` it keeps its place before the programme's other jobs. */
const HAND_BACK = `with back as (${UPDATE_MINE("state = 'retry', heartbeat_on = null, started_on = null, start_after = now()")})
  select pg_notify('${JOBS_CHANNEL}', '')::text from back`;
/** What became of a submission stands in its own tables. */
const END = `delete from ${QUEUE_SCHEMA}.job where ${MINE} returning id`;

export interface HeldJob {
  readonly id: string;
  /** Attempts before this one. */
  readonly retryCount: number;
  readonly retryLimit: number;
}

/** All of them throw what the database throws, and say false where another attempt has begun, or the job is gone. */
export class JobLease {
  readonly #sql: QueueSql;
  readonly #job: HeldJob;
  #retryLimit: number;

  constructor(sql: QueueSql, job: HeldJob) {
    this.#sql = sql;
    this.#job = job;
    this.#retryLimit = job.retryLimit;
  }

  /** Attempts that failed since one got anywhere, this one included if it fails. */
  get failures(): number {
    return RETRIES + 1 - Math.max(this.#retryLimit - this.#job.retryCount, 0);
  }

  get isLast(): boolean {
    return this.#job.retryCount >= this.#retryLimit;
  }

  readonly touch = (): Promise<boolean> => this.#run(TOUCH);

  /** Counts attempts from here. */
  async allowMoreAttempts(): Promise<boolean> {
    const limit = this.#job.retryCount + RETRIES;
    if (limit === this.#retryLimit) return true;
    const mine = await this.#run(MORE_ATTEMPTS);
    if (mine) this.#retryLimit = limit;
    return mine;
  }

  readonly retry = (seconds: number): Promise<boolean> => this.#run(RETRY, seconds);
  readonly handBack = (): Promise<boolean> => this.#run(HAND_BACK);
  readonly end = (): Promise<boolean> => this.#run(END);

  async #run(statement: string, ...more: readonly unknown[]): Promise<boolean> {
    const { rows } = await this.#sql.run(statement, [this.#job.id, this.#job.retryCount, ...more]);
    return rows.length > 0;
  }
}
