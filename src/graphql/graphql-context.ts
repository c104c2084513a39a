/** What one request carries from the HTTP layer to the resolvers. Made anew for each request; nothing in it is shared. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { Actor } from "../records/actor.ts";
import type { RecordOutcome, RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import type { OrganisationSummary } from "./graphql-deps.ts";
import type { Hoisted } from "./operation-marks.ts";

/** The reads of one request, each kind batched and done once. */
export interface Loaders {
  /** GraphQL objects of the records below one record. */
  children(recordType: RecordTypeName, parentId: string): Promise<readonly object[]>;
  submission(id: string): Promise<SubmissionHeader | null>;
  /** One record's answer; null where the submission has no record of that index. */
  result(submissionId: string, index: number): Promise<RecordResult | null>;
  results(submissionId: string, outcomes: readonly RecordOutcome[] | null, page: PageRequest): Promise<Page<RecordResult>>;
  /** @throws GatewayError NOT_FOUND */
  organisation(odsCode: string): Promise<OrganisationSummary>;
  /** Keeps what this request has in hand, so that answering does not read it again. */
  keep(header: SubmissionHeader, results: readonly RecordResult[] | null): void;
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
  /** Set by the operation guard before execution. */
  hoisted: Hoisted;
  /** The answer is the stored one of an earlier request: sets the header `Idempotency-Replayed`. */
  replayed: boolean;
}
