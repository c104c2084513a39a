/** What is done to submissions after they were sent. */
import { systemClock } from "../lib/system-clock.ts";
import { createEnvelopeStore } from "../persistence/envelope-store.ts";
import { createReplayStore } from "../persistence/replay-store.ts";
import { createReportStore } from "../persistence/report-store.ts";
import type { CachedStatusStore } from "../persistence/status-store.ts";
import { createWithdrawalStore } from "../persistence/withdrawal-store.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { MappingRegistry } from "../submission/commands.ts";
import { createCancelSubmission, createRedriveSubmission } from "../submission/control-job.ts";
import type { OpenFileInput } from "../submission/file-input.ts";
import type { AcceptJob, JobStore } from "../submission/job-ports.ts";
import { createOpenReplay, type OpenReplay } from "../submission/replay-input.ts";
import { createReplaySubmission } from "../submission/replay-submission.ts";
import type { ResolveSender } from "../submission/sender-ports.ts";
import type { SubmissionControl } from "../submission/submission-control.ts";
import type { UploadReader } from "../submission/upload-ports.ts";
import { createWithdrawSubmission } from "../submission/withdraw-submission.ts";
import type { Parts } from "./parts.ts";

export interface ControlInputs {
  readonly status: CachedStatusStore;
  readonly jobs: JobStore;
  readonly acceptJob: AcceptJob;
  readonly uploads: UploadReader;
  readonly openFile: OpenFileInput;
  readonly mappings: MappingRegistry;
  readonly resolveSender: ResolveSender | undefined;
}

export interface Control {
  readonly service: SubmissionControl;
  /** Input of the jobs whose source is a REPLAY. */
  readonly openReplay: OpenReplay;
}

export function wireControl(
  parts: Parts,
  { status, jobs, acceptJob, uploads, openFile, mappings, resolveSender }: ControlInputs,
): Control {
  const withdrawals = createWithdrawalStore(parts);
  const root = {
    status,
    uploads,
    envelopes: createEnvelopeStore(parts),
    reports: createReportStore(parts),
    store: createReplayStore(parts),
  };
  const replay = createReplaySubmission({
    ...root,
    acceptJob,
    clock: systemClock,
    newId: parts.newId,
  });
  const control: SubmissionControl = {
    cancel: createCancelSubmission({ status, jobs }),
    redrive: createRedriveSubmission({ status, jobs }),
    replay,
    withdraw: createWithdrawSubmission({ status, store: withdrawals, clock: systemClock }),
    withdrawals: withdrawals.withdrawals,
  };
  return { service: forgetful(control, status), openReplay: createOpenReplay({ ...root, mappings, openFile, resolveSender }) };
}

/** Who changed a submission reads it anew at once; the other processes, and those who come a moment later, are told by the event. */
function forgetful(control: SubmissionControl, status: CachedStatusStore): SubmissionControl {
  const forget = async (actor: OrganisationActor, change: Promise<SubmissionHeader>): Promise<SubmissionHeader> => {
    const header = await change;
    status.forget(actor.ods, header.id);
    return header;
  };
  return {
    ...control,
    cancel: (actor, id) => forget(actor, control.cancel(actor, id)),
    redrive: (actor, id) => forget(actor, control.redrive(actor, id)),
    withdraw: (actor, id, reason) => forget(actor, control.withdraw(actor, id, reason)),
  };
}
