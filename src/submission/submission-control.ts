/** What a sender can do to a submission after it was sent. */
import type { ControlJob } from "./control-job.ts";
import type { ReplaySubmission } from "./replay-submission.ts";
import type { WithdrawalStore } from "./withdraw-ports.ts";
import type { WithdrawSubmission } from "./withdraw-submission.ts";

export interface SubmissionControl {
  readonly cancel: ControlJob;
  readonly redrive: ControlJob;
  readonly replay: ReplaySubmission;
  readonly withdraw: WithdrawSubmission;
  readonly withdrawals: WithdrawalStore["withdrawals"];
}
