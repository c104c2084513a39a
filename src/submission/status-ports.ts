/** Reading what was stored: the answers of submissions, and patient records. Every call is under the actor's row-level security. */
import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { Page, PageRequest } from "../lib/page.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { ProgrammeEvent } from "../records/programme-event.ts";
import type {
  RecordOutcome,
  RecordResult,
  SubmissionHeader,
  SubmissionMode,
  SubmissionOutcome,
  SubmissionStatus,
} from "../records/submission-record.ts";

export type { Page, PageRequest };

export interface SubmissionFilter {
  readonly programmeCode?: string;
  readonly status?: readonly SubmissionStatus[];
  readonly outcome?: readonly SubmissionOutcome[];
  /** COMMIT when absent. */
  readonly mode?: SubmissionMode;
  readonly receivedFrom?: string;
  readonly receivedTo?: string;
}

/** A page of one submission's results. */
export interface ResultsRequest {
  readonly submissionId: string;
  /** Null: all of them. */
  readonly outcomes: readonly RecordOutcome[] | null;
  /** `after` is the index of the last one seen. */
  readonly page: PageRequest;
}

/** Where one result stands. */
export interface ResultPlace {
  readonly submissionId: string;
  readonly index: number;
}

/** One record's answer with the submission it belongs to. */
export interface RecordStatus {
  readonly submissionId: string;
  readonly result: RecordResult;
}

/** A patient of the own organisation with its clinical items; identity items only where the caller may see them. */
export interface RecordNode {
  readonly recordType: RecordTypeName;
  readonly id: string;
  readonly parentId: string | null;
  readonly version: number;
  readonly programmeCode: string;
  readonly updatedAt: string;
  readonly yearOfBirth: number | null;
  /** Item name to value. */
  readonly values: Readonly<Record<string, Value | null>>;
}

export interface PatientRecordFilter {
  readonly eventType?: readonly string[];
  readonly eventDateFrom?: string;
  readonly eventDateTo?: string;
  readonly updatedFrom?: string;
}

/** A patient who was merged into another one leads to that one (ADR 0025), unless it is asked for `itself`. */
export type PatientLookup =
  | { readonly id: string; readonly itself?: true }
  | { readonly nhsNumber: string }
  | { readonly hospitalNumber: string };

/** Some events of a programme, in the order of their numbers. */
export interface EventsPage {
  /** Those the actor may see. */
  readonly events: readonly ProgrammeEvent[];
  /** The last number that was looked at, whether or not its event may be seen; the one asked with where there is none after it. */
  readonly last: number;
  readonly hasMore: boolean;
}

export interface StatusStore {
  submission(actor: OrganisationActor, id: string): Promise<SubmissionHeader | null>;
  submissionsByIds(actor: OrganisationActor, ids: readonly string[]): Promise<readonly SubmissionHeader[]>;
  submissions(actor: OrganisationActor, filter: SubmissionFilter, page: PageRequest): Promise<Page<SubmissionHeader>>;
  /**
   * A page for each request, in the order of the requests and in one read; each in input order, and empty for a submission the actor
   * may not see. @throws GatewayError BAD_USER_INPUT for all of them where one's `after` is no position of a list
   */
  results(actor: OrganisationActor, requests: readonly ResultsRequest[]): Promise<readonly Page<RecordResult>[]>;
  /** The result at each place, in the order of the places and in one read; null where there is none, or none to be seen. */
  resultsAt(actor: OrganisationActor, places: readonly ResultPlace[]): Promise<readonly (RecordResult | null)[]>;
  /** Latest first, across every channel. At most 100. */
  recordStatus(actor: OrganisationActor, sourceRecordId: string, programmeCode: string | null): Promise<readonly RecordStatus[]>;
  /** `withIdentity` decrypts identity items; only for roles that may see them. */
  patient(actor: OrganisationActor, lookup: PatientLookup, withIdentity: boolean): Promise<RecordNode | null>;
  patients(
    actor: OrganisationActor,
    filter: PatientRecordFilter,
    page: PageRequest,
    withIdentity: boolean,
  ): Promise<Page<RecordNode>>;
  /** Children of a type below the given parents, in one read. */
  children(actor: OrganisationActor, recordType: RecordTypeName, parentIds: readonly string[]): Promise<readonly RecordNode[]>;
  /** At most `limit` events after a number. Empty for a programme that is not the actor's. */
  eventsAfter(actor: OrganisationActor, programmeCode: string, sequence: number, limit: number): Promise<EventsPage>;
  /** The number of the programme's latest event; 0 before the first. */
  lastSequence(actor: OrganisationActor, programmeCode: string): Promise<number>;
}
