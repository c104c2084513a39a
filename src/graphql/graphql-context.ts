/** What one request carries from the HTTP layer to the resolvers. Made anew for each request; nothing in it is shared. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { Actor } from "../records/actor.ts";
import type { ProgrammeEvent } from "../records/programme-event.ts";
import type { RecordOutcome, RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import type { JobProgress } from "../submission/job-ports.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import type { RecordWithdrawal, RemovedRecord } from "../submission/withdraw-record-ports.ts";
import type { OrganisationSummary } from "./graphql-deps.ts";
import type { Hoisted } from "./operation-marks.ts";
import type { SubmissionState } from "./streams/live-hub.ts";
import type { Source } from "./streams/source.ts";

/** The reads of one request, each kind batched and done once. */
export interface Loaders {
  /** GraphQL objects of the records below one record; those of an instant, or (null) of now. */
  children(recordType: RecordTypeName, parentId: string, asOf: string | null): Promise<readonly object[]>;
  /** GraphQL objects of the patients who were merged into one, now or at an instant. */
  mergedPatients(patientId: string, asOf: string | null): Promise<readonly object[]>;
  submission(id: string): Promise<SubmissionHeader | null>;
  /** One record's answer; null where the submission has no record of that index. */
  result(submissionId: string, index: number): Promise<RecordResult | null>;
  results(submissionId: string, outcomes: readonly RecordOutcome[] | null, page: PageRequest): Promise<Page<RecordResult>>;
  /** @throws GatewayError NOT_FOUND */
  organisation(odsCode: string): Promise<OrganisationSummary>;
  /** Why a submission was withdrawn; null where it was not. */
  withdrawalReason(submissionId: string): Promise<string | null>;
  /** What remains of a record that a submission withdrew; null where it did not. */
  recordWithdrawal(record: RemovedRecord): Promise<RecordWithdrawal | null>;
  /** Of an entry of the audit trail; null where it has none yet, undefined where there is no such entry. */
  auditNumber(entryId: string): Promise<number | null | undefined>;
  /** How far a submission's job is; null for one that was no job. */
  progress(submissionId: string): Promise<JobProgress | null>;
  /** Keeps what this request has in hand, so that answering does not read it again. */
  keep(header: SubmissionHeader, results: readonly RecordResult[] | null): void;
  keepProgress(submissionId: string, progress: JobProgress | null): void;
}

/** What a subscription goes on with. */
export interface Follow {
  /** Its state at once and after every change; ends with the final one. @throws GatewayError NOT_FOUND, FORBIDDEN */
  submission(id: string): Promise<Source<SubmissionState>>;
  /** What was told after an event's number and goes on being told; null: from now on. @throws GatewayError FORBIDDEN */
  programme(programmeCode: string, since: number | null): Promise<Source<ProgrammeEvent>>;
}

/** What the HTTP layer knows when it hands over. */
export interface RequestFacts {
  /** From a verified token. */
  readonly actor: Actor;
  readonly correlationId: string;
  /** The `Idempotency-Key` header, null where there is none. */
  readonly idempotencyKeyHeader: string | null;
  /** Size of the request's body in bytes. */
  readonly bodyBytes: number;
  /** Told the operation's first root field, a name of the schema: for the request's log line. */
  readonly noteOperation?: (rootField: string) => void;
}

export interface GraphqlContext extends RequestFacts {
  readonly loaders: Loaders;
  readonly follow: Follow;
  /** Set by the operation guard before execution. */
  hoisted: Hoisted;
  /** Points the operation costs; null until it is checked. */
  cost: number | null;
  /** The answer is the stored one of an earlier request: sets the header `Idempotency-Replayed`. */
  replayed: boolean;
}
