/** A job outlives what passes: a database that restarts, writers that are in each other's way. */
import { setTimeout as sleep } from "node:timers/promises";
import { GatewayError } from "../errors/gateway-error.ts";

/** Together 48 s: a restart of the database is over by then, or the attempt is given back to the queue, which waits longer. */
const PAUSES_MS = [200, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000];

/**
 * Runs `work` again after a pause while it fails with what may pass.
 * @throws what `work` threw last, and the signal's reason
 */
export async function waitPatiently<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<T> {
  for (const pause of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GatewayError && error.retryable)) throw error;
      // A little longer each time, so that two that met do not meet again.
      await sleep(pause * (1 + Math.random() / 2), undefined, { signal });
    }
  }
  return await work();
}
