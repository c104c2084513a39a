/** What is told of a programme while it happens: to streams, to webhooks, and to whoever asks what was missed. No record, no person. */
import type { SubmissionCounts, SubmissionOutcome, SubmissionStatus } from "./submission-record.ts";

export const PROGRAMME_EVENT_TYPES = [
  "SUBMISSION_RECEIVED",
  "SUBMISSION_COMPLETED",
  "SUBMISSION_FAILED",
  "SUBMISSION_CANCELLED",
  "SUBMISSION_WITHDRAWN",
] as const;
export type ProgrammeEventType = (typeof PROGRAMME_EVENT_TYPES)[number];

export interface ProgrammeEvent {
  /** The same wherever the event is told, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly ods: string;
  readonly programmeCode: string;
  /** Counts up by one in the programme, in the order of commit: a gap is something missed. */
  readonly sequence: number;
  readonly type: ProgrammeEventType;
  /** ISO instant. */
  readonly occurredAt: string;
  readonly submissionId: string;
  readonly status: SubmissionStatus;
  readonly outcome: SubmissionOutcome | null;
  readonly counts: SubmissionCounts;
}

/** The event that a submission's state is told by; none while it is worked on. */
export const EVENT_OF_STATUS: Readonly<Record<SubmissionStatus, ProgrammeEventType | null>> = {
  RECEIVED: "SUBMISSION_RECEIVED",
  PROCESSING: null,
  COMPLETED: "SUBMISSION_COMPLETED",
  FAILED: "SUBMISSION_FAILED",
  CANCELLED: "SUBMISSION_CANCELLED",
  WITHDRAWN: "SUBMISSION_WITHDRAWN",
};
