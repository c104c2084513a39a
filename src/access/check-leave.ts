/** What somebody wants a client to be let do, before anybody decides upon it. */
import { GatewayError } from "../errors/gateway-error.ts";
import { addDays } from "../lib/calendar-date.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { CLIENT_SCOPES, type Leave } from "./client.ts";
import { isLikeNhsNumber } from "./registration-texts.ts";

/**
 * @param today in the United Kingdom
 * @throws GatewayError FORBIDDEN for a programme that is not the actor's, BAD_USER_INPUT for scopes and days that make no sense
 */
export function checkLeave(actor: OrganisationActor, leave: Leave, today: string): Leave {
  const { programmes, scopes, startsOn, endsOn } = leave;
  if (programmes?.some((code) => !actor.programmes.includes(code)))
    throw new GatewayError("FORBIDDEN", "A programme of the list is not one you may act for.");
  if (programmes?.length === 0) throw badInput("input.programmes", "Name a programme, or leave the list out for all of them.");
  if (scopes.length === 0 || !scopes.every((scope) => CLIENT_SCOPES.some((known) => known === scope)))
    throw badInput("input.scopes", `The scopes are ${CLIENT_SCOPES.join(", ")}.`);
  const latest = addDays(today, LIMITS.clientLeaveDays);
  if (endsOn === null || endsOn < today || endsOn < (startsOn ?? today) || endsOn > latest)
    throw badInput(
      "input.endsOn",
      `The last day must be today or later, not before the first, and within ${LIMITS.clientLeaveDays} days.`,
    );
  return { programmes: programmes && [...new Set(programmes)], scopes: [...new Set(scopes)], startsOn, endsOn };
}

/** A name, a vendor, evidence: one line that says something, of no patient. @throws GatewayError BAD_USER_INPUT */
export function readLine(text: string, path: string, most: number): string {
  const line = text.trim();
  if (isLikeNhsNumber(line)) throw badInput(path, "Ten digits, as an NHS number has them: name no patient.");
  if (line !== "" && line.length <= most && line.isWellFormed() && !/\p{Cc}/u.test(line)) return line;
  throw badInput(path, `One line of 1 to ${most} characters is needed.`);
}

const badInput = (path: string, message: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });
