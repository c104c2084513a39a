/** What an operation costs its client, over whatever transport it came. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";

/** @param cost in points. @throws GatewayError RATE_LIMITED */
export function takePoints(chargeCost: GraphqlDeps["chargeCost"], clientId: string, cost: number): void {
  const { taken, waitSeconds, perMinute: value } = chargeCost(clientId, cost);
  if (taken) return;
  throw new GatewayError("RATE_LIMITED", `This client may ask for ${value} points a minute; the answer says what it costs.`, {
    details: { limit: "costPerMinute", value, cost },
    retryable: true,
    retryAfterSeconds: Math.max(1, Math.ceil(waitSeconds)),
  });
}
