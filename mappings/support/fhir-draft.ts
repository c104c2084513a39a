/** Draft records while the FHIR mapping fills them. */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { ClaimedOrganisation, DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";

/** A draft whose values, issues and report still grow; handed over as a `DraftRecord`. */
export interface OpenDraft extends DraftRecord {
  readonly values: Record<string, unknown>;
  readonly origins: Record<string, string>;
  readonly issues: Issue[];
  readonly mappingReport: MappingReportLine[];
  partialDateOfBirth?: string;
  claimedOrganisation?: ClaimedOrganisation;
}

export interface NewDraft {
  readonly recordType: RecordTypeName;
  readonly parent: DraftRecord | null;
  readonly sourceRecordId: string | null;
  readonly expression: string;
  readonly reference?: boolean;
  readonly sourceTime?: string | undefined;
}

export const openDraft = ({ recordType, parent, sourceRecordId, expression, reference, sourceTime }: NewDraft): OpenDraft => ({
  recordType,
  parent,
  sourceRecordId,
  expression,
  values: {},
  clear: [],
  origins: {},
  ...(reference === true ? { reference } : {}),
  ...(sourceTime === undefined ? {} : { sourceTime }),
  issues: [],
  mappingReport: [],
});

/** Sets an item together with the place it was read at. */
export function setItem(draft: OpenDraft, item: string, value: unknown, expression: string): void {
  draft.values[item] = value;
  draft.origins[item] = expression;
}
