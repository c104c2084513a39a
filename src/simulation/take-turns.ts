/**
 * One simulation at a time in a process. It keeps a core busy for as long as it lasts, and submissions come first: a second one would
 * take the other core from them and be done no sooner.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { SimulateRules } from "./simulate-rules.ts";

/** @throws GatewayError OVERLOADED where another page is being worked out, besides what `simulate` throws */
export function inTurn(simulate: SimulateRules): SimulateRules {
  let isBusy = false;
  return async (actor, request) => {
    if (isBusy) throw busy();
    isBusy = true;
    try {
      return await simulate(actor, request);
    } finally {
      isBusy = false;
    }
  };
}

const busy = (): GatewayError =>
  new GatewayError("OVERLOADED", "Another simulation is being worked on. Ask again.", {
    retryable: true,
    retryAfterSeconds: LIMITS.simulationPageSeconds,
  });
