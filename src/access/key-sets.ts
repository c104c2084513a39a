/**
 * Keys that clients publish at an address (JWKS). A set is fetched when it is needed and kept for a while, so that a client whose
 * publisher is down goes on working, and nobody can make the gateway ask again and again.
 */
import type { PublicKey } from "./public-keys.ts";

/** What became of one request for a set. */
export interface FetchedSet {
  readonly keys: readonly PublicKey[];
  /** Seconds for which its publisher allows it to be kept; null: it did not say. */
  readonly maxAgeSeconds: number | null;
}

/** Null: it could not be fetched, or is no set. Never throws. */
export type FetchKeySet = (url: string) => Promise<FetchedSet | null>;

export interface KeySets {
  /** The published keys; those of a set that has no key of this name are looked up again, if that was not just done. */
  keysOf(url: string, kid: string | undefined): Promise<readonly PublicKey[]>;
}

const SECOND_MS = 1_000;
/** Between two requests for one set, whoever asks for whatever key, and however the first one ended. */
const SHORTEST_MS = 30 * SECOND_MS;
/** A set is never taken for fresh for longer, whatever its publisher says. */
const LONGEST_MS = 600 * SECOND_MS;
/** A publisher that cannot be reached: the last good set holds this long. */
const OUTAGE_MS = 24 * 3_600 * SECOND_MS;
/** Sets in memory; beyond, the one that was first asked for is forgotten. */
const MOST_SETS = 1_000;

interface Known {
  readonly keys: readonly PublicKey[];
  /** Milliseconds since 1970: of the last attempt, of the end of freshness, and of the end of what an outage may use. */
  readonly askedAt: number;
  readonly freshUntil: number;
  readonly goodUntil: number;
}

const NOTHING: Known = { keys: [], askedAt: Number.NEGATIVE_INFINITY, freshUntil: 0, goodUntil: 0 };

/** `now` in milliseconds since 1970. */
export function createKeySets(fetchSet: FetchKeySet, now: () => number = Date.now): KeySets {
  const known = new Map<string, Known>();
  const underWay = new Map<string, Promise<Known>>();
  const ask = (url: string, before: Known): Promise<Known> => {
    const running = underWay.get(url);
    if (running !== undefined) return running;
    const asked = refresh(url, before, fetchSet, now).then((set) => {
      underWay.delete(url);
      remember(known, url, set);
      return set;
    });
    underWay.set(url, asked);
    return asked;
  };
  return {
    async keysOf(url, kid) {
      const before = known.get(url) ?? NOTHING;
      const isWanting = before.freshUntil <= now() || (kid !== undefined && before.keys.every((key) => key.kid !== kid));
      const mayAsk = underWay.has(url) || before.askedAt + SHORTEST_MS <= now();
      const current = isWanting && mayAsk ? await ask(url, before) : before;
      return current.goodUntil > now() ? current.keys : [];
    },
  };
}

async function refresh(url: string, before: Known, fetchSet: FetchKeySet, now: () => number): Promise<Known> {
  const fetched = await fetchSet(url);
  const askedAt = now();
  if (fetched === null) return { ...before, askedAt };
  const maxAgeMs = (fetched.maxAgeSeconds ?? 0) * SECOND_MS;
  const freshUntil = askedAt + Math.min(Math.max(maxAgeMs, SHORTEST_MS), LONGEST_MS);
  return { keys: fetched.keys, askedAt, freshUntil, goodUntil: askedAt + OUTAGE_MS };
}

function remember(known: Map<string, Known>, url: string, set: Known): void {
  known.set(url, set);
  const oldest = known.size > MOST_SETS ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
}
