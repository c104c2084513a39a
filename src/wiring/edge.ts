/** What the HTTP edge is told by the rest: a document's limits, and where its log lines and counts go. */
import { DOCUMENT_REFUSED } from "../graphql/format-error.ts";
import type { GraphqlRefusal } from "../http/graphql-error-body.ts";
import type { EdgeObserver } from "../http/http-ports.ts";
import { checkDocument } from "../lib/document-gate.ts";
import { LIMITS } from "../lib/limits.ts";
import { describeFailure } from "../observability/logger.ts";
import type { Parts } from "./parts.ts";

/** A document's size is refused by its limit's name; the shape of its selections in the same bytes as an unknown field. */
export function refuseDocument(source: string): GraphqlRefusal | null {
  const limit = checkDocument(source, LIMITS);
  if (limit === null) return null;
  if (limit === "documentBytes" || limit === "documentTokens") {
    const value = LIMITS[limit];
    const message = `The request is over the limit ${limit}: at most ${value}.`;
    return { status: 413, code: "LIMIT_EXCEEDED", message, details: { limit, value } };
  }
  const [{ message, extensions }] = DOCUMENT_REFUSED.errors;
  return { status: 400, code: extensions.code, message };
}

export function createObserver({ logger, metrics }: Parts): EdgeObserver {
  return {
    requestDone(request) {
      metrics.requestDone(request.route, request.method, request.status, request.durationMs / 1000);
      logger.log("info", "request", request);
    },
    failed: (error, correlationId) => logger.log("error", "fault", { correlationId, ...describeFailure(error) }),
    metrics: () => metrics.render(),
  };
}
