/** Refusals before GraphQL runs, in the shape a GraphQL client expects and the bytes Apollo would give them. */
import type { FastifyReply } from "fastify";
import type { ErrorDetail, GatewayError, GatewayErrorCode } from "../errors/gateway-error.ts";

export interface GraphqlRefusal {
  readonly status: number;
  readonly code: GatewayErrorCode | "BAD_REQUEST" | "GRAPHQL_VALIDATION_FAILED";
  readonly message: string;
  readonly details?: Readonly<Record<string, ErrorDetail>>;
  /** The same request may succeed later. */
  readonly retryable?: boolean;
  readonly retryAfterSeconds?: number;
}

/** Where a failure may pass and nobody knows when. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

export function sendRefusal(reply: FastifyReply, refusal: GraphqlRefusal): FastifyReply {
  const { status, retryable = false, retryAfterSeconds } = refusal;
  if (status === 401) reply.header("www-authenticate", "Bearer");
  if (retryable) reply.header("retry-after", retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS);
  return reply.code(status).type("application/json; charset=utf-8").send(toErrorBody(refusal, reply.request?.correlationId));
}

/** JSON text with Apollo's line end. A fault carries the correlation id, so that it can be quoted from the body alone. */
export function toErrorBody(refusal: GraphqlRefusal, correlationId?: string): string {
  const { status, code, message, details, retryable = false, retryAfterSeconds } = refusal;
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  const id = status >= 500 && correlationId ? { correlationId } : {};
  return `${JSON.stringify({ errors: [{ message, extensions: { ...details, code, retryable, ...wait, ...id } }] })}\n`;
}

/** Statuses of failures that reach an HTTP route outside GraphQL. */
const STATUS: Readonly<Record<GatewayErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  GONE: 410,
  NOT_PUBLISHED: 404,
  CUT_WITHDRAWN: 410,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  LIMIT_EXCEEDED: 413,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  UPSTREAM_UNAVAILABLE: 502,
  DATABASE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
};

export const toRefusal = (error: GatewayError): GraphqlRefusal => ({
  status: STATUS[error.code],
  code: error.code,
  message: error.publicMessage,
  details: error.details,
  retryable: error.retryable,
  ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
});

export const UNREADABLE: GraphqlRefusal = { status: 400, code: "BAD_REQUEST", message: "The request could not be read." };

/** Everything unknown becomes one fixed text; the correlation id finds the log line. */
export const UNEXPECTED: GraphqlRefusal = {
  status: 500,
  code: "INTERNAL_SERVER_ERROR",
  message: "Something went wrong on our side. Quote the correlation id of this answer.",
  retryable: true,
};
