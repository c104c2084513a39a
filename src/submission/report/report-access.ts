/** Who may have reports, and who the failed rows, which hold identifying items in clear. */
import { GatewayError } from "../../errors/gateway-error.ts";
import type { Actor, OrganisationActor } from "../../records/actor.ts";
import type { SubmissionHeader } from "../../records/submission-record.ts";

const refuse = (): GatewayError => new GatewayError("FORBIDDEN", "Your role does not include this file.");

const actingFor = (actor: Actor): OrganisationActor => {
  if (actor.ods === null) throw refuse();
  return { ...actor, ods: actor.ods };
};

/** A vendor app reads answers record by record, never a report. @throws GatewayError FORBIDDEN */
export function requireReportReader(actor: Actor): OrganisationActor {
  if (actor.role !== "SUBMITTER" && actor.role !== "CLINICAL_TEAM") throw refuse();
  return actingFor(actor);
}

/** @throws GatewayError FORBIDDEN for a role that never reads failed rows */
export function requireRowReader(actor: Actor): OrganisationActor {
  if (actor.role !== "SUBMITTER" && actor.role !== "CLINICAL_TEAM" && actor.role !== "VENDOR_APP") throw refuse();
  return actingFor(actor);
}

/** What a client sent goes back to that client, and to the organisation's clinical team. @throws GatewayError FORBIDDEN */
export function requireSender(actor: OrganisationActor, header: SubmissionHeader): void {
  if (actor.role !== "CLINICAL_TEAM" && actor.clientId !== header.clientId)
    throw new GatewayError("FORBIDDEN", "Failed rows are given to the client that sent them and to the clinical team only.");
}
