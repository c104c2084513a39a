/** A cut with rows and without cubes, in force beside whatever a gateway on the same database does. */
import { CUT_MANIFEST_FORMAT } from "../../src/destruction/certificate.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import { createUuid7 } from "../../src/lib/uuid7.ts";
import { freezeGenerated } from "../../src/persistence/cut-freezing.ts";
import type { CutJourney } from "../../src/statistics/cut-journey.ts";
import type { CutManifest } from "../../src/statistics/cuts/cut-manifest.ts";
import type { TestDatabase } from "./database.ts";

/** @returns the cut's id */
export async function placeCut({ database, query }: TestDatabase, journeys: Iterable<CutJourney>): Promise<string> {
  const judgeRelease = async () => new Map();
  const { cutId } = await freezeGenerated({ database, newId: createUuid7(), clock: systemClock, judgeRelease }, journeys);
  const now = systemClock.now();
  const manifest: CutManifest = {
    ...{ format: CUT_MANIFEST_FORMAT, id: cutId, number: 1, asOf: now, publishedAt: now, synthetic: true },
    ...{ declaration: 1, rules: {}, years: [], withheld: {}, signingKey: "" },
  };
  await query(
    `insert into cut.cut (id, number, state, as_of, published_at, published_by, manifest, signature, synthetic)
     values ($1::uuid, 1, 'IN_FORCE', now(), now(), 'test', $2, '', true)`,
    [cutId, JSON.stringify(manifest)],
  );
  return cutId;
}
