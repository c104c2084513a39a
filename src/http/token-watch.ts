/** A stream lasts no longer than what its token says is true. */
import type { HttpDependencies } from "./http-ports.ts";

/**
 * With the two seconds that two clocks may differ, an expired token ends its stream within 4 s; one whose client was revoked within the
 * 30 s for which the client's standing is remembered (`access/client-standing.ts`) and these two: 60 s is the promise.
 */
const CHECK_MS = 2_000;

/** @param onEnded called once: the token is not good any more, or that cannot be found out. @returns stops watching */
export function watchToken(verifyToken: HttpDependencies["verifyToken"], token: string, onEnded: () => void): () => void {
  const check = async (): Promise<void> => {
    const isGood = await verifyToken(token).then(
      (actor) => actor !== null,
      () => false,
    );
    if (isGood || stopped) return;
    stop();
    onEnded();
  };
  let stopped = false;
  const timer = setInterval(() => void check(), CHECK_MS);
  const stop = (): void => {
    stopped = true;
    clearInterval(timer);
  };
  return stop;
}
