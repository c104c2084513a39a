/** The audit trail's entry of a submission: a part of the one statement that writes it, under the submission's own id. */
import type { Actor } from "../records/actor.ts";
import { AUDIT_ACTIONS, purposeOf } from "../records/audit-entry.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import { SUBMISSION_ENTRY_SHAPE } from "./sql/audit-statements.ts";
import { type BoundRows, bindRows } from "./sql/table-shape.ts";

function typeOf({ mode, replayOf }: SubmissionHeader): string {
  if (mode === "VALIDATE_ONLY") return "VALIDATE_SUBMISSION";
  return replayOf === null ? "SUBMIT" : "REPLAY_SUBMISSION";
}

/**
 * What became of each record stands in the submission's answer, which the entry names. A file has its entry when it is accepted: whatever
 * its job writes afterwards, names the submission.
 */
export function bindSubmissionEntry(header: SubmissionHeader, { role, correlationId }: Actor): BoundRows {
  const { channel, mode, counts } = header;
  const { received, created, updated, withdrawn, rejected } = counts;
  const row = {
    action: AUDIT_ACTIONS[mode === "VALIDATE_ONLY" ? "EXECUTE" : "CREATE"],
    type: typeOf(header),
    clientId: header.clientId,
    role,
    correlationId: correlationId ?? null,
    purpose: purposeOf({ role }),
    details: JSON.stringify({ channel, received, created, updated, withdrawn, rejected }),
  };
  return bindRows(SUBMISSION_ENTRY_SHAPE, [row]);
}
