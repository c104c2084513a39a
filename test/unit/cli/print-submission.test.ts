import { expect, it } from "vitest";
import { printSubmission } from "../../../src/cli/print-submission.ts";
import type { SubmissionFieldsFragment } from "../../../src/generated/graphql/operations.ts";

const counts = {
  received: 1,
  created: 0,
  updated: 0,
  unchanged: 0,
  withdrawn: 0,
  rejected: 1,
  held: 0,
  withheld: 0,
  warnings: 0,
};
const group = {
  severity: "ERROR",
  recordType: null,
  field: null,
  count: 1,
  cascaded: 0,
  suggestion: null,
  causedBy: null,
} as const;
const answer: SubmissionFieldsFragment = {
  id: "s-1",
  status: "COMPLETED",
  outcome: "REJECTED",
  channel: "FHIR",
  mode: "COMMIT",
  errorPolicy: "REJECT_FAILED",
  datasetVersion: "gw-1.0",
  mappingVersion: "uk-core/3",
  receivedAt: "2026-11-22T10:00:00Z",
  completedAt: null,
  replayed: false,
  replayOf: null,
  programme: { code: "CR-A", name: "A" },
  counts,
  progress: { processed: 1, total: 1, startedAt: null, estimatedCompletionAt: null },
  receipt: null,
  issues: [],
  issueGroups: [
    { ...group, code: "PLACED", message: "One.", records: [{ index: 0, expression: "records[0]" }] },
    { ...group, code: "UNPLACED", message: "Two.", records: [] },
  ],
  mappingSummary: { mapped: 0, defaulted: 0, dropped: 0, unmapped: 0 },
};

it("a printed cause names its places, and none where it is of no record", () => {
  const text = printSubmission(answer, null);
  expect(text).toContain("One.\n    at records[0]");
  expect(text.endsWith("Two.")).toBe(true);
});
