/** A key names one input for ever: the same input gets the stored answer, another one is refused. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { IdempotencyClaim, UnitOfWork } from "./ports.ts";

/** @throws GatewayError BAD_USER_INPUT without a key */
export function toClaim(clientId: string, key: string | null, payload: string): IdempotencyClaim {
  if (key === null)
    throw new GatewayError("BAD_USER_INPUT", "An idempotency key is required.", {
      details: { path: "input.options.idempotencyKey" },
    });
  return { clientId, key, payload };
}

/**
 * The submission that has the key already; null: go on, the key is this transaction's. A dry run has no claim.
 * @throws GatewayError IDEMPOTENCY_KEY_REUSED, CONFLICT
 */
export async function claimKey(
  unit: Pick<UnitOfWork, "claimIdempotencyKey">,
  claim: IdempotencyClaim | null,
): Promise<SubmissionHeader | null> {
  if (claim === null) return null;
  const result = await unit.claimIdempotencyKey(claim);
  if (result.state === "SAME") return result.submission;
  if (result.state === "OTHER")
    throw new GatewayError("IDEMPOTENCY_KEY_REUSED", "This idempotency key was used before with another payload.");
  if (result.state === "IN_FLIGHT")
    throw new GatewayError("CONFLICT", "A request with this idempotency key is being worked on.", {
      retryable: true,
      retryAfterSeconds: 1,
    });
  return null;
}
