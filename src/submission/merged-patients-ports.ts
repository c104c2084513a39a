/** Reading who was merged (ADR 0025), under the actor's row-level security. */
import type { OrganisationActor } from "../records/actor.ts";

/**
 * Of each of the patients those that were merged into it, by whatever way, now or (`asOf`, ISO) at an instant: ids by the patient's id,
 * nothing for a patient into whom none was.
 */
export type ReadMergedPatients = (
  actor: OrganisationActor,
  patientIds: readonly string[],
  asOf: string | null,
) => Promise<ReadonlyMap<string, readonly string[]>>;
