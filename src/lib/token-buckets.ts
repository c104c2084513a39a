/** A bucket of points for each name: full at first, refilled evenly, never beyond its size. Counts in this process. */

export interface BucketSize {
  readonly points: number;
  readonly perSecond: number;
}

export interface Taken {
  readonly taken: boolean;
  /** Whole points left. */
  readonly left: number;
  /** Until as many points are there as were asked for; 0 where they were taken. A request for more than the bucket holds waits for a full one. */
  readonly waitSeconds: number;
}

export interface TokenBuckets {
  /** Takes all the points or none. */
  take(name: string, points: number): Taken;
  /** Buckets in memory. */
  readonly size: number;
}

/** A full bucket says nothing that a new one would not: it is forgotten when this many are in memory, or twice as many as were left then. */
const SWEEP_AT = 1_000;

/** @param now milliseconds of a clock that never goes back */
export function createTokenBuckets({ points, perSecond }: BucketSize, now: () => number = () => performance.now()): TokenBuckets {
  const buckets = new Map<string, { level: number; at: number }>();
  const levelOf = (bucket: { level: number; at: number }, at: number): number =>
    Math.min(points, bucket.level + ((at - bucket.at) / 1_000) * perSecond);
  let sweepAt = SWEEP_AT;
  const sweep = (at: number): void => {
    for (const [name, bucket] of buckets) if (levelOf(bucket, at) >= points) buckets.delete(name);
    // Not at every new name: each would look through all the others.
    sweepAt = Math.max(SWEEP_AT, 2 * buckets.size);
  };
  return {
    take(name, wanted) {
      const at = now();
      const asked = Math.min(wanted, points);
      const known = buckets.get(name);
      const level = known === undefined ? points : levelOf(known, at);
      if (level < asked) return { taken: false, left: Math.floor(level), waitSeconds: (asked - level) / perSecond };
      if (known === undefined && buckets.size >= sweepAt) sweep(at);
      buckets.set(name, { level: level - asked, at });
      return { taken: true, left: Math.floor(level - asked), waitSeconds: 0 };
    },
    get size() {
      return buckets.size;
    },
  };
}
