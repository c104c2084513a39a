/** What callers of the submission use case say and hear. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { MappedSource } from "../records/draft-record.ts";
import type {
  Channel,
  ErrorPolicy,
  RecordResult,
  SourceSystem,
  SubmissionHeader,
  SubmissionMode,
} from "../records/submission-record.ts";
import type { Sender } from "./sender-ports.ts";

/** The doors that hand over a whole input in one request. */
export type SubmitChannel = Extract<Channel, "RECORDS" | "FHIR" | "HL7V2" | "MLLP">;

export interface SubmissionOptions {
  /** Null only for a dry run, which neither reads nor reserves a key. */
  readonly idempotencyKey: string | null;
  readonly programmeCode: string;
  readonly sourceSystem: SourceSystem;
  readonly datasetVersion: string;
  readonly mode: SubmissionMode;
  readonly errorPolicy: ErrorPolicy;
}

export interface SubmitCommand {
  readonly actor: OrganisationActor;
  readonly channel: SubmitChannel;
  readonly options: SubmissionOptions;
  /** What was sent: the records, the FHIR resources, or the messages. Digested, kept encrypted, and mapped. */
  readonly payload: unknown;
  /** Name of a sender profile; null: the format's default. */
  readonly profile: string | null;
}

export interface SubmissionAnswer {
  readonly header: SubmissionHeader;
  /** This is the stored answer of an earlier identical request. */
  readonly replayed: boolean;
  /** In input order; null when replayed (read them from the store). */
  readonly results: readonly RecordResult[] | null;
}

export interface SubmissionService {
  /**
   * Maps, judges, merges and stores an input in one transaction, and answers for every record.
   * @throws GatewayError BAD_USER_INPUT, FORBIDDEN, LIMIT_EXCEEDED, CONFLICT, IDEMPOTENCY_KEY_REUSED, DATABASE_UNAVAILABLE, OVERLOADED
   */
  submit(command: SubmitCommand): Promise<SubmissionAnswer>;
}

/**
 * What reads an input: a format, not a door. `IMPORTER`: rows of importer files, `COLUMNS`: rows of other tables under a column profile,
 * both gathered per patient.
 */
export type MappingName = EnvelopeMapping | "IMPORTER" | "COLUMNS";
/** What reads an input that is kept as it was sent. */
export type EnvelopeMapping = Exclude<SubmitChannel, "MLLP">;

/** What reads the input of a door. */
export const MAPPING_OF_CHANNEL: Readonly<Record<SubmitChannel, EnvelopeMapping>> = {
  RECORDS: "RECORDS",
  FHIR: "FHIR",
  HL7V2: "HL7V2",
  MLLP: "HL7V2",
};

/** How an input is read: pure, and chosen by format. */
export interface MappingRegistry {
  /**
   * `placeOf`: where an entry of the payload stands in the sender's input; absent: by its position, as `records[3]`.
   * `saved`: what the organisation has saved for the sender; absent: nothing.
   * Null: there is no profile of that name.
   */
  map(
    mapping: MappingName,
    payload: unknown,
    profile: string | null,
    dictionary: Dictionary,
    placeOf?: (index: number) => string,
    saved?: Pick<Sender, "columns" | "siteCodes">,
  ): MappedSource | null;
}
