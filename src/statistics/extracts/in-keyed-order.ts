/**
 * Sorts more than memory should hold, by reading it several times: each reading keeps those that come next, as many as fit. Extracts stand in
 * the order of their keyed ids, which says nothing of the order they were read in.
 */

import { LongWork } from "../../lib/long-work.ts";

export interface Keyed {
  /** No two are alike. */
  readonly key: string;
}

/**
 * @param read begins anew at each call, and gives the same each time
 * @param most how many are kept at once
 */
export async function* inKeyedOrder<T extends Keyed>(read: () => AsyncIterable<T>, most: number): AsyncGenerator<readonly T[]> {
  let after = "";
  for (;;) {
    const { taken, isLast } = await takeNext(read(), after, most);
    if (taken.length > 0) yield taken;
    const last = taken.at(-1);
    if (isLast || last === undefined) return;
    after = last.key;
  }
}

const byKey = (one: Keyed, other: Keyed): number => (one.key < other.key ? -1 : 1);

/** The first of those after a key. Of too many the later half is left for another reading. */
async function takeNext<T extends Keyed>(
  items: AsyncIterable<T>,
  after: string,
  most: number,
): Promise<{ readonly taken: readonly T[]; readonly isLast: boolean }> {
  let kept: T[] = [];
  let upTo: string | null = null;
  const work = new LongWork();
  for await (const item of items) {
    if (item.key <= after || (upTo !== null && item.key > upTo)) continue;
    kept.push(item);
    if (kept.length <= most) continue;
    kept = (await work.sort(kept, byKey)).slice(0, Math.ceil(most / 2));
    upTo = kept.at(-1)?.key ?? null;
  }
  return { taken: await work.sort(kept, byKey), isLast: upTo === null };
}
