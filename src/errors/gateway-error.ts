/** The closed set of failures that are not data problems. Everything else that is thrown is a fault of ours and is masked at the edge. */
export type GatewayErrorCode =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "GONE"
  | "NOT_PUBLISHED"
  | "CUT_WITHDRAWN"
  | "BAD_USER_INPUT"
  | "CONFLICT"
  | "IDEMPOTENCY_KEY_REUSED"
  | "LIMIT_EXCEEDED"
  | "RATE_LIMITED"
  | "OVERLOADED"
  | "UPSTREAM_UNAVAILABLE"
  | "DATABASE_UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

/** A fact beside the text of a refusal. */
export type ErrorDetail = string | number | readonly (string | number)[] | readonly Readonly<Record<string, unknown>>[];

export interface GatewayErrorOptions {
  /** Safe extra facts for the client: a limit's name and value, a path, seconds to wait. Never a value that was sent. */
  readonly details?: Readonly<Record<string, ErrorDetail>>;
  readonly retryable?: boolean;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** `publicMessage` is shown to the caller as it stands, so it holds nothing the caller or the database said. */
export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  readonly publicMessage: string;
  readonly details: Readonly<Record<string, ErrorDetail>>;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: GatewayErrorCode, publicMessage: string, options: GatewayErrorOptions = {}) {
    super(publicMessage, { cause: options.cause });
    this.name = "GatewayError";
    this.code = code;
    this.publicMessage = publicMessage;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
