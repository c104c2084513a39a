/**
 * MRG: numbers the patient had before. Nothing is merged from a message: the losing record keeps its rows until a person, or the sender's
 * own withdrawal, decides. The message is taken as a statement about the surviving patient, and says openly what it left undone.
 */
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { type MessageSource, toDroppedLine } from "../support/hl7v2-message-source.ts";
import type { IdentityChange } from "./message-events.ts";
import { repetitionsOf, segmentsOf } from "./read-field.ts";

const PRIOR_IDENTIFIERS = 1;

const REASONS: Readonly<Record<IdentityChange, string>> = {
  MERGE: "MERGE_NOT_APPLIED",
  NEW_IDENTIFIER: "IDENTIFIER_CHANGE_NOT_APPLIED",
};

export interface IdentityChangeReport {
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

/** Every number of the patient's MRG as a line, and one warning for each MRG. No number of it reaches a record. */
export function reportIdentityChange(source: MessageSource, change: IdentityChange): IdentityChangeReport {
  const reason = REASONS[change];
  const issues: Issue[] = [];
  const mappingReport: MappingReportLine[] = [];
  for (const mrg of segmentsOf(source.message, "MRG")) {
    const expression = source.use(mrg, PRIOR_IDENTIFIERS).expression;
    issues.push({ severity: "WARNING", code: "SOURCE_DROPPED", field: null, expression, params: { reason } });
    for (const { position } of repetitionsOf(source.message, mrg, PRIOR_IDENTIFIERS)) {
      mappingReport.push(toDroppedLine(source.use(mrg, PRIOR_IDENTIFIERS, position), reason));
    }
    for (const [field, raw] of mrg.fields.entries()) {
      if (field > PRIOR_IDENTIFIERS && raw !== "") mappingReport.push(source.drop(mrg, field, reason));
    }
  }
  return { issues, mappingReport };
}
