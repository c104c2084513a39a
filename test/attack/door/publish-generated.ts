/** Publishes a population as a worker publishes the demo's: by the same publisher and store, of people of the test's choice. */
import { systemClock } from "../../../src/lib/system-clock.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { askGeneratedCut, createPublicationStore } from "../../../src/persistence/cut-publication-store.ts";
import { createFrozenRowReader } from "../../../src/persistence/cut-rows.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import { makeYear } from "../../../src/statistics/cuts/make-year.ts";
import { createCutPublisher } from "../../../src/statistics/cuts/publish-cut.ts";
import type { TestDatabase } from "../../support/database.ts";

/** @throws Error where it is not published */
export async function publishGenerated({ database }: TestDatabase, journeys: readonly CutJourney[]): Promise<void> {
  const newId = createUuid7();
  const store = createPublicationStore({ database, newId, clock: systemClock, judgeRelease: async () => new Map() });
  const publisher = createCutPublisher({
    store,
    rows: createFrozenRowReader(database, "nacr_publisher"),
    makeYear,
    generate: () => journeys,
    signer: async () => ({ id: "of-the-test", sign: () => "unsigned" }),
    clock: systemClock,
    renewMs: 1_000,
  });
  const asked = { id: newId(), askedBy: "test", askedAt: systemClock.now(), syntheticJourneys: journeys.length };
  await askGeneratedCut({ database }, asked);
  const { done } = await publisher.workBatch();
  if (done?.outcome !== "PUBLISHED") throw new Error(`not published: ${done?.outcome}`);
}
