/** Counters and timings for Prometheus. Labels are closed sets: no label ever holds anything a caller sent. */
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type AgreementMetrics, createAgreementMetrics } from "./agreement-metrics.ts";
import { createLinkMetrics, type LinkMetrics } from "./link-metrics.ts";
import { createMllpMetrics, type MllpMetrics } from "./mllp-metrics.ts";
import { createNationalMetrics, type NationalMetrics } from "./national-metrics.ts";

export interface Metrics {
  requestDone(route: string, method: string, status: number, seconds: number): void;
  submissionDone(channel: string, outcome: string, counts: Readonly<Record<string, number>>): void;
  webhookAttempted(result: string, failure: string): void;
  /** An attempt to work on a job has ended. */
  jobAttemptDone(outcome: string): void;
  /** Asks `count` at each reading; where that fails, the reading goes without these numbers. */
  watchJobs(count: () => Promise<{ readonly waiting: number; readonly active: number }>): void;
  readonly mllp: MllpMetrics;
  readonly links: LinkMetrics;
  readonly national: NationalMetrics;
  readonly agreements: AgreementMetrics;
  /** Our own metrics as data that can be sent to another thread; not those of Node's process. */
  collect(): Promise<MetricSamples>;
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** What `collect` gives; added up where several threads of a process count. */
export type MetricSamples = readonly object[];

const METHODS = new Set(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]);

/** `others`: the samples of this process's other threads, asked for at each reading; one that cannot answer is left out. */
export function createMetrics(others: readonly (() => Promise<MetricSamples>)[] = []): Metrics {
  const registry = new Registry();
  const requests = new Histogram({
    name: "nacr_http_request_duration_seconds",
    help: "Time to answer, by route pattern, method and status",
    labelNames: ["route", "method", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const submissions = new Counter({
    name: "nacr_submissions_total",
    help: "Submissions answered",
    labelNames: ["channel", "outcome"],
    registers: [registry],
  });
  const records = new Counter({
    name: "nacr_submission_records_total",
    help: "Dataset records by what became of them",
    labelNames: ["channel", "outcome"],
    registers: [registry],
  });
  const webhooks = new Counter({
    name: "nacr_webhook_attempts_total",
    help: "Attempts to deliver an event, by how they ended",
    labelNames: ["result", "failure"],
    registers: [registry],
  });
  const attempts = new Counter({
    name: "nacr_job_attempts_total",
    help: "Attempts to work on a submission's job, by what became of them",
    labelNames: ["outcome"],
    registers: [registry],
  });
  return {
    mllp: createMllpMetrics(registry),
    links: createLinkMetrics(registry),
    national: createNationalMetrics(registry),
    agreements: createAgreementMetrics(registry),
    jobAttemptDone: (outcome) => attempts.inc({ outcome }),
    watchJobs: (count) => watchJobs(registry, count),
    requestDone: (route, method, status, seconds) =>
      requests.observe({ route, method: METHODS.has(method) ? method : "OTHER", status: String(status) }, seconds),
    submissionDone: (channel, outcome, counts) => {
      submissions.inc({ channel, outcome });
      for (const [name, count] of Object.entries(counts)) if (count > 0) records.inc({ channel, outcome: name }, count);
    },
    webhookAttempted: (result, failure) => webhooks.inc({ result, failure }),
    collect: () => registry.getMetricsAsJSON(),
    render: () => render(registry, others),
  };
}

/** Of Node and the process there is one set, however many threads. */
let processMetrics: Registry | null = null;

function ofProcess(): Registry {
  if (processMetrics === null) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics });
  }
  return processMetrics;
}

async function render(registry: Registry, others: readonly (() => Promise<MetricSamples>)[]) {
  const samples = await Promise.all([registry.getMetricsAsJSON(), ...others.map((collect) => collect().catch(() => []))]);
  const [ours, process] = await Promise.all([AggregatorRegistry.aggregate(samples).metrics(), ofProcess().metrics()]);
  return { contentType: registry.contentType, body: `${process}\n${ours}` };
}

function watchJobs(registry: Registry, count: () => Promise<{ readonly waiting: number; readonly active: number }>): void {
  new Gauge({
    name: "nacr_jobs",
    help: "Submissions' jobs in the queue of all processes, by whether one is at work on them",
    labelNames: ["state"],
    registers: [registry],
    // Every thread would count the same queue.
    aggregator: "first",
    async collect() {
      this.reset();
      const counts = await count().catch(() => null);
      if (counts !== null) for (const state of ["waiting", "active"] as const) this.set({ state }, counts[state]);
    },
  });
}
