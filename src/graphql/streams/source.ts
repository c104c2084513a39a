/** What a stream is made of, in the form that graphql and the transports pull from: nothing is read before they ask for it. */

/** All that a generator has; the transports recognise it by these. */
export type Source<T> = AsyncGenerator<T, void, undefined>;

/**
 * A generator that can be ended while it waits: a plain one would see `return` only after its waiting is over, which may be never.
 * @param follow ends soon after the signal
 * @param release called once, however the source ends, also where it was never begun
 */
export function toSource<T>(follow: (ended: AbortSignal) => AsyncGenerator<T, void, undefined>, release: () => void): Source<T> {
  const ended = new AbortController();
  const steps = follow(ended.signal);
  const end = (): void => {
    if (ended.signal.aborted) return;
    ended.abort();
    release();
  };
  const step = async (take: () => Promise<IteratorResult<T, void>>): Promise<IteratorResult<T, void>> => {
    try {
      const taken = await take();
      if (taken.done) end();
      return taken;
    } catch (error) {
      end();
      throw error;
    }
  };
  return asSource({
    next: () => step(() => steps.next()),
    return: () => {
      end();
      return steps.return();
    },
  });
}

/**
 * Answers each thing a source brings; where source or answer fails, what `fail` makes of it is the last that comes.
 * @param ended called once, however it ends
 */
export function mapSource<T, R>(
  source: AsyncIterable<T>,
  respond: (value: T) => Promise<R>,
  fail: (error: unknown) => R,
  ended: () => void,
): Source<R> {
  const steps = source[Symbol.asyncIterator]();
  let over = false;
  const end = async (): Promise<IteratorReturnResult<undefined>> => {
    if (!over) ended();
    over = true;
    await steps.return?.();
    return { done: true, value: undefined };
  };
  return asSource({
    next: async () => {
      if (over) return { done: true, value: undefined };
      try {
        const step = await steps.next();
        return step.done ? await end() : { done: false, value: await respond(step.value) };
      } catch (error) {
        await end();
        return { done: false, value: fail(error) };
      }
    },
    return: end,
  });
}

function asSource<T>(steps: { next(): Promise<IteratorResult<T, void>>; return(): Promise<IteratorResult<T, void>> }): Source<T> {
  const source: Source<T> = {
    next: () => steps.next(),
    return: () => steps.return(),
    throw: async (error) => {
      await steps.return();
      throw error;
    },
    [Symbol.asyncIterator]: () => source,
    [Symbol.asyncDispose]: async () => {
      await steps.return();
    },
  };
  return source;
}
