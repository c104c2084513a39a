/** One message on its way into drafts: names the places that are read, and knows afterwards which fields nobody read. */

import type { MappingReportLine } from "../../src/records/issue.ts";
import type { Hl7v2Profile } from "../hl7v2/hl7v2-profile.ts";
import type { Hl7Message, Segment } from "../hl7v2/parse-message.ts";

/** A place in the sender's input. */
export interface Place {
  /** `messages[2].PID-3[2]`: message from 0 as in the request; segment and repetition from 1 as HL7 counts them. */
  readonly expression: string;
  /** `PID-3`: the same for every message, for counting. */
  readonly sourceField: string;
}

/** Segments whose fields the mapping knows one by one. Any other populated segment is reported as a whole. */
const FIELDWISE_SEGMENTS: ReadonlySet<string> = new Set(["MSH", "PID", "PD1", "PV1", "DG1", "PR1"]);
/** First fields that only count the segment. */
const SET_IDS: ReadonlySet<string> = new Set(["PID-1", "PV1-1", "DG1-1", "PR1-1"]);
/** Lines about unused fields of one message; the longest sample needs 100. What is beyond them is one line. */
const MAX_UNUSED_LINES = 500;
/** MSH-1 and MSH-2 declare delimiters and hold no content. */
const FIRST_CONTENT_FIELD = { MSH: 3, other: 1 };

interface ReadSegment {
  readonly expression: string;
  readonly used: Set<number>;
}

export class MessageSource {
  readonly message: Hl7Message;
  /** `messages[2]`, or `messages[2][1]` for the second message of one text. */
  readonly where: string;
  readonly profile: Hl7v2Profile;
  readonly #segments: ReadonlyMap<Segment, ReadSegment>;

  constructor(message: Hl7Message, where: string, profile: Hl7v2Profile) {
    this.message = message;
    this.where = where;
    this.profile = profile;
    this.#segments = nameSegments(message, where);
  }

  /** Expression of a segment: numbered only where the message has several of its name. */
  expressionOf(segment: Segment): string {
    return this.#segments.get(segment)?.expression ?? this.where;
  }

  /** Names a field and marks it as read. */
  use(segment: Segment, field: number, repetition?: number): Place {
    this.#segments.get(segment)?.used.add(field);
    const expression = `${this.expressionOf(segment)}-${field}`;
    const sourceField = `${segment.name}-${field}`;
    return { expression: repetition === undefined ? expression : `${expression}[${repetition}]`, sourceField };
  }

  /** A line for what was read to guide the mapping (visit number, message type) and went into no item. */
  guide(segment: Segment, field: number, reason: string): MappingReportLine {
    const { expression, sourceField } = this.use(segment, field);
    return { expression, sourceField, result: "MAPPED", recordType: null, field: null, reason };
  }

  /** Every populated field, or unknown segment, that nothing has read. */
  unusedLines(): readonly MappingReportLine[] {
    const lines: MappingReportLine[] = [];
    for (const [segment, { expression, used }] of this.#segments) {
      if (lines.length >= MAX_UNUSED_LINES) return [...lines, toUnmapped(this.where, "MSG", "MORE_FIELDS_NOT_USED")];
      if (FIELDWISE_SEGMENTS.has(segment.name)) addUnusedFields(segment, expression, used, lines);
      else lines.push(toUnmapped(expression, segment.name, "SEGMENT_NOT_USED"));
    }
    return lines;
  }
}

function nameSegments(message: Hl7Message, where: string): ReadonlyMap<Segment, ReadSegment> {
  const totals = new Map<string, number>();
  for (const { name } of message.segments) totals.set(name, (totals.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  const named = new Map<Segment, ReadSegment>();
  for (const segment of message.segments) {
    const { name } = segment;
    const position = (seen.get(name) ?? 0) + 1;
    seen.set(name, position);
    named.set(segment, { expression: `${where}.${name}${totals.get(name) === 1 ? "" : `[${position}]`}`, used: new Set() });
  }
  return named;
}

function addUnusedFields(segment: Segment, expression: string, used: ReadonlySet<number>, lines: MappingReportLine[]): void {
  const first = segment.name === "MSH" ? FIRST_CONTENT_FIELD.MSH : FIRST_CONTENT_FIELD.other;
  for (let field = first; field < segment.fields.length; field++) {
    if (segment.fields[field] === "" || used.has(field)) continue;
    const sourceField = `${segment.name}-${field}`;
    lines.push(toUnmapped(`${expression}-${field}`, sourceField, SET_IDS.has(sourceField) ? "SET_ID" : null));
  }
}

function toUnmapped(expression: string, sourceField: string, reason: string | null): MappingReportLine {
  return { expression, sourceField, result: "UNMAPPED", recordType: null, field: null, reason };
}
