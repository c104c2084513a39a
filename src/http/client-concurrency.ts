/** How many requests of one client may be in hand at once, so that none of them can take the gateway from the others. */

export interface ClientConcurrency {
  /** Takes a place; null where all are taken. The function gives the place back, once. */
  enter(clientId: string): (() => void) | null;
}

/** Counts in this process; a client's places are not shared between processes. */
export function createClientConcurrency(places: number): ClientConcurrency {
  const taken = new Map<string, number>();
  const leave = (clientId: string): void => {
    const left = (taken.get(clientId) ?? 0) - 1;
    // A client that is gone leaves nothing behind.
    if (left > 0) taken.set(clientId, left);
    else taken.delete(clientId);
  };
  return {
    enter(clientId) {
      const before = taken.get(clientId) ?? 0;
      if (before >= places) return null;
      taken.set(clientId, before + 1);
      let left = false;
      return () => {
        if (!left) leave(clientId);
        left = true;
      };
    },
  };
}
