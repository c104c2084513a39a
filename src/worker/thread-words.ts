/** What the two sides of the worker's thread say to each other. Everything here survives being copied between threads. */
import type { MetricSamples } from "../observability/metrics.ts";

/** What can be asked; the answer has the question's number. */
export type Question = "metrics" | "readiness";

export type WorkerRequest =
  | { readonly kind: Question; readonly id: number }
  /** Finish the chunk and the delivery in hand, then end. */
  | { readonly kind: "stop" };

export type WorkerReply =
  /** Works from now on. */
  | { readonly kind: "started" }
  /** Will not start, for a reason that the operator can mend. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "metrics"; readonly id: number; readonly samples: MetricSamples }
  | { readonly kind: "readiness"; readonly id: number; readonly ready: boolean };
