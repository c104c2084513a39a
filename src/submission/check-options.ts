/**
 * What accompanies the data is not the dictionary's to judge, and the whole submission hangs on it: a text that no database keeps as it
 * was sent is refused here, as a fault of the request.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmitCommand } from "./commands.ts";

/** Characters of a name: a vendor, a product, a version, a profile, a client. */
const LONGEST_NAME = 200;
const CONTROL = /\p{Cc}/u;

/** @throws GatewayError BAD_USER_INPUT with the path of the first text that is empty, too long, or holds control characters */
export function checkOptions({ actor, options, profile }: Pick<SubmitCommand, "actor" | "options" | "profile">): void {
  const { vendor, product, version } = options.sourceSystem;
  checkText(options.idempotencyKey, "input.options.idempotencyKey", LIMITS.idempotencyKeyLength);
  checkText(vendor, "input.options.sourceSystem.vendor");
  checkText(product, "input.options.sourceSystem.product");
  checkText(version, "input.options.sourceSystem.version");
  checkText(options.datasetVersion, "input.options.datasetVersion");
  checkText(profile, "input.profile");
  checkText(actor.clientId, "client", LIMITS.idempotencyKeyLength);
}

/** Null says nothing, and is for its reader to judge. */
function checkText(text: string | null, path: string, longest = LONGEST_NAME): void {
  if (text === null) return;
  const fault = findFault(text, longest);
  if (fault !== null) throw new GatewayError("BAD_USER_INPUT", `${fault} at ${path}.`, { details: { path } });
}

function findFault(text: string, longest: number): string | null {
  if (text.trim() === "") return "A text is required";
  if (text.length > longest) return `At most ${longest} characters are allowed`;
  return CONTROL.test(text) || !text.isWellFormed() ? "Control characters are not allowed" : null;
}

/**
 * The same answer for a programme of another organisation and for one that does not exist.
 * @throws GatewayError FORBIDDEN
 */
export function requireProgramme(actor: Pick<OrganisationActor, "programmes">, programmeCode: string): void {
  if (!actor.programmes.includes(programmeCode)) throw new GatewayError("FORBIDDEN", "You may not act for this programme.");
}
