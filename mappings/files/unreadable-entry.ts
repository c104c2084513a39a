/** A line of a file that could not be read. It is answered by a rejected record of its own, and the lines after it are read. */
import type { DraftRecord } from "../../src/records/draft-record.ts";

/**
 * `ENCODING_UNREADABLE`: no text in the file's encoding. `FORMAT_UNRECOGNISED`: not what the format has as a line, nested too deeply,
 * or too long. `COLUMNS_UNRECOGNISED`: a row with more or fewer cells than the header.
 */
export type UnreadableCode = "ENCODING_UNREADABLE" | "FORMAT_UNRECOGNISED" | "COLUMNS_UNRECOGNISED";

/** Made by the reader of files only: nothing a sender writes can pass for one. */
export class UnreadableEntry {
  readonly code: UnreadableCode;
  /** Limits that were passed, for the text of the issue. */
  readonly params: Readonly<Record<string, string | number>>;

  constructor(code: UnreadableCode, params: Readonly<Record<string, string | number>> = {}) {
    this.code = code;
    this.params = params;
  }
}

/** One record for a line that gave none, so that the sender finds an answer for everything that was sent. */
export function draftUnreadable({ code, params }: UnreadableEntry, expression: string): DraftRecord {
  return {
    recordType: "PATIENT",
    parent: null,
    sourceRecordId: null,
    expression,
    values: {},
    clear: [],
    unreadable: true,
    issues: [{ severity: "ERROR", code, field: null, expression, params }],
    mappingReport: [],
  };
}
