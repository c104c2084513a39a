/** The words of the answer: what became of each record, and of the submission as a whole. */
import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { Issue, MappingReportLine, MappingResult } from "./issue.ts";
import type { RecordLink } from "./record-link.ts";
import type { StandardMovement } from "./standard-movement.ts";

export const RECORD_OUTCOMES = ["CREATED", "UPDATED", "UNCHANGED", "REJECTED", "REJECTED_PARENT", "HELD", "WITHDRAWN"] as const;
export type RecordOutcome = (typeof RECORD_OUTCOMES)[number];
export const MATCH_RULES = ["SOURCE_RECORD_ID", "NHS_NUMBER", "HOSPITAL_NUMBER", "NATURAL_KEY", "REPLACES", "RECORD_ID"] as const;
export type MatchRule = (typeof MATCH_RULES)[number];
export const MERGE_DECISIONS = ["SET", "REPLACED", "UNKNOWN_IGNORED", "CLEARED"] as const;
export type MergeDecision = (typeof MERGE_DECISIONS)[number];
export const SUBMISSION_STATUSES = ["RECEIVED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "WITHDRAWN"] as const;
export type SubmissionStatus = (typeof SUBMISSION_STATUSES)[number];
export const SUBMISSION_OUTCOMES = ["ACCEPTED", "ACCEPTED_WITH_WARNINGS", "ACCEPTED_WITH_REJECTIONS", "REJECTED"] as const;
export type SubmissionOutcome = (typeof SUBMISSION_OUTCOMES)[number];
export const SUBMISSION_MODES = ["COMMIT", "VALIDATE_ONLY"] as const;
export type SubmissionMode = (typeof SUBMISSION_MODES)[number];
export const ERROR_POLICIES = ["REJECT_FAILED", "ALL_OR_NOTHING"] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];
export const CHANNELS = ["RECORDS", "FHIR", "HL7V2", "FILE", "MLLP", "FHIR_PULL", "FORM"] as const;
export type Channel = (typeof CHANNELS)[number];

/** Which submission wrote a value before this one (of the own organisation only). */
export interface ValueSource {
  readonly submissionId: string;
  readonly programmeCode: string;
  /** ISO instant. */
  readonly receivedAt: string;
}

/** A decision about one item. `before` and `after` are null for identifying items. */
export interface FieldChange {
  readonly field: string;
  readonly before: Value | null;
  readonly after: Value | null;
  readonly decision: MergeDecision;
  readonly previousSource: ValueSource | null;
}

/** What became of one dataset record. This is what report pages hold. */
export interface RecordResult {
  readonly index: number;
  readonly recordType: RecordTypeName;
  readonly outcome: RecordOutcome;
  /** The sender's own id (explicit or derived); null where even the top-level id was missing. */
  readonly sourceRecordId: string | null;
  readonly expression: string;
  readonly parentIndex: number | null;
  readonly matchedBy: MatchRule | null;
  /** The stored row, null where nothing was stored. */
  readonly recordId: string | null;
  readonly issues: readonly Issue[];
  readonly changes: readonly FieldChange[];
  /** Links with other events of the patient that arise or vanish by it. */
  readonly links: readonly RecordLink[];
  readonly mappingReport: readonly MappingReportLine[];
}

export interface SubmissionCounts {
  readonly received: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Of those that were named; not of the rows that fell with them. */
  readonly withdrawn: number;
  readonly rejected: number;
  readonly held: number;
  /** Always 0: no submission answer depends on an opt-out (dataset Decision 36). */
  readonly withheld: number;
  readonly warnings: number;
}

/** One cause of issues, with the first records that show it. Cascades are folded into their cause. */
export interface IssueGroup {
  readonly code: string;
  readonly severity: Issue["severity"];
  readonly recordType: RecordTypeName | null;
  readonly field: string | null;
  readonly suggestion: string | null;
  readonly params: Readonly<Record<string, string | number>>;
  readonly count: number;
  /** Records that were rejected only because a record of this group was. */
  readonly cascaded: number;
  /** Indexes of the first five records. */
  readonly firstRecords: readonly number[];
  readonly causedBy: number | null;
}

/** Per source field, what became of its values. */
export interface MappingSummaryLine {
  readonly sourceField: string;
  readonly result: MappingResult;
  readonly recordType: RecordTypeName | null;
  readonly field: string | null;
  readonly reason: string | null;
  readonly count: number;
}

export interface SourceSystem {
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
}

/** A submission without its records: what `submission(id)` reads and what is cached once it is finished. */
export interface SubmissionHeader {
  readonly id: string;
  readonly ods: string;
  readonly programmeCode: string;
  readonly clientId: string;
  readonly channel: Channel;
  readonly mode: SubmissionMode;
  readonly errorPolicy: ErrorPolicy;
  readonly status: SubmissionStatus;
  readonly outcome: SubmissionOutcome | null;
  readonly sourceSystem: SourceSystem;
  readonly datasetVersion: string;
  readonly mappingVersion: string;
  /** ISO instants. */
  readonly receivedAt: string;
  readonly completedAt: string | null;
  readonly counts: SubmissionCounts;
  readonly issues: readonly Issue[];
  readonly issueGroups: readonly IssueGroup[];
  readonly mappingSummary: readonly MappingSummaryLine[];
  /** How it moves the certification standards of its programme. */
  readonly standards: readonly StandardMovement[];
  /** Keyed digest of the stored input, and the id of its key. */
  readonly receiptDigest: string | null;
  readonly receiptKeyId: string | null;
  readonly replayOf: string | null;
  /** When it was withdrawn (ISO instant); the reason is read apart. */
  readonly withdrawnAt: string | null;
  /** FAILED: the correlation id of the fault that ended it. */
  readonly faultId: string | null;
}
