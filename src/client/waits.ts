/** How long a client waits before it asks again. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * What the gateway asks for, else twice as long each time, with a random part so that many senders do not return together.
 * @param number of attempts so far, from 1
 * @returns milliseconds
 */
export function waitBefore(number: number, retryAfterSeconds: number | null): number {
  if (retryAfterSeconds !== null) return Math.min(retryAfterSeconds * 1_000, LONGEST_WAIT_MS);
  return Math.min(FIRST_WAIT_MS * 2 ** (number - 1), LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
}
