/** Why a server could not be read. Holds nothing the server said and no address: both may name a patient. */

export const FAILURE_REASONS = [
  "REFUSED_ADDRESS",
  "UNREACHABLE",
  "TIMEOUT",
  "SERVER_ERROR",
  "RATE_LIMITED",
  "UNAUTHORISED",
  "FORBIDDEN",
  "NOT_FOUND",
  "REFUSED",
  "REDIRECT",
  "LINK_ELSEWHERE",
  "BAD_ANSWER",
  "INCOMPLETE",
  "TOO_LARGE",
  "EXPORT_FAILED",
  "FAULT",
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** May have gone when it is tried again later; the others need somebody to mend something. */
const TRANSIENT: ReadonlySet<FailureReason> = new Set([
  "UNREACHABLE",
  "TIMEOUT",
  "SERVER_ERROR",
  "RATE_LIMITED",
  "EXPORT_FAILED",
  "FAULT",
]);

export class ServerFailure extends Error {
  readonly reason: FailureReason;
  /** How long the server asked to be left alone, in milliseconds; null: it did not say. */
  readonly retryAfterMs: number | null;

  constructor(reason: FailureReason, retryAfterMs: number | null = null) {
    super(`A FHIR server could not be read: ${reason}`);
    this.name = "ServerFailure";
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  get isTransient(): boolean {
    return TRANSIENT.has(this.reason);
  }
}
