/** The synthetic directory of demo mode. */
import { loadGeography } from "../geography/load-geography.ts";
import type { GeographyFile } from "../geography/read-deprivation.ts";
import { createGeographyStore, isGeographyLoaded } from "../persistence/geography-store.ts";
import { SAMPLE_GEOGRAPHY } from "../population/sample-geography.ts";
import type { Parts } from "./parts.ts";

/**
 * Where demo mode finds none in force, by whoever feeds the national side: so that the statistics of synthetic patients have quintiles and
 * regions. Of two processes that start at once one overtakes the other.
 */
export async function loadSampleGeography({ config, database, keys, newId }: Parts): Promise<void> {
  if (config.mode !== "demo" || !config.roles.has("worker") || (await isGeographyLoaded(database))) return;
  const { postcodes, deprivation, organisations } = SAMPLE_GEOGRAPHY;
  const store = await createGeographyStore({ database, keys, newId });
  await loadGeography(
    {
      directory: toFile("postcodes", postcodes),
      deprivation: [toFile("deprivation", deprivation)],
      organisations: toFile("organisations", organisations),
    },
    store,
  );
}

const toFile = (name: string, lines: readonly string[]): GeographyFile => ({
  name,
  lines: {
    async *[Symbol.asyncIterator]() {
      yield* lines;
    },
  },
});
