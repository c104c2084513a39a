/** Reports of any length that are never whole in memory. */
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import type { RecordOutcome, RecordResult, SubmissionHeader } from "../../../src/records/submission-record.ts";

export const dictionary = compileDictionary(gw10);
export const SUBMISSION_ID = "01939f2e-5a00-7000-8000-000000000001";

export function headerOf(more: Partial<SubmissionHeader> = {}): SubmissionHeader {
  return {
    id: SUBMISSION_ID,
    ods: "RXX",
    programmeCode: "CR-VALLEY",
    clientId: "client-1",
    channel: "FILE",
    mode: "COMMIT",
    errorPolicy: "REJECT_FAILED",
    status: "COMPLETED",
    outcome: "ACCEPTED_WITH_REJECTIONS",
    sourceSystem: { vendor: "Vendor", product: "Product", version: "1" },
    datasetVersion: "gw-1.0",
    mappingVersion: "records/gw-1.0",
    receivedAt: "2026-03-02T09:30:00.125Z",
    completedAt: "2026-03-02T09:30:02.000Z",
    counts: { received: 3, created: 1, updated: 0, unchanged: 0, withdrawn: 0, rejected: 2, held: 0, withheld: 0, warnings: 1 },
    issues: [],
    issueGroups: [],
    mappingSummary: [],
    standards: [],
    receiptDigest: "ab12",
    receiptKeyId: "RXX/1",
    replayOf: null,
    withdrawnAt: null,
    faultId: null,
    ...more,
  };
}

export function resultOf(index: number, expression: string, more: Partial<RecordResult> = {}): RecordResult {
  return {
    index,
    recordType: "PATIENT",
    outcome: "CREATED",
    sourceRecordId: `rec-${index}`,
    expression,
    parentIndex: null,
    matchedBy: null,
    recordId: null,
    issues: [],
    changes: [],
    links: [],
    mappingReport: [],
    ...more,
  };
}

/** A record refused for a missing item. */
export const rejected = (index: number, expression: string, outcome: RecordOutcome = "REJECTED"): RecordResult =>
  resultOf(index, expression, {
    outcome,
    issues:
      outcome === "HELD"
        ? []
        : [{ severity: "ERROR", code: "MANDATORY_MISSING", field: "gender", expression: `${expression}.gender` }],
  });

export async function* inParts(results: readonly RecordResult[], size = 2): AsyncGenerator<readonly RecordResult[]> {
  for (let start = 0; start < results.length; start += size) yield results.slice(start, start + size);
}

export async function textOf(pieces: AsyncIterable<string | Buffer>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece.toString();
  return text;
}
