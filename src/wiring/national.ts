/** The national side: what makes its rows, and the loop that does so where the process is a worker. */
import { createLinkerLoop } from "../episodes/linker-loop.ts";
import { createResolving } from "../episodes/read-journey.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createNationalFeed } from "../national/feed.ts";
import { createNationalService, type NationalService } from "../national/national-service.ts";
import { describeFailure } from "../observability/logger.ts";
import { createNationalStore } from "../persistence/national-store.ts";
import { createReleaseGate } from "../persistence/release-gate.ts";
import { createListeningLoop, type ListeningLoop } from "./listening-loop.ts";
import type { Parts } from "./parts.ts";

export interface National extends ListeningLoop {
  readonly service: NationalService;
}

/** What the trigger of `national_feed.due` notifies (prisma/migrations/20261126000500_national). */
const CHANNEL = "nacr_national";
/** What no notification told of is found by the next look; so is whom nobody has looked at today. */
const POLL_MS = 5_000;
/** Some 0.5 s of work. */
const BATCH_PATIENTS = 1_000;
/** Between batches under load: what several submissions make due is one batch. The linker has the same, and goes first by it. */
const PAUSE_MS = 2_000;
/** Of a large import the feed takes half of a core at most: nobody waits for it. */
const REST_AFTER_FULL = 1;
const FAULT_PAUSE_MS = [1_000, 60_000] as const;

/** @throws KeyError, what the database throws */
export async function wireNational(parts: Parts): Promise<National> {
  const { database, keys, newId, dictionary, logger, metrics, config } = parts;
  const judgeRelease = await createReleaseGate({ keys, clock: systemClock, applyAt: config.consent.ndo.applyAt });
  const store = createNationalStore({ database, keys, newId, judgeRelease });
  const feed = createNationalFeed({
    store,
    resolving: createResolving(dictionary),
    today: systemClock.today,
    batchPatients: BATCH_PATIENTS,
  });
  const loop = createLinkerLoop({
    linker: feed,
    pollMs: POLL_MS,
    pauseMs: PAUSE_MS,
    restAfterFull: REST_AFTER_FULL,
    faultPauseMs: FAULT_PAUSE_MS,
    reportBatch: (report, seconds) => metrics.national.batchDone(report, seconds),
    reportFault: (error) => logger.log("error", "national-fault", describeFailure(error)),
  });
  if (config.roles.has("worker")) metrics.national.watchDue(store.countDue);
  return { service: createNationalService(store), ...createListeningLoop(database, CHANNEL, loop) };
}
