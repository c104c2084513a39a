/** Load at a fixed rate, whatever the answers do: a slow answer does not make the next question wait, as users do not wait for each other. */

export interface Latencies {
  readonly milliseconds: number[];
  failed: number;
}

export const noLatencies = (): Latencies => ({ milliseconds: [], failed: 0 });

export async function timeOne(latencies: Latencies, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  try {
    await work();
    latencies.milliseconds.push(performance.now() - started);
  } catch {
    latencies.failed++;
  }
}

/** Calls `send` `perSecond` times a second for so many seconds; waits for the last answers. */
export async function openLoop(
  perSecond: number,
  seconds: number,
  latencies: Latencies,
  send: (number: number) => Promise<unknown>,
): Promise<void> {
  const began = performance.now();
  const sent: Promise<void>[] = [];
  for (let number = 0; number < perSecond * seconds; number++) {
    const wait = began + (number * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(timeOne(latencies, () => send(number)));
  }
  await Promise.all(sent);
}
