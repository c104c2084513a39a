/** A submission is taken back: what it changed is undone, the submission and its answers stay, marked and with the reason. */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import { findControlled, submissionNotFound } from "./find-controlled.ts";
import type { Clock } from "./ports.ts";
import { readReason } from "./read-reason.ts";
import type { StatusStore } from "./status-ports.ts";
import type { WithdrawalResult, WithdrawalStore } from "./withdraw-ports.ts";

export interface WithdrawDependencies {
  readonly status: Pick<StatusStore, "submission">;
  readonly store: WithdrawalStore;
  readonly clock: Clock;
}

export type WithdrawSubmission = (actor: OrganisationActor, id: string, reason: string) => Promise<SubmissionHeader>;

/** Later submissions that a refusal names. */
const MOST_NAMED = 10;

/** @throws GatewayError BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT, OVERLOADED, DATABASE_UNAVAILABLE */
export function createWithdrawSubmission({ status, store, clock }: WithdrawDependencies): WithdrawSubmission {
  return async (actor, id, reason) => {
    const stated = readReason(reason, "reason");
    const header = await findControlled(status, actor, id);
    if (header.mode === "VALIDATE_ONLY")
      throw new GatewayError("BAD_USER_INPUT", "A dry run changed nothing that could be withdrawn.", { details: { path: "id" } });
    return toHeader(await store.withdraw(actor, { submissionId: header.id, reason: stated, at: clock.now() }));
  };
}

function toHeader(result: WithdrawalResult): SubmissionHeader {
  switch (result.state) {
    case "WITHDRAWN":
      return result.header;
    case "NOT_FOUND":
      throw submissionNotFound();
    case "UNFINISHED":
      throw new GatewayError("CONFLICT", "The submission is not finished: cancel it first.");
    case "OTHER_PROGRAMME":
      throw new GatewayError("FORBIDDEN", "The submission also wrote records of a programme that you may not act for.");
    case "TOO_LATE":
      throw new GatewayError(
        "CONFLICT",
        `Records that were withdrawn can be brought back for ${LIMITS.restoreDays} days, not longer.`,
        {
          details: { reason: "TOO_LATE" },
        },
      );
    case "IN_THE_WAY":
      throw new GatewayError("CONFLICT", "Later submissions build on this one: withdraw them first, the latest one first.", {
        details: { submissions: result.visible.slice(0, MOST_NAMED), submissionsInTheWay: result.total },
      });
  }
}
