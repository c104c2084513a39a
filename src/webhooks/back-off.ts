/** How long a failed delivery waits. */
export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
  /** All attempts, the first included. */
  readonly attempts: number;
}

/**
 * Exponential with full jitter: anything between nothing and the doubled limit, so that senders whose receiver was down do not all come
 * back at once. Null after the last attempt.
 * @param failed attempts that failed, from 1; @param random between 0 and 1
 */
export function waitAfter({ firstMs, mostMs, attempts }: BackOff, failed: number, random: number): number | null {
  if (failed >= attempts) return null;
  return Math.round(random * Math.min(mostMs, firstMs * 2 ** (failed - 1)));
}
