/** A stream lasts no longer than what its token says is true. */
import type { Actor } from "../records/actor.ts";

/**
 * With the two seconds that two clocks may differ, an expired token ends its stream within 4 s; one whose client was revoked within the
 * 30 s for which the client's standing is remembered (`access/client-standing.ts`), and a person's registrations (`access/people.ts`),
 * and these two: 60 s is the promise.
 */
const CHECK_MS = 2_000;

/**
 * @param verify whom the token stands for now. @param actor whom it stood for when the stream was opened
 * @param onEnded called once: it is not good any more, stands for something else, or that cannot be found out. @returns stops watching
 */
export function watchToken(verify: () => Promise<Actor | null>, actor: Actor, onEnded: () => void): () => void {
  const check = async (): Promise<void> => {
    const isGood = await verify().then(
      (now) => now !== null && isSame(now, actor),
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

/** A person's registrations may change while the token stays good. */
const isSame = (now: Actor, then: Actor): boolean =>
  now.clientId === then.clientId &&
  now.role === then.role &&
  now.ods === then.ods &&
  now.programmes.join() === then.programmes.join() &&
  now.scopes.join() === then.scopes.join() &&
  now.breakGlass === then.breakGlass;
