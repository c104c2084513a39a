/** Taking a submission back: what the use case needs of the store. */
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";

export interface WithdrawalRequest {
  readonly submissionId: string;
  /** Free text: kept sealed, never logged. */
  readonly reason: string;
  /** ISO instant. */
  readonly at: string;
}

/** Why nothing was changed, or the submission as it is now. */
export type WithdrawalResult =
  | { readonly state: "WITHDRAWN"; readonly header: SubmissionHeader }
  | { readonly state: "NOT_FOUND" }
  /** Received or in work: to be cancelled first. */
  | { readonly state: "UNFINISHED" }
  /** It wrote records of a programme that the actor may not act for. */
  | { readonly state: "OTHER_PROGRAMME" }
  /** It withdrew records, and the time is over in which they can be brought back. */
  | { readonly state: "TOO_LATE" }
  /** Later submissions build on what it wrote. `visible`: those the actor may see, the latest first. */
  | { readonly state: "IN_THE_WAY"; readonly visible: readonly string[]; readonly total: number };

/** Why a submission was withdrawn. */
export interface Withdrawal {
  readonly submissionId: string;
  readonly reason: string;
}

export interface WithdrawalStore {
  /**
   * Undoes what the submission changed, in one transaction that no other submission of the organisation runs beside: all of it, or
   * nothing. Of a submission that is withdrawn already the answer is given again.
   * @throws GatewayError OVERLOADED, DATABASE_UNAVAILABLE
   */
  withdraw(actor: OrganisationActor, request: WithdrawalRequest): Promise<WithdrawalResult>;
  /** Of those among the submissions that were withdrawn and that the actor may see. */
  withdrawals(actor: OrganisationActor, submissionIds: readonly string[]): Promise<readonly Withdrawal[]>;
}
