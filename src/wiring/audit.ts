/** The audit trail: numbering and anchoring where the process is a worker, and the removal of what is older than it is kept. */
import { type Chainer, createChainer } from "../audit/chainer.ts";
import { shortenTrail } from "../audit/shorten-trail.ts";
import type { MaintenanceTask } from "../jobs/maintenance.ts";
import { type Repetition, repeat } from "../jobs/repeat.ts";
import { systemClock } from "../lib/system-clock.ts";
import { describeFailure } from "../observability/logger.ts";
import { createAnchorFile } from "../persistence/anchor-file.ts";
import { createChainStore, createTrailStore } from "../persistence/trail-store.ts";
import type { Parts } from "./parts.ts";

export interface Trail {
  start(): Promise<void>;
  /** Numbers and anchors what was written until now. */
  stop(): Promise<void>;
}

const NUMBER_EVERY_MS = 1_000;
const ANCHOR_EVERY_MS = 300_000;
const SHORTEN_EVERY_MINUTES = 1_440;

/** Does nothing until it is started. */
export function wireTrail(parts: Parts): Trail {
  const { logger } = parts;
  const repetitions: Repetition[] = [];
  let chainer: Chainer | null = null;
  const reportFault = (error: unknown): void => logger.log("error", "audit-fault", describeFailure(error));
  return {
    start: async () => {
      const started = await openChainer(parts);
      chainer = started;
      const number = async (): Promise<void> => void (await started.numberAll());
      repetitions.push(repeat(number, NUMBER_EVERY_MS, reportFault), repeat(started.anchor, ANCHOR_EVERY_MS, reportFault));
    },
    stop: async () => {
      await Promise.all(repetitions.map(({ stop }) => stop()));
      await chainer?.numberAll().catch(reportFault);
      await chainer?.anchor().catch(reportFault);
    },
  };
}

async function openChainer({ database, keys, config }: Parts): Promise<Chainer> {
  return createChainer({
    store: createChainStore(database),
    key: await keys.audit(),
    anchorFile: config.auditAnchorFile === null ? null : createAnchorFile(config.auditAnchorFile),
    now: systemClock.now,
  });
}

export function auditRetentionTask({ database, keys, config, logger, newId }: Parts): MaintenanceTask {
  return {
    name: "audit-retention",
    everyMinutes: SHORTEN_EVERY_MINUTES,
    run: async () => {
      const before = new Date(systemClock.now());
      before.setUTCFullYear(before.getUTCFullYear() - config.auditYears);
      const removed = await shortenTrail(createTrailStore(database, newId), await keys.audit(), before.toISOString());
      if (removed !== null) logger.log("info", "audit-shortened", { count: removed.sequence });
    },
  };
}
