/** Stopping a submission that a job works on, and sending one round again that a fault ended. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import { findControlled, submissionNotFound } from "./find-controlled.ts";
import type { JobStore } from "./job-ports.ts";
import type { StatusStore } from "./status-ports.ts";

export interface ControlJobDependencies {
  readonly status: Pick<StatusStore, "submission">;
  readonly jobs: Pick<JobStore, "cancel" | "redrive">;
}

/** @throws GatewayError NOT_FOUND, FORBIDDEN, CONFLICT, OVERLOADED, DATABASE_UNAVAILABLE */
export type ControlJob = (actor: OrganisationActor, id: string) => Promise<SubmissionHeader>;

/** @returns the submission: CANCELLED where it had not begun, else in work until its chunk is done */
export function createCancelSubmission({ status, jobs }: ControlJobDependencies): ControlJob {
  return async (actor, id) => {
    const { id: known } = await findControlled(status, actor, id);
    const cancelled = await jobs.cancel(actor, known);
    if (cancelled === null) throw submissionNotFound();
    if (cancelled.tooLate) throw new GatewayError("CONFLICT", "The submission is finished: there is nothing left to cancel.");
    return cancelled.header;
  };
}

/** @returns the submission as it is in work again, from the place it had reached */
export function createRedriveSubmission({ status, jobs }: ControlJobDependencies): ControlJob {
  return async (actor, id) => {
    const header = await findControlled(status, actor, id);
    if (!(await jobs.redrive(actor, header.id)))
      throw new GatewayError("CONFLICT", "Only a FAILED submission can be sent round again.");
    return { ...header, status: "PROCESSING", completedAt: null, faultId: null };
  };
}
