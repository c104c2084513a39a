/** The tables a submission fills besides the dataset's own: its header, results, report, envelope, history, identity, sender's ids. */
import type { RecordTypeName } from "../../dataset/define.ts";
import type { RecordOutcome, SubmissionHeader } from "../../records/submission-record.ts";
import type { JobToAccept } from "../../submission/ports.ts";
import type { TableShape } from "./table-shape.ts";
import { compileUpdate, type UpdateStatement } from "./update-statement.ts";

const OWN = ["ods", "ods"] as const;
const SUBMISSION = ["submission_id", "submissionId"] as const;
const PROGRAMME = ["programme_code", "programmeCode"] as const;

export interface SubmissionRow {
  readonly header: SubmissionHeader;
  readonly idempotencyKey: string | null;
  readonly payloadDigest: string | null;
  readonly receiptDigest: string | null;
  /** ISO instant after which the row is invisible; null: it stays. */
  readonly expiresAt: string | null;
}

export const SUBMISSION_SHAPE: TableShape<SubmissionRow> = {
  table: "public.submission",
  scalars: [OWN, ["id", "submissionId"], PROGRAMME],
  columns: [
    { name: "client_id", type: "text", read: (row) => row.header.clientId },
    { name: "idempotency_key", type: "text", read: (row) => row.idempotencyKey },
    { name: "payload_digest", type: "digest", read: (row) => row.payloadDigest },
    { name: "channel", type: "text", read: (row) => row.header.channel },
    { name: "mode", type: "text", read: (row) => row.header.mode },
    { name: "error_policy", type: "text", read: (row) => row.header.errorPolicy },
    { name: "status", type: "text", read: (row) => row.header.status },
    { name: "outcome", type: "text", read: (row) => row.header.outcome },
    { name: "vendor", type: "text", read: (row) => row.header.sourceSystem.vendor },
    { name: "product", type: "text", read: (row) => row.header.sourceSystem.product },
    { name: "product_version", type: "text", read: (row) => row.header.sourceSystem.version },
    { name: "dataset_version", type: "text", read: (row) => row.header.datasetVersion },
    { name: "mapping_version", type: "text", read: (row) => row.header.mappingVersion },
    { name: "received_at", type: "timestamptz", read: (row) => row.header.receivedAt },
    { name: "completed_at", type: "timestamptz", read: (row) => row.header.completedAt },
    { name: "counts", type: "jsonb", read: (row) => JSON.stringify(row.header.counts) },
    { name: "issues", type: "jsonb", read: (row) => JSON.stringify(row.header.issues) },
    { name: "issue_groups", type: "jsonb", read: (row) => JSON.stringify(row.header.issueGroups) },
    { name: "mapping_summary", type: "jsonb", read: (row) => JSON.stringify(row.header.mappingSummary) },
    { name: "standards", type: "jsonb", read: (row) => JSON.stringify(row.header.standards) },
    { name: "receipt_digest", type: "digest", read: (row) => row.receiptDigest },
    { name: "receipt_key_id", type: "text", read: (row) => row.header.receiptKeyId },
    { name: "replay_of", type: "uuid", read: (row) => row.header.replayOf },
    { name: "expires_at", type: "timestamptz", read: (row) => row.expiresAt },
  ],
};

/** A job that nobody has taken up yet. */
export const SUBMISSION_JOB_SHAPE: TableShape<JobToAccept> = {
  table: "public.submission_job",
  scalars: [OWN, SUBMISSION, PROGRAMME, ["updated_at", "writtenAt"]],
  columns: [
    { name: "role", type: "text", read: (job) => job.role },
    { name: "programmes", type: "text[]", read: (job) => job.programmes },
    { name: "upload_id", type: "uuid", read: ({ source }) => (source.kind === "UPLOAD" ? source.uploadId : null) },
    { name: "format", type: "text", read: ({ source }) => (source.kind === "UPLOAD" ? source.format : null) },
    { name: "profile", type: "text", read: (job) => job.profile },
    { name: "phase", type: "text", read: ({ source }) => (source.kind === "PULL" ? "FETCHING" : "WAITING") },
    { name: "attempt", type: "integer", read: () => 0 },
    { name: "entries_done", type: "integer", read: () => 0 },
    { name: "bytes_done", type: "integer", read: () => 0 },
    { name: "bytes_total", type: "double precision", read: (job) => job.bytesTotal },
    { name: "next_index", type: "integer", read: () => 0 },
    { name: "next_page", type: "integer", read: () => 0 },
    { name: "cancel_requested", type: "boolean", read: () => false },
  ],
};

export interface SubmissionRecordRow {
  readonly index: number;
  readonly recordType: RecordTypeName;
  readonly outcome: RecordOutcome;
  readonly recordId: string | null;
  readonly sourceMac: string | null;
}

export const SUBMISSION_RECORD_SHAPE: TableShape<SubmissionRecordRow> = {
  table: "public.submission_record",
  scalars: [OWN, SUBMISSION, PROGRAMME],
  columns: [
    { name: "idx", type: "integer", read: (row) => row.index },
    { name: "record_type", type: "text", read: (row) => row.recordType },
    { name: "outcome", type: "text", read: (row) => row.outcome },
    { name: "record_id", type: "uuid", read: (row) => row.recordId },
    { name: "source_hmac", type: "digest", read: (row) => row.sourceMac },
  ],
};

export interface ReportPageRow {
  readonly page: number;
  readonly firstIndex: number;
  /** How many results of the page have which outcome: what a filter and a total are answered from without opening it. */
  readonly outcomes: Readonly<Partial<Record<RecordOutcome, number>>>;
  readonly sealed: Uint8Array;
}

export const SUBMISSION_REPORT_SHAPE: TableShape<ReportPageRow> = {
  table: "public.submission_report",
  scalars: [OWN, SUBMISSION, PROGRAMME],
  columns: [
    { name: "page", type: "integer", read: (row) => row.page },
    { name: "first_idx", type: "integer", read: (row) => row.firstIndex },
    { name: "outcomes", type: "jsonb", read: (row) => JSON.stringify(row.outcomes) },
    { name: "sealed", type: "bytea", read: (row) => row.sealed },
  ],
};

export interface EnvelopeRow {
  readonly chunk: number;
  readonly sealed: Uint8Array;
}

export const SUBMISSION_ENVELOPE_SHAPE: TableShape<EnvelopeRow> = {
  table: "public.submission_envelope",
  scalars: [OWN, SUBMISSION, PROGRAMME],
  columns: [
    { name: "chunk", type: "integer", read: (row) => row.chunk },
    { name: "sealed", type: "bytea", read: (row) => row.sealed },
  ],
};

export interface ChangeRow {
  readonly recordId: string;
  readonly version: number;
  readonly recordType: RecordTypeName;
  /** Whose history it is: the row's programme where rows belong to one, else the programme that sent the change. */
  readonly programmeCode: string;
  readonly changes: string;
  readonly sealed: Uint8Array | null;
  /** What the row said of its last writer before: a withdrawal gives it back. */
  readonly programmeBefore: string;
  readonly sourceTimeBefore: string;
  /** When the version before was written. */
  readonly writtenBefore: string;
}

export const RECORD_CHANGE_SHAPE: TableShape<ChangeRow> = {
  table: "public.record_change",
  scalars: [OWN, SUBMISSION, ["changed_at", "writtenAt"]],
  columns: [
    { name: "record_id", type: "uuid", read: (row) => row.recordId },
    { name: "version", type: "integer", read: (row) => row.version },
    { name: "record_type", type: "text", read: (row) => row.recordType },
    { name: "programme_code", type: "text", read: (row) => row.programmeCode },
    { name: "changes", type: "jsonb", read: (row) => row.changes },
    { name: "sealed", type: "bytea", read: (row) => row.sealed },
    { name: "programme_before", type: "text", read: (row) => row.programmeBefore },
    { name: "source_time_before", type: "timestamptz", read: (row) => row.sourceTimeBefore },
    { name: "written_before", type: "timestamptz", read: (row) => row.writtenBefore },
  ],
};

export interface SourceIdRow {
  readonly product: string;
  readonly recordType: RecordTypeName;
  readonly sourceMac: string;
  readonly recordId: string;
  /** What was said under it, of a patient; null: it is not to be remembered. */
  readonly said: { readonly statement: string; readonly recordIds: readonly string[]; readonly epoch: number } | null;
}

export const SOURCE_ID_SHAPE: TableShape<SourceIdRow> = {
  table: "identity.source_id",
  scalars: [OWN, PROGRAMME, SUBMISSION],
  columns: [
    { name: "product", type: "text", read: (row) => row.product },
    { name: "record_type", type: "text", read: (row) => row.recordType },
    { name: "source_hmac", type: "digest", read: (row) => row.sourceMac },
    { name: "record_id", type: "uuid", read: (row) => row.recordId },
    { name: "statement", type: "digest", read: (row) => row.said?.statement ?? null },
    { name: "statement_records", type: "uuid[]", read: (row) => row.said?.recordIds ?? null },
    { name: "statement_epoch", type: "integer", read: (row) => row.said?.epoch ?? null },
  ],
  // An id names one record for ever: where another submission bound it first, the first one stands.
  suffix: "on conflict do nothing",
};

export interface IdentityRow {
  readonly patientId: string;
  readonly nhsMac: string | null;
  readonly hospitalMac: string | null;
  readonly dateOfBirthMac: string | null;
  /** Of surname, forename and postcode; null where one of them is missing. */
  readonly nameMac: string | null;
  readonly keyVersion: number;
  readonly sealed: Uint8Array;
}

export const IDENTITY_SHAPE: TableShape<IdentityRow> = {
  table: "identity.patient_identity",
  scalars: [OWN],
  columns: [
    { name: "patient_id", type: "uuid", read: (row) => row.patientId },
    { name: "nhs_hmac", type: "digest", read: (row) => row.nhsMac },
    { name: "hospital_hmac", type: "digest", read: (row) => row.hospitalMac },
    { name: "dob_hmac", type: "digest", read: (row) => row.dateOfBirthMac },
    { name: "name_hmac", type: "digest", read: (row) => row.nameMac },
    { name: "key_version", type: "integer", read: (row) => row.keyVersion },
    { name: "sealed", type: "bytea", read: (row) => row.sealed },
  ],
};

/** The identity of patients whose identity items changed: sealed again as a whole, with the HMACs they are found by. */
export const IDENTITY_UPDATE: UpdateStatement<IdentityRow> = compileUpdate({
  table: IDENTITY_SHAPE.table,
  key: "patient_id",
  scalars: [],
  columns: IDENTITY_SHAPE.columns,
});
