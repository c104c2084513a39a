/** One request at a time writes to an upload, in this process. Between processes the database decides: see `UploadStore.addParts`. */
import type { Lock, Locker } from "@tus/server";

/** "Locked": the sender asks again in a moment. */
const LOCKED = { status_code: 423, body: "Another request is writing to this upload. Ask again in a second." };

/** Where it ends is read in one statement. */
const FREE: Lock = { lock: async () => undefined, unlock: async () => undefined };

/**
 * A second writer is refused, and the first is asked to end with what it has: the second is most often the same sender, whose
 * connection broke without our hearing of it. The library's own lock waits in a loop that takes a whole core.
 */
export function createTusLocker(): (request: { readonly method: string }) => Locker {
  const held = new Map<string, () => unknown>();
  const exclusive: Locker = {
    newLock: (id) => ({
      lock: async (_signal, askToEnd) => {
        const holder = held.get(id);
        if (holder !== undefined) {
          await holder();
          throw LOCKED;
        }
        held.set(id, askToEnd);
      },
      unlock: async () => {
        held.delete(id);
      },
    }),
  };
  return ({ method }) => (method === "HEAD" ? { newLock: () => FREE } : exclusive);
}
