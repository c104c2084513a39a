/**
 * Takes a batch of HL7 v2 messages apart: each begins at an MSH segment, and the lines of the batch's envelope (FHS, BHS, BTS, FTS),
 * blank lines and the bytes MLLP puts around a message stand between them.
 */
import type { UploadContent } from "../../submission/upload-ports.ts";
import { type FindEnd, readLines } from "./read-lines.ts";

/** What of a segment is looked at before its message is read: more than any PID has. */
const SEGMENT_BYTES = 64 * 1024;
const LAST_CONTROL = 0x1f;
const LINE_FEED = 10;
const VERTICAL_TAB = 11;
const CARRIAGE_RETURN = 13;
const FILE_SEPARATOR = 28;
const TYPE_LENGTH = 3;

/** Segments end in CR, LF or both; a captured MLLP frame begins with VT and ends with FS. */
const findSegmentEnd: FindEnd = (piece, at) => {
  for (let position = at; position < piece.length; position += 1) {
    const byte = piece[position] ?? 0;
    if (byte > LAST_CONTROL) continue;
    if (byte === CARRIAGE_RETURN || byte === LINE_FEED || byte === VERTICAL_TAB || byte === FILE_SEPARATOR) return position;
  }
  return -1;
};

export interface BatchSegment {
  /** `MESSAGE`: an MSH begins a message. `ENVELOPE`: a line of the batch. `SEGMENT`: of the message in hand. */
  readonly kind: "MESSAGE" | "ENVELOPE" | "SEGMENT";
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** Null where it is longer than is looked at. */
  readonly bytes: Buffer | null;
}

const ENVELOPE: ReadonlySet<string> = new Set(["FHS", "BHS", "BTS", "FTS"]);
const NAME = /[A-Z0-9]/;

/** The segments of a file that are not blank, as many at a time as a piece of the content holds. */
export async function* readSegments(content: UploadContent): AsyncGenerator<readonly BatchSegment[]> {
  for await (const lines of readLines(content, 0, SEGMENT_BYTES, findSegmentEnd)) {
    const segments: BatchSegment[] = [];
    for (const { start, next, bytes } of lines) {
      if (bytes !== null && bytes.length === 0) continue;
      const type = typeOf(bytes);
      const kind = type === "MSH" ? "MESSAGE" : ENVELOPE.has(type) ? "ENVELOPE" : "SEGMENT";
      segments.push({ kind, type, start, end: bytes === null ? next : start + bytes.length, bytes });
    }
    if (segments.length > 0) yield segments;
  }
}

/** Three letters that a delimiter follows, as the parser of messages knows segments. */
function typeOf(bytes: Buffer | null): string {
  if (bytes === null) return "";
  const head = bytes.toString("latin1", 0, TYPE_LENGTH + 1);
  return NAME.test(head.charAt(TYPE_LENGTH)) ? "" : head.slice(0, TYPE_LENGTH);
}
