/** A refusal by the gateway, or a gateway that could not be reached. `message` is the gateway's own text and holds no patient data. */
export class GatewayClientError extends Error {
  /** A code of the gateway; `UNREACHABLE` where no answer came, `BAD_RESPONSE` where the answer was not the gateway's. */
  readonly code: string;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** The same request may succeed when it is sent again. */
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | null;
  /** What the gateway said beside the text: a path, a limit's name and value. */
  readonly details: Readonly<Record<string, unknown>>;
  /** To be quoted when the failure is reported. */
  readonly correlationId: string | null;

  constructor(message: string, facts: Partial<Omit<GatewayClientError, keyof Error>> & { readonly code: string }) {
    super(message);
    this.name = "GatewayClientError";
    this.code = facts.code;
    this.status = facts.status ?? null;
    this.retryable = facts.retryable ?? false;
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
    this.details = facts.details ?? {};
    this.correlationId = facts.correlationId ?? null;
  }
}
