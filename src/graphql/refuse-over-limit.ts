import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS, type LimitName } from "../lib/limits.ts";

/** @throws GatewayError LIMIT_EXCEEDED that names the limit and its value, as `limits` publishes them */
export function refuseOverLimit(limit: LimitName, actual: number): void {
  const value = LIMITS[limit];
  if (actual <= value) return;
  throw new GatewayError("LIMIT_EXCEEDED", `The request is over the limit ${limit}: at most ${value}.`, {
    details: { limit, value },
  });
}
