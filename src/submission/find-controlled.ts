/** Whose submission may be cancelled, withdrawn, run again: by its sender, and by the clinical team. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { StatusStore } from "./status-ports.ts";

/** @throws GatewayError NOT_FOUND where the actor may not see it; FORBIDDEN where somebody else sent it */
export async function findControlled(
  status: Pick<StatusStore, "submission">,
  actor: OrganisationActor,
  id: string,
): Promise<SubmissionHeader> {
  const header = await status.submission(actor, id);
  if (header === null) throw submissionNotFound();
  if (actor.role !== "CLINICAL_TEAM" && header.clientId !== actor.clientId)
    throw new GatewayError("FORBIDDEN", "The submission was sent by another client.");
  return header;
}

export const submissionNotFound = (): GatewayError => new GatewayError("NOT_FOUND", "The submission does not exist.");
