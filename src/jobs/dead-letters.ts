/** Jobs that pg-boss gave up, because the worker died in every attempt: nobody was left to say so. */
import type { PgBoss } from "pg-boss";
import type { JobReference, JobWorker } from "../submission/job-ports.ts";
import type { QueueSql } from "./queue-sql.ts";
import { DEAD_SUBMISSIONS, JOBS_CHANNEL, QUEUE_SCHEMA, SUBMISSIONS } from "./queues.ts";
import type { AttemptDependencies } from "./run-attempt.ts";

/** The fault of a job whose workers died. */
class WorkersDied extends Error {
  constructor() {
    super("The worker died in every attempt.");
    this.name = "WorkersDied";
  }
}

/** The failed job goes with its letter: while it is there, no other of its programme is worked on. */
const BURY = `with buried as (
    delete from ${QUEUE_SCHEMA}.job
    where (name = '${DEAD_SUBMISSIONS}' and id = $1::uuid) or (name = '${SUBMISSIONS}' and id = $2::uuid and state = 'failed')
    returning id)
  select pg_notify('${JOBS_CHANNEL}', '')::text from buried`;

export type DeadLetterDependencies = Pick<AttemptDependencies, "newId" | "reportFault"> & {
  readonly boss: PgBoss;
  readonly sql: QueueSql;
  readonly giveUp: JobWorker["giveUp"];
};

/** Gives up every job that is dead. @throws what hinders it; what was not done is done by a later call, of any process */
export async function buryDeadSubmissions({ boss, sql, giveUp, newId, reportFault }: DeadLetterDependencies): Promise<void> {
  for (;;) {
    const [letter] = await boss.fetch<JobReference>(DEAD_SUBMISSIONS, { includeMetadata: true });
    if (letter === undefined) return;
    const faultId = newId();
    reportFault({ error: new WorkersDied(), faultId, job: letter.data });
    await giveUp(letter.data, faultId);
    await sql.run(BURY, [letter.id, letter.sourceId]);
  }
}
