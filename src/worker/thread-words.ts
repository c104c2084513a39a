/** What the two sides of the worker's thread say to each other. Everything here survives being copied between threads. */
import type { MetricSamples } from "../observability/metrics.ts";

export type WorkerRequest =
  | { readonly kind: "metrics"; readonly id: number }
  /** Finish the chunk and the delivery in hand, then end. */
  | { readonly kind: "stop" };

export type WorkerReply =
  /** Works from now on. */
  { readonly kind: "started" } | { readonly kind: "metrics"; readonly id: number; readonly samples: MetricSamples };
