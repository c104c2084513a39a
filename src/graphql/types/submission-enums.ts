/** The closed word lists of an answer. */
import { RECORD_TYPE_NAMES } from "../../dataset/define.ts";
import { FILE_FORMATS } from "../../records/file-format.ts";
import {
  CHANNELS,
  ERROR_POLICIES,
  MATCH_RULES,
  MERGE_DECISIONS,
  RECORD_OUTCOMES,
  SUBMISSION_MODES,
  SUBMISSION_OUTCOMES,
  SUBMISSION_STATUSES,
} from "../../records/submission-record.ts";
import { JOB_PHASES } from "../../submission/job-ports.ts";
import { registerNames } from "./register-names.ts";

export const RecordTypeEnum = registerNames("RecordType", "The kinds of NACR record.", RECORD_TYPE_NAMES);

export const ChannelEnum = registerNames("Channel", "The door a submission came through.", CHANNELS);

export const SubmissionModeEnum = registerNames("SubmissionMode", "Whether anything is kept.", SUBMISSION_MODES, {
  COMMIT: "What is accepted is stored.",
  VALIDATE_ONLY: "The same path with nothing kept: the full report of what would change.",
});

export const ErrorPolicyEnum = registerNames("ErrorPolicy", "What a rejected record does to the others.", ERROR_POLICIES, {
  REJECT_FAILED: "Rejected records and their children are left out, the others are stored.",
  ALL_OR_NOTHING: "One rejected record holds back all others (`HELD`).",
});

export const SubmissionStatusEnum = registerNames("SubmissionStatus", "How far the work has come.", SUBMISSION_STATUSES, {
  COMPLETED: "It was judged, also where every record was rejected: see `outcome`.",
  FAILED: "A fault of the gateway after the last retry, never of the data.",
});

export const SubmissionPhaseEnum = registerNames("SubmissionPhase", "What is being done with a submission.", JOB_PHASES, {
  FETCHING: "It is read from a FHIR server; `processed` counts resources.",
  CHECKING: "An ALL_OR_NOTHING file is judged as a whole before anything of it is stored.",
});

export const SubmissionOutcomeEnum = registerNames(
  "SubmissionOutcome",
  "The result of a completed submission.",
  SUBMISSION_OUTCOMES,
);

export const RecordOutcomeEnum = registerNames("RecordOutcome", "What became of one record.", RECORD_OUTCOMES, {
  UNCHANGED: "Matched a stored record and said nothing new.",
  REJECTED: "Has an ERROR of its own.",
  REJECTED_PARENT: "Good in itself; the record it belongs to was rejected.",
  WITHDRAWN: "There is no such record any more, nor anything below it. Withdraw the submission to bring them back.",
  HELD: "Good in itself; not applied because another record of an ALL_OR_NOTHING submission was rejected.",
});

export const IssueSeverityEnum = registerNames(
  "IssueSeverity",
  "How much an issue weighs.",
  ["ERROR", "WARNING", "INFORMATION"],
  {
    ERROR: "Rejects its record.",
  },
);

export const MergeDecisionEnum = registerNames("MergeDecision", "What a statement did to a stored value.", MERGE_DECISIONS, {
  SET: "Nothing was known before.",
  REPLACED: "A known value took the place of another known value.",
  UNKNOWN_IGNORED: "An Unknown code never replaces a known value.",
  CLEARED: "Emptied on the sender's explicit wish.",
});

export const MatchRuleEnum = registerNames("MatchRule", "The rule that found the stored record.", MATCH_RULES);

export const MappingResultEnum = registerNames(
  "MappingResult",
  "What became of a value of the sender's input.",
  ["MAPPED", "DEFAULTED", "DROPPED", "UNMAPPED"],
  {
    DEFAULTED: "The source did not say it; the gateway put in the value that says so.",
    DROPPED: "Read, and left out for the reason given.",
    UNMAPPED: "The dataset has no place for it.",
  },
);

export const FileFormatEnum = registerNames("FileFormat", "The kinds of files.", FILE_FORMATS, {
  NACR_NDJSON: "One PatientRecordInput a line.",
  IMPORTER_CSV: "One record type, with a header of the importer's columns.",
  IMPORTER_ZIP: "One importer CSV for each record type.",
  EXCEL: "A workbook (.xlsx): a sheet for each record type, named like its importer file.",
  ACCESS: "A database (.mdb, .accdb): a table for each record type, named like its importer file.",
  FHIR_NDJSON: "One FHIR R4 resource or Bundle a line.",
  HL7V2_BATCH: "HL7 v2 messages in ER7, with or without batch headers.",
});
