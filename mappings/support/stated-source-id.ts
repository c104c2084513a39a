/** The sender's own id of a record, where a format has a place of its own for it. */
import type { Issue } from "../../src/records/issue.ts";

/** 1 to 64 characters (dataset 2.0). */
const LENGTH = 64;
export const SOURCE_RECORD_ID = "sourceRecordId";
const CONTROL = /\p{Cc}/u;

export interface StatedSourceId {
  readonly value: string | null;
  readonly issues: readonly Issue[];
}

/** Text is a scalar: a string, number or boolean, kept as text. An id is looked up as it is written, so its characters must be plain. */
export function readSourceId(raw: unknown, expression: string, mandatory: boolean): StatedSourceId {
  const refuse = (code: string): StatedSourceId => ({ value: null, issues: [sourceIdIssue(code, expression)] });
  if (typeof raw === "object" && raw !== null) return refuse("FORMAT_INVALID");
  const text = String(raw ?? "").trim();
  if (text === "") return mandatory ? refuse("MANDATORY_MISSING") : { value: null, issues: [] };
  if (text.length > LENGTH) return refuse("LENGTH_EXCEEDED");
  return CONTROL.test(text) || !text.isWellFormed() ? refuse("FORMAT_INVALID") : { value: text, issues: [] };
}

const sourceIdIssue = (code: string, expression: string): Issue => ({
  severity: "ERROR",
  code,
  field: SOURCE_RECORD_ID,
  expression,
  params: { max: LENGTH },
});
