/** Keys are replaced while everything goes on: each process reads new ones in time, and the workers seal anew what old ones sealed. */

import type { MaintenanceTask } from "../jobs/maintenance.ts";
import { type Repetition, repeat } from "../jobs/repeat.ts";
import { organisationOf } from "../keys/key-ring.ts";
import { eachDespiteFailures } from "../lib/each-despite-failures.ts";
import { describeFailure } from "../observability/logger.ts";
import { destroyOlderKeys, findReplacedKeys, type ReplacedKey } from "../persistence/key-rotation.ts";
import { isSealedAnew, resealOrganisation } from "../persistence/resealing/reseal-organisation.ts";
import { resealUploads } from "../sources/uploads/reseal-uploads.ts";
import type { UploadDependencies } from "../sources/uploads/upload-dependencies.ts";
import type { Parts } from "./parts.ts";

/** A new version is used 20 seconds after it was stored (`src/persistence/key-rotation.ts`): each process looks twice until then. */
const REFRESH_MS = 10_000;
const RESEAL_EVERY_MINUTES = 10;
/** A process that seals anew does nothing else that is due now and then; the rest is for the next turn. */
const TURN_MS = 10 * 60_000;
/** An upload over a slow line may bring in, hours later, what was sealed when it began. */
const SETTLED_SECONDS = 6 * 3_600;

/** Reads what became of the keys, again and again. */
export const watchKeys = ({ keys, logger }: Parts): Repetition =>
  repeat(
    () => keys.refresh(),
    REFRESH_MS,
    (error) => logger.log("warn", "keys-not-read", describeFailure(error)),
  );

export interface ResealSettings {
  /** Before which a replaced key is not destroyed. */
  readonly settledSeconds: number;
  readonly turnMs: number;
}

/** What one process of all does now and then; without replaced keys one small query. */
export const resealTask = (parts: Parts, uploads: ResealedContents): MaintenanceTask => ({
  name: "reseal",
  everyMinutes: RESEAL_EVERY_MINUTES,
  run: () => resealAll(parts, uploads, { settledSeconds: SETTLED_SECONDS, turnMs: TURN_MS }),
});

export type ResealedContents = Pick<UploadDependencies, "store" | "vault" | "parts">;

type Resealing = Pick<Parts, "database" | "keys" | "logger" | "newId">;

/** One turn over everything that is sealed with a replaced key. @throws what the stores throw; the next turn finds what is left */
export async function resealAll(parts: Resealing, uploads: ResealedContents, settings: ResealSettings): Promise<void> {
  const until = performance.now() + settings.turnMs;
  const mayGoOn = (): boolean => performance.now() < until;
  await eachDespiteFailures(await findReplacedKeys(parts.database, settings.settledSeconds), async (replaced) => {
    const ods = organisationOf(replaced.scope);
    const isLeft = ods !== null && !(await resealOf(parts, uploads, ods, replaced, mayGoOn));
    if (isLeft || !replaced.isSettled) return;
    const count = await destroyOlderKeys(parts, replaced, ods);
    parts.logger.log("info", "data-key-destroyed", { count, ...(ods === null ? {} : { ods }) });
  });
}

/** @returns whether nothing is left, for good, that is sealed with an older key */
async function resealOf(
  { database, keys, logger }: Resealing,
  uploads: ResealedContents,
  ods: string,
  { newest, isSettled }: ReplacedKey,
  mayGoOn: () => boolean,
): Promise<boolean> {
  const organisation = await keys.organisation(ods);
  // Read by others, but not by this process yet: it would seal with the old one.
  if (organisation.version < newest) return false;
  const { boxes, unreadable } = await resealOrganisation(database, ods, organisation, mayGoOn);
  const { frames, isDone } = await resealUploads(uploads, ods, mayGoOn);
  if (boxes + frames > 0) logger.log("info", "sealed-anew", { ods, count: boxes + frames });
  if (unreadable > 0) logger.log("error", "sealed-boxes-unreadable", { ods, count: unreadable });
  return isDone && isSettled && (await isSealedAnew(database, ods, newest));
}
