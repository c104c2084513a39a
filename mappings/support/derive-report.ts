/** Writes the lines that say what became of each coded fact. */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { Issue } from "../../src/records/issue.ts";
import { type Candidate, describeCandidate } from "../concept-maps/nearest-codes.ts";
import type { CodedFact, CodeRole } from "./coded-target.ts";
import type { DerivationReason, FactReportLine } from "./derive-result.ts";
import type { CodeFault } from "./normalise-code.ts";

/** Where a kind of derived record keeps the option a code became. */
const TARGET_FIELDS = {
  INITIATING_EVENT: "eventType",
  TREATMENT: "type",
  PREVIOUS_EVENT: "type",
  COMORBIDITY: "type",
} as const satisfies Partial<Record<RecordTypeName, string>>;

/** The kinds of record coded facts become. */
export type DerivedRecordType = keyof typeof TARGET_FIELDS;

/** The fact became (part of) a record. */
export const reportMapped = (fact: CodedFact, recordType: DerivedRecordType, key: string): FactReportLine => ({
  expression: fact.expression,
  sourceField: fact.sourceField,
  result: "MAPPED",
  recordType,
  field: TARGET_FIELDS[recordType],
  reason: fact.siteMeaning?.reason ?? null,
  fact,
  key,
});

/** The fact was understood and became no record, or (`CODE_NOT_TRANSLATED`) the maps do not know it. */
export const reportUnused = (fact: CodedFact, reason: DerivationReason): FactReportLine => ({
  expression: fact.expression,
  sourceField: fact.sourceField,
  result: reason === "CODE_NOT_TRANSLATED" ? "UNMAPPED" : "DROPPED",
  recordType: null,
  field: null,
  reason,
  fact,
  key: null,
});

/**
 * A text that cannot be a code of its system, or a code the maps do not know that stands near to one they do. The text itself is not
 * repeated: it may be anything. The candidates are codes and labels of our own.
 */
export const reportFault = (fact: CodedFact, reason: CodeFault | "NOT_IN_MAPS", candidates: readonly Candidate[]): Issue => ({
  severity: "WARNING",
  code: "CODE_NOT_TRANSLATED",
  field: null,
  expression: fact.expression,
  params: {
    label: "Clinical code",
    system: fact.system,
    reason,
    ...(candidates.length === 0 ? {} : { candidates: candidates.map(describeCandidate).join("; ") }),
  },
  ...(candidates[0] === undefined ? {} : { suggestion: candidates[0].code }),
});

/** Why a code of a role that never makes a record made none; null for the roles that do. */
export const REASON_OF_ROLE: Readonly<Record<CodeRole, DerivationReason | null>> = {
  INDEX: null,
  PREVIOUS_EVENT: null,
  COMORBIDITY: null,
  TREATMENT: null,
  SUPPORT: "SUPPORTS_ANOTHER_CODE",
  REVIEW: "REVIEW_NEEDED",
  REHABILITATION: "REHABILITATION_CONTACT",
  NOT_AN_EVENT: "NOT_AN_EVENT",
  NO_OPTION: "NO_NACR_OPTION",
};
