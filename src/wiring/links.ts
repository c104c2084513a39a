/** Persons and episodes: what works links out, and the loop that does so where the process is a worker. */
import { setTimeout as wait } from "node:timers/promises";
import { EPISODE_RULES } from "../episodes/default-episode-rules.ts";
import type { BatchReport } from "../episodes/link-ports.ts";
import { createLinker, type Linker } from "../episodes/linker.ts";
import { createLinkerLoop } from "../episodes/linker-loop.ts";
import { PERSON_RULES } from "../episodes/person-rules.ts";
import { systemClock } from "../lib/system-clock.ts";
import { describeFailure } from "../observability/logger.ts";
import { createLinkStore } from "../persistence/link-store.ts";
import { createListeningLoop, type ListeningLoop } from "./listening-loop.ts";
import type { Parts } from "./parts.ts";

export interface Links {
  readonly linker: Linker;
  /** Does nothing until it is started. */
  readonly loop: ListeningLoop;
}

/** What the triggers of `link.due` notify (prisma/migrations/20261125000100_links). */
const CHANNEL = "nacr_links";
/** What no notification told of is found by the next look. */
const POLL_MS = 5_000;
/** Some 0.1 s of work where nearly everybody is alone. */
const BATCH_LINES = 2_000;
/** Between batches under load: what several submissions make due is one batch, which costs less. After a quiet time nothing waits for it. */
const PAUSE_MS = 1_000;
const FAULT_PAUSE_MS = [1_000, 60_000] as const;

export function wireLinks(parts: Parts): Links {
  const { database, newId, logger, metrics, config } = parts;
  const store = createLinkStore({ database, newId });
  const rules = { persons: PERSON_RULES, episodes: EPISODE_RULES };
  const linker = createLinker({ store, rules, clock: systemClock, newId, batchLines: BATCH_LINES, wait });
  const loop = createLinkerLoop({
    linker,
    pollMs: POLL_MS,
    pauseMs: PAUSE_MS,
    faultPauseMs: FAULT_PAUSE_MS,
    reportBatch: (report, seconds) => reportBatch(parts, report, seconds),
    reportFault: (error) => logger.log("error", "links-fault", describeFailure(error)),
  });
  if (config.roles.has("worker")) metrics.links.watchDue(store.countDue);
  return { linker, loop: createListeningLoop(database, CHANNEL, loop) };
}

function reportBatch({ metrics, logger }: Parts, report: BatchReport, seconds: number): void {
  metrics.links.batchDone(report, seconds);
  if (report.tooLarge > 0) logger.log("warn", "links-too-many", { count: report.tooLarge });
}
