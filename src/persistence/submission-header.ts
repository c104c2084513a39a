/** A submission's header as it is stored and read back. */
import type { Issue } from "../records/issue.ts";
import type { StandardMovement } from "../records/standard-movement.ts";
import {
  CHANNELS,
  ERROR_POLICIES,
  type IssueGroup,
  type MappingSummaryLine,
  SUBMISSION_MODES,
  SUBMISSION_OUTCOMES,
  SUBMISSION_STATUSES,
  type SubmissionCounts,
  type SubmissionHeader,
} from "../records/submission-record.ts";
import { isoInstant } from "./sql/iso-instant.ts";
import { optionalBytesOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

/** The select list of a header under the alias `s`. The structured columns come as text: one parse, and no guess by the driver. */
export const HEADER_COLUMNS = [
  "s.id::text as id, s.ods, s.programme_code, s.client_id, s.channel, s.mode, s.error_policy, s.status, s.outcome",
  "s.vendor, s.product, s.product_version, s.dataset_version, s.mapping_version",
  `${isoInstant("s.received_at")} as received_at, ${isoInstant("s.completed_at")} as completed_at`,
  "s.counts::text as counts, s.issues::text as issues, s.issue_groups::text as issue_groups, s.mapping_summary::text as mapping_summary",
  "s.standards::text as standards",
  "s.receipt_digest, s.receipt_key_id, s.replay_of::text as replay_of, s.fault_id",
  `${isoInstant("s.withdrawn_at")} as withdrawn_at`,
].join(", ");

/** A dry run's report is kept for a while only; afterwards nobody sees it, whether or not it was swept already. */
export const NOT_EXPIRED = "(s.expires_at is null or s.expires_at > now())";

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function readOutcome(row: SqlRow): SubmissionHeader["outcome"] {
  return row.outcome === null ? null : wordOf(row, "outcome", SUBMISSION_OUTCOMES);
}

/** Counts from before records could be withdrawn say nothing of it. */
export const readCounts = (row: SqlRow): SubmissionCounts => ({ withdrawn: 0, ...JSON.parse(textOf(row, "counts")) });

/** Reads a row selected with `HEADER_COLUMNS`. The structured columns were written from the same types by `SUBMISSION_SHAPE`. */
export function readHeader(row: SqlRow): SubmissionHeader {
  const counts = readCounts(row);
  const issues: readonly Issue[] = JSON.parse(textOf(row, "issues"));
  const issueGroups: readonly IssueGroup[] = JSON.parse(textOf(row, "issue_groups"));
  const mappingSummary: readonly MappingSummaryLine[] = JSON.parse(textOf(row, "mapping_summary"));
  const standards: readonly StandardMovement[] = JSON.parse(textOf(row, "standards"));
  const digest = optionalBytesOf(row, "receipt_digest");
  return {
    id: textOf(row, "id"),
    ods: textOf(row, "ods"),
    programmeCode: textOf(row, "programme_code"),
    clientId: textOf(row, "client_id"),
    channel: wordOf(row, "channel", CHANNELS),
    mode: wordOf(row, "mode", SUBMISSION_MODES),
    errorPolicy: wordOf(row, "error_policy", ERROR_POLICIES),
    status: wordOf(row, "status", SUBMISSION_STATUSES),
    outcome: readOutcome(row),
    sourceSystem: { vendor: textOf(row, "vendor"), product: textOf(row, "product"), version: textOf(row, "product_version") },
    datasetVersion: textOf(row, "dataset_version"),
    mappingVersion: textOf(row, "mapping_version"),
    receivedAt: textOf(row, "received_at"),
    completedAt: optionalTextOf(row, "completed_at"),
    counts,
    issues,
    issueGroups,
    mappingSummary,
    standards,
    receiptDigest: digest && toHex(digest),
    receiptKeyId: optionalTextOf(row, "receipt_key_id"),
    replayOf: optionalTextOf(row, "replay_of"),
    withdrawnAt: optionalTextOf(row, "withdrawn_at"),
    faultId: optionalTextOf(row, "fault_id"),
  };
}
