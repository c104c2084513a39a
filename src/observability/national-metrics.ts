/** What is counted of feeding the national side. Of whom nothing goes is not counted here: a batch may be about one person. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface NationalMetrics {
  batchDone(counts: { readonly taken: number; readonly patients: number }, seconds: number): void;
  /** Asks `count` at each reading; where that fails, the reading goes without it. */
  watchDue(count: () => Promise<number>): void;
}

export function createNationalMetrics(registry: Registry): NationalMetrics {
  const registers = [registry];
  const seconds = new Histogram({
    name: "nacr_national_batch_duration_seconds",
    help: "Time to make the national rows of one batch",
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const patients = new Counter({
    name: "nacr_national_patients_total",
    help: "Patients whose national rows were looked at",
    registers,
  });
  return {
    batchDone: (counts, took) => {
      seconds.observe(took);
      if (counts.patients > 0) patients.inc(counts.patients);
    },
    watchDue: (count) => watchDue(registers, count),
  };
}

function watchDue(registers: Registry[], count: () => Promise<number>): void {
  new Gauge({
    name: "nacr_national_due",
    help: "Patients and submissions the national side has not looked at yet, of all processes; counted up to 100,000",
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
