/**
 * Every refused token request comes into the audit trail, without letting whoever sends them fill it. Of each client, and of all
 * strangers together, a hundred are written one by one at once and ten more a minute; what is beyond is counted, and the count is
 * written with the next one, or after a minute. So the trail of a process grows by 14,400 entries a day for a client at most, and what
 * it says adds up to every refusal there was.
 */
import type { TokenRefusal } from "./ports.ts";

/** Writes one entry that stands for `refusal` and for `uncounted` others before it. */
export type WriteRefusal = (refusal: TokenRefusal, uncounted: number) => Promise<void>;

export interface RefusalNotes {
  /** Never throws: the answer is a refusal in any case. */
  note(refusal: TokenRefusal): Promise<void>;
  /** Writes what is counted and not written yet. */
  close(): Promise<void>;
}

export interface RefusalNotesDependencies {
  readonly write: WriteRefusal;
  readonly reportFault: (error: unknown) => void;
  /** In milliseconds since 1970. */
  readonly now?: () => number;
}

export const AT_ONCE = 100;
const REFILL_MS = 6_000;
const COUNT_MS = 60_000;

interface Sender {
  /** May be a fraction. */
  readonly left: number;
  readonly at: number;
  /** Refusals that have no entry, and the last of them. */
  readonly unwritten: number;
  readonly last: TokenRefusal | null;
}

export function createRefusalNotes({ write, reportFault, now = Date.now }: RefusalNotesDependencies): RefusalNotes {
  const senders = new Map<string | null, Sender>();
  let timer: NodeJS.Timeout | null = null;
  const tryToWrite = (refusal: TokenRefusal, uncounted: number): Promise<void> => write(refusal, uncounted).catch(reportFault);
  const writeCounts = async (): Promise<void> => {
    timer = null;
    for (const [id, { last, unwritten, ...sender }] of [...senders]) {
      senders.set(id, { ...sender, unwritten: 0, last: null });
      // The entry stands for the last one itself too.
      if (last !== null) await tryToWrite(last, unwritten - 1);
    }
  };
  return {
    async note(refusal) {
      const before = senders.get(refusal.clientId) ?? { left: AT_ONCE, at: now(), unwritten: 0, last: null };
      const left = Math.min(AT_ONCE, before.left + (now() - before.at) / REFILL_MS);
      if (left >= 1) {
        senders.set(refusal.clientId, { left: left - 1, at: now(), unwritten: 0, last: null });
        return await tryToWrite(refusal, before.unwritten);
      }
      senders.set(refusal.clientId, { left, at: now(), unwritten: before.unwritten + 1, last: refusal });
      timer ??= setTimeout(() => void writeCounts(), COUNT_MS).unref();
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      await writeCounts();
    },
  };
}
