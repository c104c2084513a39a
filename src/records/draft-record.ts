/** What a door hands over: a record as the sender stated it, not yet judged by the dictionary. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { Issue, MappingReportLine } from "./issue.ts";

export interface DraftRecord {
  readonly recordType: RecordTypeName;
  /** The draft it belongs to; null for a patient. Always stands before its children in the list of drafts. */
  readonly parent: DraftRecord | null;
  /** The sender's own stable id. Null: derived from the parent's id, record type and natural key. */
  readonly sourceRecordId: string | null;
  /** Where the record stands in the sender's input. */
  readonly expression: string;
  /** Item name to raw value. Absent, null and "" say nothing; text is accepted for every kind; the dictionary judges. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Items to be emptied on purpose. */
  readonly clear: readonly string[];
  /** Where a value was read, by item name, when that is not `expression + "." + item`. */
  readonly origins?: Readonly<Record<string, string>>;
  /** Names its record only by identity: it attaches to a stored one and never creates (`PARENT_MISSING` where there is none). */
  readonly reference?: boolean;
  /**
   * Stands in the input only to name the parent of another record, with `reference`: it changes nothing and gets no answer of its own;
   * what is wrong with it is said of its children.
   */
  readonly silent?: boolean;
  /**
   * Says that there is no such record: the stored one it names is withdrawn with everything below it. Of its values only those count
   * that name it.
   */
  readonly withdraw?: true;
  /** Why, in words of a person's own; absent: the sender marked it as deleted. Kept sealed, never logged. */
  readonly withdrawalReason?: string;
  /** The stored record it means, by its own id: set where that was looked up before, never by a sender. */
  readonly recordId?: string;
  /** Could not be read at all: carries its own ERROR issues and is not judged further. */
  readonly unreadable?: boolean;
  /** When the sending system last changed it (ISO instant), where the source says so. */
  readonly sourceTime?: string;
  /** The organisation the input names as its own (HL7 v2 MSH-4), where it names one. Whether it is the sender's is for the use case to judge. */
  readonly claimedOrganisation?: ClaimedOrganisation;
  /** Year, or year and month, of birth: too little to make a patient, and enough to contradict one (interop, identity). */
  readonly partialDateOfBirth?: string;
  /** As it was sent: the version of the stored record that the sender has seen; 0: it knows of none. */
  readonly expectedVersion?: unknown;
  /** The stored record that is meant has this key, which is corrected to what the record states. */
  readonly replaces?: ReplacedKey;
  /** Patients whose records are this one's from now on, and patients who are not this one after all. */
  readonly merges?: readonly OtherPatient[];
  readonly unmerges?: readonly OtherPatient[];
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

export interface ReplacedKey {
  /** Item name to raw value, of the items of the key (`correctableKey`). Null: the stored record has no value there. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The NHS number was the patient's until it was superseded; else it was wrong, and is not kept. */
  readonly nhsNumberSuperseded: boolean;
  /** Said in passing: where nothing stored has the key, the record means what it states. */
  readonly ifKnown: boolean;
}

/** Another patient of the organisation, by what it is found by; numbers as they were sent. */
export interface OtherPatient {
  readonly nhsNumber?: unknown;
  readonly hospitalNumber?: unknown;
  /** The gateway's own id. */
  readonly recordId?: string;
  readonly expression: string;
}

export interface ClaimedOrganisation {
  /** As it was sent: an ODS code, or any name the sending system gives itself. */
  readonly code: string;
  readonly expression: string;
}

/** The result of reading a whole input. */
export interface MappedSource {
  /** Parents before children, in the sender's order. */
  readonly drafts: readonly DraftRecord[];
  /** Issues that belong to no record. */
  readonly issues: readonly Issue[];
  /** Report lines that belong to no record: resources, segments and fields that no record used. */
  readonly mappingReport: readonly MappingReportLine[];
  /** The profile that was applied, with the version of mapping and tables: `uk-core/1`. */
  readonly mappingVersion: string;
}

/**
 * What kind of statement a source makes (dataset Decisions 12 and 22).
 * `STATED`: the sender states NACR values; a bad value rejects its record; equal or complementary rows of one key are joined, contradicting ones refused.
 * `MAPPED`: values were translated; a bad optional value is dropped with a warning; later rows of one key win.
 */
export type SourceKind = "STATED" | "MAPPED";
