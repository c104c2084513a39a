/** What is counted of feeding the national side. Of whom nothing goes is not counted here: a batch may be about one person. */
import { Counter, Histogram, type Registry } from "prom-client";
import { BATCH_BUCKETS, watchQueue } from "./watch-queue.ts";

const DUE = {
  name: "nacr_national_due",
  help: "Patients and submissions the national side has not looked at yet, of all processes; counted up to 100,000",
};

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
    buckets: BATCH_BUCKETS,
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
    watchDue: (count) => watchQueue(registers, DUE, count),
  };
}
