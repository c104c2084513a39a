/** Cuts: what is published of them, what administrators do with them, and the loop that makes them where the process is a worker. */
import { createLinkerLoop } from "../episodes/linker-loop.ts";
import { systemClock } from "../lib/system-clock.ts";
import { describeFailure } from "../observability/logger.ts";
import { askGeneratedCut, createPublicationStore } from "../persistence/cut-publication-store.ts";
import { createCutRows, createFrozenRowReader } from "../persistence/cut-rows.ts";
import { createPublishedCuts } from "../persistence/published-cuts.ts";
import { createReleaseGate } from "../persistence/release-gate.ts";
import { generateCutJourneys } from "../population/generate-population.ts";
import type { CutJourney } from "../statistics/cut-journey.ts";
import type { CutRows, PublishedCuts } from "../statistics/cuts/cut-ports.ts";
import { type CutService, createCutService } from "../statistics/cuts/cut-service.ts";
import { createCutPublisher } from "../statistics/cuts/publish-cut.ts";
import { makeYearInThread } from "../worker/cube-thread.ts";
import { createListeningLoop, type ListeningLoop } from "./listening-loop.ts";
import type { Parts } from "./parts.ts";

export interface Cuts extends ListeningLoop {
  readonly service: CutService;
  readonly published: PublishedCuts;
  readonly rows: CutRows;
}

/** What the trigger of `cut.publication` notifies (prisma/migrations/20261127000400_cuts). */
const CHANNEL = "nacr_cuts";
/** What a dead worker left is found by the next look after its lease. */
const POLL_MS = 10_000;
const RENEW_MS = 10_000;
const FAULT_PAUSE_MS = [1_000, 60_000] as const;
/** Any number: the same people at each first start. */
const DEMO_SEED = 20_261_127;
const DEMO_YEARS = 1;

/** @throws KeyError, what the database throws */
export async function wireCuts(parts: Parts): Promise<Cuts> {
  const { config, database, keys, newId, logger } = parts;
  const judgeRelease = await createReleaseGate({ keys, clock: systemClock, applyAt: config.consent.ndo.applyAt });
  const store = createPublicationStore({ database, newId, clock: systemClock, judgeRelease });
  const publisher = createCutPublisher({
    store,
    rows: createFrozenRowReader(database, "nacr_publisher"),
    makeYear: makeYearInThread,
    generate: generateDemo,
    signer: () => keys.certificateKey(),
    clock: systemClock,
    renewMs: RENEW_MS,
  });
  const loop = createListeningLoop(
    database,
    CHANNEL,
    createLinkerLoop({
      linker: publisher,
      pollMs: POLL_MS,
      pauseMs: 0,
      faultPauseMs: FAULT_PAUSE_MS,
      reportBatch: ({ done }, seconds) => {
        if (done !== null)
          logger.log("info", "cut-publication", { outcome: done.outcome, durationMs: Math.round(seconds * 1_000) });
      },
      reportFault: (error) => logger.log("error", "cut-fault", describeFailure(error)),
    }),
  );
  return {
    service: createCutService({ store, clock: systemClock, newId }),
    published: createPublishedCuts(database),
    rows: createCutRows(database),
    ...loop,
    start: async () => {
      await askDemoCut(parts);
      await loop.start();
    },
  };
}

const generateDemo = (journeys: number): Iterable<CutJourney> =>
  generateCutJourneys({ seed: DEMO_SEED, journeys, years: DEMO_YEARS });

/** In demo mode the first start has a cut made, so that there are figures to ask for. */
async function askDemoCut({ config, database, newId }: Parts): Promise<void> {
  if (config.mode !== "demo" || config.demoJourneys === 0) return;
  await askGeneratedCut(
    { database },
    { id: newId(), askedBy: "gateway", askedAt: systemClock.now(), syntheticJourneys: config.demoJourneys },
  );
}
