import type { SubmissionStatus } from "../records/submission-record.ts";

/** Nothing of it is still to be done; a withdrawal may follow. */
export const isFinished = (status: SubmissionStatus): boolean => status !== "RECEIVED" && status !== "PROCESSING";
