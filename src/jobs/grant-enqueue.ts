/** Lets requests put jobs into the queue, and see none of it: a job names an organisation's submission. */
import type { QueueSql } from "./queue-sql.ts";
import { QUEUE_SCHEMA } from "./queues.ts";

/** Any number: two processes that grant at once would meet in the catalogue ("tuple concurrently updated"). */
const GRANT_LOCK = 20_261_122;

/** What pg-boss's insert touches: the table itself (`job` is partitioned; this is its part), what it returns, the queue's numbers. */
const SCRIPT = `
  select pg_advisory_xact_lock(${GRANT_LOCK});
  grant usage on schema ${QUEUE_SCHEMA} to nacr_app;
  grant insert, select (id, start_after) on ${QUEUE_SCHEMA}.job_common to nacr_app;
  grant select on ${QUEUE_SCHEMA}.queue to nacr_app;`;

/** May be run by every process at its start. */
export async function grantEnqueue(sql: QueueSql): Promise<void> {
  await sql.run(SCRIPT);
}
