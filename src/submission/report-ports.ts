/** What reports and the files of failed rows need from outside. Every read is under the actor's row-level security. */
import type { OrganisationActor } from "../records/actor.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { RecordOutcome, RecordResult, SubmissionHeader } from "../records/submission-record.ts";

/** The file a submission was made from. */
export interface SubmittedFile {
  readonly uploadId: string;
  readonly format: FileFormat;
}

export interface ReportStore {
  /**
   * The results in input order, some at a time: a reader that is slow holds back the next read, and no connection meanwhile. Of a
   * submission in work, those that are stored when the reader gets there; of one the actor may not see, none.
   * @param outcomes only parts of the report that have at least one of these (they may hold others too); null: all
   */
  results(
    actor: OrganisationActor,
    submissionId: string,
    outcomes: readonly RecordOutcome[] | null,
  ): AsyncIterable<readonly RecordResult[]>;
  /** Null: it was no file. */
  submittedFile(actor: OrganisationActor, submissionId: string): Promise<SubmittedFile | null>;
}

/** The input of a submission that came whole in one request. */
export interface EnvelopeReader {
  /** Canonical JSON of what was sent; null where none is kept (any more), or the actor may not see it. */
  readEnvelope(actor: OrganisationActor, submissionId: string): Promise<string | null>;
}

/** A record, resource or message of an input. */
export interface SentPart {
  /** The root of its expressions. */
  readonly place: string;
  /** As it is sent again. */
  readonly text: string;
  /** Parts of one group make sense together only (resources of a patient); null: it goes with every group. */
  readonly group: number | null;
}

/** Takes FHIR apart as its mapping does. */
export interface InputParts {
  fhirResources(payload: unknown): readonly SentPart[];
  /** The group of an entry of a FHIR file, as its reader made it (`FileChunk.entries`); null: it stands alone. */
  groupOfFileEntry(entry: unknown): number | null;
}

export interface ReportReading {
  readonly type: "DOWNLOAD_REPORT" | "DOWNLOAD_FAILED_ROWS";
  readonly actor: OrganisationActor;
  readonly submission: Pick<SubmissionHeader, "id" | "programmeCode">;
}

/** What somebody did with patients' data, for the audit trail. */
export interface AuditPort {
  /** To be waited for before anything is handed out. @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED */
  record(entry: ReportReading): Promise<void>;
}
