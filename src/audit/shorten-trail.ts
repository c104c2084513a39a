/**
 * Removes entries that are older than the retention: always the first of the chain, never some among others, and the head of the last is
 * kept, signed, so that what is left can be checked as before.
 */
import type { AuditKey, ChainHead } from "./chain.ts";
import type { TrailStore } from "./trail-ports.ts";
import { signCheckpoint } from "./verify-trail.ts";

/** In one transaction. */
const ENTRIES_AT_ONCE = 10_000;

/** @param before ISO instant. @returns the last head that was removed; null: nothing was old enough */
export async function shortenTrail(
  store: Pick<TrailStore, "removeBefore">,
  key: AuditKey,
  before: string,
): Promise<ChainHead | null> {
  let last: ChainHead | null = null;
  for (;;) {
    const removed = await store.removeBefore(before, ENTRIES_AT_ONCE, (head) => signCheckpoint(key, head));
    if (removed === null) return last;
    last = removed;
  }
}
