/** What is counted of working links out. */
import { Counter, Histogram, type Registry } from "prom-client";
import { BATCH_BUCKETS, watchQueue } from "./watch-queue.ts";

const DUE = {
  name: "nacr_links_due",
  help: "Lines whose links are to be worked out, in the queue of all processes; counted up to 100,000",
};

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
    buckets: BATCH_BUCKETS,
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
    watchDue: (count) => watchQueue(registers, DUE, count),
  };
}
