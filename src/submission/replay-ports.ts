/** Running the failed records of a submission again: what the use case needs of the store. */
import type { OrganisationActor } from "../records/actor.ts";
import type { RecordOutcome } from "../records/submission-record.ts";

/** What became of a record of which nothing was stored. */
export const FAILED_OUTCOMES = ["REJECTED", "REJECTED_PARENT", "HELD"] as const satisfies readonly RecordOutcome[];

export interface ReplayStore {
  /** Replays of a submission that the actor may see, the latest first: which of them are not finished. */
  replaysOf(
    actor: OrganisationActor,
    submissionId: string,
  ): Promise<readonly { readonly id: string; readonly unfinished: boolean }[]>;
  /**
   * Indexes of failed records that a later submission of the same product in the same programme was answered well for, under the same id
   * of the sender: they were corrected since, and their old state must not come back.
   */
  correctedSince(actor: OrganisationActor, submissionId: string): Promise<readonly number[]>;
}
