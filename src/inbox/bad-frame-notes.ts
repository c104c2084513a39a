/** Of what comes wrongly, the last one is kept for people to see; a flood of it costs one write a second. */
import type { BadFrames, ListenerIdentity, MessageStore } from "./inbox-ports.ts";

type Noted = Pick<ListenerIdentity, "ods" | "name" | "programmeCode">;

export interface BadFrameNotes {
  note(listener: Noted, bad: Omit<BadFrames, "count">): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

const WRITE_AFTER_MS = 1_000;

/** @param reportFault told what a write threw; what it was to write is lost, its count aside */
export function createBadFrameNotes(
  store: Pick<MessageStore, "noteBadFrames">,
  reportFault: (error: unknown) => void,
): BadFrameNotes {
  const waiting = new Map<string, { readonly listener: Noted; readonly bad: BadFrames }>();
  let timer: NodeJS.Timeout | null = null;
  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const notes = [...waiting.values()];
    waiting.clear();
    for (const { listener, bad } of notes) await store.noteBadFrames(listener, bad).catch(reportFault);
  };
  return {
    note: (listener, bad) => {
      const key = `${listener.ods}/${listener.name}`;
      waiting.set(key, { listener, bad: { ...bad, count: (waiting.get(key)?.bad.count ?? 0) + 1 } });
      timer ??= setTimeout(() => void flush(), WRITE_AFTER_MS);
    },
    flush,
  };
}
