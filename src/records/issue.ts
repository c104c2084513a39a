/** What was found about a record or a submission. Issues are values: they are collected, never thrown. */
import type { RecordTypeName } from "../dataset/define.ts";

export type Severity = "ERROR" | "WARNING" | "INFORMATION";

export interface Issue {
  readonly severity: Severity;
  /** A code of the catalogue (`schema/nacr/gw-1.0/issue-codes.ts`); its text is rendered from there, so no text is stored. */
  readonly code: string;
  /** The dataset item concerned, or null. */
  readonly field: string | null;
  /** Where in the sender's own input, for example `records[3].initiatingEvents[0].eventDate` or `messages[2].PID-7`. */
  readonly expression: string;
  /** Values for the catalogue text: limits, labels, other items' names. Never a value the sender sent for an identifying item. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** The nearest valid value, where one is near. */
  readonly suggestion?: string;
  /** Index of the record that is the root cause. */
  readonly causedBy?: number;
}

/** What became of one field of the sender's input. */
export type MappingResult = "MAPPED" | "DEFAULTED" | "DROPPED" | "UNMAPPED";

export interface MappingReportLine {
  /** Where the value stands: `Bundle.entry[3].resource.birthDate`, `messages[0].PID-7`. */
  readonly expression: string;
  /** The same place without positions, for counting: `Patient.birthDate`, `PID-7`. */
  readonly sourceField: string;
  readonly result: MappingResult;
  readonly recordType: RecordTypeName | null;
  /** The dataset item the value went to, or null. */
  readonly field: string | null;
  /** Why it was defaulted, dropped or not mapped: a short constant such as `FOREIGN_POSTCODE`; never a value. */
  readonly reason: string | null;
}
