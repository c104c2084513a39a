/** What the loops of a worker are watched by: how long a batch takes, and how much waits for them. */
import { Gauge, type Registry } from "prom-client";

/** Of a batch's duration, in seconds: links and national rows are batches of some 1,000 patients, half a second of work. */
export const BATCH_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Asks `count` at each reading; where that fails, the reading goes without it. */
export function watchQueue(
  registers: Registry[],
  { name, help }: { readonly name: string; readonly help: string },
  count: () => Promise<number>,
): void {
  new Gauge({
    name,
    help,
    registers,
    // Every thread would count the same queue.
    aggregator: "first",
    async collect() {
      const waiting = await count().catch(() => null);
      if (waiting === null) this.remove();
      else this.set(waiting);
    },
  });
}
