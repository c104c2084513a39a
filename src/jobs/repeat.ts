/** Does something now and then, never twice at once. */

export interface Repetition {
  /** Ends when the run in hand has ended. */
  stop(): Promise<void>;
}

/** Runs `task` now, and again `everyMs` after each end. @param onError told what it threw; the next run is tried all the same */
export function repeat(task: () => Promise<void>, everyMs: number, onError: (error: unknown) => void): Repetition {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    try {
      await task();
    } catch (error) {
      onError(error);
    }
    if (!stopped) {
      timer = setTimeout(() => {
        inHand = run();
      }, everyMs);
    }
  };
  let inHand = run();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return inHand;
    },
  };
}
