/** What is seen to without anybody asking: files that were kept long enough, and persons who object to what was not handed over, or was. */

import { countIn } from "./download-extract.ts";
import type { Extract } from "./extract.ts";
import { toEntry } from "./extract-entry.ts";
import type { ExtractKeys, ExtractStore, WithheldPersons } from "./extract-ports.ts";

export interface AttendExtractsDependencies {
  readonly store: ExtractStore;
  readonly keys: ExtractKeys;
  readonly withheld: WithheldPersons;
  readonly clock: { now(): string };
  /** Days for which files are kept. */
  readonly keptDays: number;
}

export interface AttendedExtracts {
  readonly removed: number;
  readonly madeAgain: number;
  /** Extracts that were handed over and hold rows of persons who are withheld now. */
  readonly holdingWithheld: number;
}

const DAY_MS = 24 * 3_600_000;

/** Once an hour or a day, by one process. @throws GatewayError DATABASE_UNAVAILABLE */
export async function attendExtracts(dependencies: AttendExtractsDependencies): Promise<AttendedExtracts> {
  const { store, withheld, clock, keptDays } = dependencies;
  const now = clock.now();
  const removed = await store.removeMadeBefore(new Date(Date.parse(now) - keptDays * DAY_MS).toISOString(), now);
  const extracts = await store.ready();
  if (extracts.length === 0) return { removed, madeAgain: 0, holdingWithheld: 0 };
  const nobodyOf = new Set([...(await withheld.objecting()), ...(await withheld.all())]);
  const outcomes: Outcome[] = [];
  for (const extract of extracts) outcomes.push(await attend(extract, nobodyOf, dependencies));
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  return { removed, madeAgain: count("MADE_AGAIN"), holdingWithheld: count("HOLDS_WITHHELD") };
}

type Outcome = "MADE_AGAIN" | "HOLDS_WITHHELD" | "SOUND";

async function attend(
  extract: Extract,
  nobodyOf: ReadonlySet<string>,
  { store, keys }: Pick<AttendExtractsDependencies, "store" | "keys">,
): Promise<Outcome> {
  const persons = await countIn(extract, nobodyOf, { store, keys });
  if (
    extract.handedOverAt === null &&
    persons > 0 &&
    (await store.makeAgain(extract.id, toEntry("MAKE_EXTRACT_AGAIN", extract, [])))
  )
    return "MADE_AGAIN";
  if (persons !== extract.withheldSince) await store.noteWithheld(extract.id, persons);
  return persons > 0 ? "HOLDS_WITHHELD" : "SOUND";
}
