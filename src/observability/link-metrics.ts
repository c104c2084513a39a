/** What is counted of working links out. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface LinkMetrics {
  /** `tooLarge`: patients and persons left as they were. */
  batchDone(counts: { readonly taken: number; readonly changed: number; readonly tooLarge: number }, seconds: number): void;
  /** Asks `count` at each reading; where that fails, the reading goes without it. */
  watchDue(count: () => Promise<number>): void;
}

export function createLinkMetrics(registry: Registry): LinkMetrics {
  const registers = [registry];
  const seconds = new Histogram({
    name: "nacr_link_batch_duration_seconds",
    help: "Time to work out the links of one batch",
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const lines = new Counter({
    name: "nacr_link_lines_total",
    help: "Lines of the linker: due ones taken, links written or removed, records left alone for being too many",
    labelNames: ["kind"],
    registers,
  });
  return {
    batchDone: (counts, took) => {
      seconds.observe(took);
      for (const [kind, count] of [
        ["due", counts.taken],
        ["changed", counts.changed],
        ["too_large", counts.tooLarge],
      ] as const) {
        if (count > 0) lines.inc({ kind }, count);
      }
    },
    watchDue: (count) => watchDue(registers, count),
  };
}

function watchDue(registers: Registry[], count: () => Promise<number>): void {
  new Gauge({
    name: "nacr_links_due",
    help: "Lines whose links are to be worked out, in the queue of all processes; counted up to 100,000",
    registers,
    // Every thread would count the same queue.
    aggregator: "first",
    async collect() {
      const due = await count().catch(() => null);
      if (due === null) this.remove();
      else this.set(due);
    },
  });
}
