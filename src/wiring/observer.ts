/** Where the HTTP edge's log lines and counts go. */
import type { EdgeObserver } from "../http/http-ports.ts";
import { describeFailure } from "../observability/logger.ts";
import type { Parts } from "./parts.ts";

export function createObserver({ logger, metrics }: Pick<Parts, "logger" | "metrics">): EdgeObserver {
  return {
    requestDone(request) {
      metrics.requestDone(request.route, request.method, request.status, request.durationMs / 1000);
      logger.log("info", "request", request);
    },
    failed: (error, correlationId) => logger.log("error", "fault", { correlationId, ...describeFailure(error) }),
    metrics: () => metrics.render(),
  };
}
