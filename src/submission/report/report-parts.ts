/** What a report holds: summary, groups and hits, as in NHS England's validation engine. No part has a value that was sent. */
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { renderIssue } from "../../dataset/issue-text.ts";
import type { Issue, Severity } from "../../records/issue.ts";
import type { IssueGroup, RecordOutcome, RecordResult, SubmissionHeader } from "../../records/submission-record.ts";

/** The submission: what was sent, when, by which system, and what became of it so far (`status` says whether that is all). */
export type ReportSummary = Pick<
  SubmissionHeader,
  | "id"
  | "programmeCode"
  | "clientId"
  | "channel"
  | "mode"
  | "errorPolicy"
  | "status"
  | "outcome"
  | "sourceSystem"
  | "datasetVersion"
  | "mappingVersion"
  | "receivedAt"
  | "completedAt"
  | "counts"
  | "replayOf"
  | "withdrawnAt"
> & {
  readonly organisation: string;
  readonly receipt: { readonly digest: string; readonly keyId: string } | null;
};

export type ReportGroup = Omit<IssueGroup, "params"> & { readonly message: string };

/** One issue. Those that belong to no record (format, encoding, columns) have no index, record type and outcome. */
export interface ReportHit {
  readonly index: number | null;
  readonly recordType: RecordTypeName | null;
  /** The sender's own id of the record: reports go to its organisation only. */
  readonly sourceRecordId: string | null;
  readonly expression: string;
  readonly outcome: RecordOutcome | null;
  readonly severity: Severity;
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
  readonly suggestion: string | null;
  readonly causedBy: number | null;
}

export function toSummary(header: SubmissionHeader): ReportSummary {
  const { receiptDigest, receiptKeyId } = header;
  return {
    id: header.id,
    organisation: header.ods,
    programmeCode: header.programmeCode,
    clientId: header.clientId,
    channel: header.channel,
    sourceSystem: header.sourceSystem,
    datasetVersion: header.datasetVersion,
    mappingVersion: header.mappingVersion,
    receivedAt: header.receivedAt,
    completedAt: header.completedAt,
    mode: header.mode,
    errorPolicy: header.errorPolicy,
    status: header.status,
    outcome: header.outcome,
    counts: header.counts,
    replayOf: header.replayOf,
    withdrawnAt: header.withdrawnAt,
    receipt: receiptDigest === null || receiptKeyId === null ? null : { digest: receiptDigest, keyId: receiptKeyId },
  };
}

/** Its parameters are in its message. */
export function toGroup(group: IssueGroup, dictionary: Dictionary): ReportGroup {
  const { params: _params, ...shown } = group;
  return { ...shown, message: renderIssue(dictionary, group, group.recordType) };
}

export const toHits = (result: RecordResult, dictionary: Dictionary): readonly ReportHit[] =>
  result.issues.map((issue) => toHit(issue, result, dictionary));

/** `result` null: the issue belongs to no record. */
export const toHit = (issue: Issue, result: RecordResult | null, dictionary: Dictionary): ReportHit => ({
  index: result?.index ?? null,
  recordType: result?.recordType ?? null,
  sourceRecordId: result?.sourceRecordId ?? null,
  expression: issue.expression,
  outcome: result?.outcome ?? null,
  severity: issue.severity,
  code: issue.code,
  field: issue.field,
  message: renderIssue(dictionary, issue, result?.recordType),
  suggestion: issue.suggestion ?? null,
  causedBy: issue.causedBy ?? null,
});
