/** The queues and their numbers. ADR 0012 says why these. */
import type { PgBoss, Queue } from "pg-boss";

/** pg-boss makes and migrates it; nothing of ours stands in it. */
export const QUEUE_SCHEMA = "pgboss";
export const SUBMISSIONS = "submission";
/** Submissions whose worker died in every attempt. */
export const DEAD_SUBMISSIONS = "submission-dead";
export const MAINTENANCE = "maintenance";
/** Notified when a job may be waiting. */
export const JOBS_CHANNEL = "nacr_jobs";

/** After the first attempt: five in all. */
export const RETRIES = 4;
/** A worker that is silent for so long is taken for dead. Longer than an embedded database is busy with one chunk. */
const LEASE_SECONDS = 30;
export const HEARTBEAT_MS = 5_000;
/** How often the dead are looked for, by one process of all. */
export const SUPERVISION_MS = 10_000;
/**
 * Shorter than the time between two looks, or the second would fall a few milliseconds short of it and be left out.
 */
export const SUPERVISION_CLAIM_SECONDS = 5;
/** A job is heard of at once; this is for what is not notified: a delay that is over, a notification lost with its connection. */
export const POLL_MS = 5_000;

const DAY = 24 * 3_600;
/** Nothing that was accepted is thrown away because nobody worked on it. */
const FOR_EVER_SECONDS = 3_650 * DAY;

/** The longest pg-boss allows. The heartbeat is what ends a lease: a file of a million patients takes hours. */
const LONGEST_RUN_SECONDS = DAY;

const SUBMISSION_QUEUE = {
  policy: "key_strict_fifo",
  deadLetter: DEAD_SUBMISSIONS,
  retryLimit: RETRIES,
  // After a death, which took 30 s to notice. After a fault the delay is longer: see `retryDelaySeconds`.
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 15,
  heartbeatSeconds: LEASE_SECONDS,
  expireInSeconds: LONGEST_RUN_SECONDS,
  retentionSeconds: FOR_EVER_SECONDS,
  // A failed job stays until the dead letter is dealt with: it holds its programme's place.
  deleteAfterSeconds: 0,
} as const;

const DEAD_QUEUE = {
  retryLimit: 1_000_000,
  retryDelay: 10,
  expireInSeconds: 60,
  retentionSeconds: FOR_EVER_SECONDS,
} as const;

const MAINTENANCE_QUEUE = {
  retryLimit: 1,
  expireInSeconds: 3_600,
  // Longer than any task's interval: the row of an interval keeps others from making another one.
  deleteAfterSeconds: 2 * DAY,
} as const;

/**
 * Makes the queues, or brings them to this version's numbers. `create` does nothing where the queue is there, so it may run in several
 * processes at once.
 */
export async function ensureQueues(boss: PgBoss): Promise<void> {
  const queues: readonly (readonly [string, Omit<Queue, "name">])[] = [
    [DEAD_SUBMISSIONS, DEAD_QUEUE],
    [SUBMISSIONS, SUBMISSION_QUEUE],
    [MAINTENANCE, MAINTENANCE_QUEUE],
  ];
  for (const [name, queue] of queues) {
    await boss.createQueue(name, queue);
    const { policy: _, ...numbers } = queue;
    await boss.updateQueue(name, numbers);
  }
}

/**
 * Seconds until the next attempt after `failures` in a row: 5, 10, 20, 40, each up to twice as long, so that what failed together does
 * not come back together.
 * @param random at least 0 and less than 1
 */
export const retryDelaySeconds = (failures: number, random: number): number => Math.round(5 * 2 ** (failures - 1) * (1 + random));
