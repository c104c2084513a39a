/** What went wrong with a call, in words of ours: the client's errors quote the address, which may hold a number, and the server's text. */
import { type FailureReason, ServerFailure } from "../../pull/server-failure.ts";

const REASON_OF_STATUS: ReadonlyMap<number, FailureReason> = new Map([
  [401, "UNAUTHORISED"],
  [403, "FORBIDDEN"],
  [404, "NOT_FOUND"],
  [410, "NOT_FOUND"],
  [408, "TIMEOUT"],
  [429, "RATE_LIMITED"],
]);

export function ofStatus(status: number, headers: Headers): ServerFailure {
  const retryAfter = readRetryAfter(headers.get("retry-after"), Date.now());
  if (status >= 500) return new ServerFailure("SERVER_ERROR", retryAfter);
  if (status >= 200 && status < 300) return new ServerFailure("BAD_ANSWER");
  if (status >= 300 && status < 400) return new ServerFailure("REDIRECT");
  return new ServerFailure(REASON_OF_STATUS.get(status) ?? "REFUSED", retryAfter);
}

/** Seconds, or a date. @returns milliseconds; null for anything else */
export function readRetryAfter(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

interface ResponseError extends Error {
  readonly config: { readonly status: number; readonly headers: Headers };
}

/** As fhir-kit-client throws it. */
const isResponseError = (error: Error): error is ResponseError =>
  "config" in error &&
  typeof error.config === "object" &&
  error.config !== null &&
  "status" in error.config &&
  typeof error.config.status === "number" &&
  "headers" in error.config &&
  error.config.headers instanceof Headers;

const codeOf = (cause: unknown): unknown => (cause instanceof Error && "code" in cause ? cause.code : undefined);

/** Of anything a call threw. What is no failure of a call is a fault of ours, and returned as it is. */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ServerFailure) return error;
  if (isResponseError(error)) return ofStatus(error.config.status, error.config.headers);
  if (error.name === "TimeoutError") return new ServerFailure("TIMEOUT");
  // fetch says everything with a TypeError; so does the client where an answer is JSON but no object.
  if (!(error instanceof TypeError)) return error;
  const { cause } = error;
  if (cause === undefined) return new ServerFailure("BAD_ANSWER");
  if (cause instanceof ServerFailure) return cause;
  switch (codeOf(cause)) {
    case "UND_ERR_RES_EXCEEDED_MAX_SIZE":
      return new ServerFailure("TOO_LARGE");
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
      return new ServerFailure("TIMEOUT");
    default:
      return new ServerFailure(cause instanceof Error && cause.message === "unexpected redirect" ? "REDIRECT" : "UNREACHABLE");
  }
}
