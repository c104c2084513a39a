/** The queue of submissions, and what is to be done now and then. */
import { openJobQueue, type SubmissionQueue } from "../jobs/job-queue.ts";
import type { MaintenanceTask } from "../jobs/maintenance.ts";
import { systemClock } from "../lib/system-clock.ts";
import { describeFailure } from "../observability/logger.ts";
import { rollUpMappingTrend } from "../persistence/mapping-trend.ts";
import { sweep, sweepEnvelopes } from "../persistence/sweep.ts";
import { agreementsTask } from "./agreements.ts";
import { auditRetentionTask } from "./audit.ts";
import { consentTask, optOutTask } from "./consent.ts";
import { finishDestructionsTask } from "./destruction.ts";
import { extractsTask } from "./extracts.ts";
import { resealTask } from "./key-rotation.ts";
import type { Parts } from "./parts.ts";
import type { Uploads } from "./uploads.ts";

/** What expired an hour ago was invisible since. */
const SWEEP_EVERY_MINUTES = 60;
/** Only tables that changed by a tenth are touched: an hour without change costs one query, one with a large import some seconds. */
const VACUUM_EVERY_MINUTES = 60;
/** What was completed since is added up for each question. */
const TREND_EVERY_MINUTES = 60;
/** A longer one goes on an hour later. */
const VACUUM_LIMIT_MS = 60_000;

/** Opens the queue; it is worked on from its `start`, in processes with the role `worker`. @throws what the database throws */
export async function wireJobQueue(
  parts: Parts,
  uploads: Pick<Uploads, "sweep" | "reader" | "dependencies">,
): Promise<SubmissionQueue> {
  const { config, database, logger, metrics, newId } = parts;
  const queue = await openJobQueue({
    kind: database.kind,
    sql: database.queueSql,
    listen: (channel, heard) => database.listen([channel], heard, heard),
    works: config.roles.has("worker"),
    maintenance: [
      consentTask(parts),
      optOutTask(parts, uploads),
      sweepTask(parts, uploads),
      vacuumTask(parts),
      trendTask(parts),
      auditRetentionTask(parts),
      finishDestructionsTask(parts),
      agreementsTask(parts),
      extractsTask(parts),
      resealTask(parts, uploads.dependencies),
    ],
    newId,
    random: Math.random,
    reportFault: ({ error, faultId, job }) =>
      logger.log("error", "job-fault", {
        correlationId: faultId,
        ods: job.ods,
        submissionId: job.submissionId,
        ...describeFailure(error),
      }),
    reportTrouble: (error) => logger.log("warn", "queue-trouble", describeFailure(error)),
    attemptDone: metrics.jobAttemptDone,
  });
  metrics.watchJobs(() => queue.countJobs());
  return queue;
}

function sweepTask({ config, database, logger }: Parts, uploads: Pick<Uploads, "sweep">): MaintenanceTask {
  return {
    name: "sweep",
    everyMinutes: SWEEP_EVERY_MINUTES,
    run: async () => {
      const { dryRuns, idempotencyKeys, usedAssertions, webhookDeliveries, mllpMessages, tombstones } = await sweep(database);
      const inputs = (await sweepEnvelopes(database, config.envelopeDays)) + (await uploads.sweep(systemClock.now()));
      const count = dryRuns + idempotencyKeys + usedAssertions + webhookDeliveries + mllpMessages + tombstones + inputs;
      logger.log("info", "swept", { count });
    },
  };
}

function trendTask({ database, logger }: Parts): MaintenanceTask {
  return {
    name: "mapping-trend",
    everyMinutes: TREND_EVERY_MINUTES,
    run: async () => {
      const count = await rollUpMappingTrend(database);
      logger.log("info", "mapping-trend-added-up", { count });
    },
  };
}

function vacuumTask({ database, logger }: Parts): MaintenanceTask {
  return {
    name: "vacuum",
    everyMinutes: VACUUM_EVERY_MINUTES,
    run: async () => {
      const tables = await database.vacuum(VACUUM_LIMIT_MS);
      logger.log("info", "vacuumed", { count: tables.length });
    },
  };
}
