/** For which senders an actor may save something: a vendor app for its own product only. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { OrganisationActor } from "../records/actor.ts";

const LONGEST_NAME = 200;
const CONTROL = /\p{Cc}/u;

/** @throws GatewayError FORBIDDEN; BAD_USER_INPUT for names that no submission could carry */
export function requireSender(actor: OrganisationActor, sender: { readonly vendor: string; readonly product: string }): void {
  for (const name of ["vendor", "product"] as const) {
    const text = sender[name];
    if (text.trim() === "" || text.length > LONGEST_NAME || CONTROL.test(text) || !text.isWellFormed())
      throw new GatewayError("BAD_USER_INPUT", `A plain name of at most ${LONGEST_NAME} characters is required.`, {
        details: { path: `input.${name}` },
      });
  }
  const own = actor.sourceSystem;
  if (own !== undefined && (own.vendor !== sender.vendor || own.product !== sender.product))
    throw new GatewayError("FORBIDDEN", "A vendor app may speak for its own product only.");
}
