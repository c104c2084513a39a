/** Why somebody takes something back, in words of his own. */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";

/** @throws GatewayError BAD_USER_INPUT where there is none, or too long a one */
export function readReason(reason: string, path: string): string {
  const text = reason.trim();
  if (text !== "" && text.length <= LIMITS.withdrawalReasonLength && text.isWellFormed()) return text;
  throw new GatewayError("BAD_USER_INPUT", `A reason of 1 to ${LIMITS.withdrawalReasonLength} characters is needed.`, {
    details: { path },
  });
}
