/** Refusals before GraphQL runs, in the shape a GraphQL client expects. */
import type { FastifyReply } from "fastify";
import type { GatewayError, GatewayErrorCode } from "../errors/gateway-error.ts";

export interface GraphqlRefusal {
  readonly status: number;
  readonly code: GatewayErrorCode | "DOCUMENT_LIMIT" | "BAD_REQUEST" | "UNSUPPORTED_MEDIA_TYPE";
  readonly message: string;
  readonly details?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly retryAfterSeconds?: number;
}

export function sendRefusal(reply: FastifyReply, refusal: GraphqlRefusal): FastifyReply {
  const { status, code, message, details, retryAfterSeconds } = refusal;
  if (status === 401) reply.header("www-authenticate", "Bearer");
  if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
  return reply
    .code(status)
    .type("application/json; charset=utf-8")
    .send({ errors: [{ message, extensions: { code, ...details } }] });
}

/** Statuses of failures that reach an HTTP route outside GraphQL. */
const STATUS: Readonly<Record<GatewayErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
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
  ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
});

/** Everything unknown becomes one fixed text; the correlation id finds the log line. */
export const UNEXPECTED: GraphqlRefusal = {
  status: 500,
  code: "INTERNAL_SERVER_ERROR",
  message: "Something went wrong on our side. Quote the correlation id of this answer.",
};
