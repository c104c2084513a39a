/** One message on its way into drafts: names the places that are read, and knows afterwards which fields nobody read. */

import type { MappingReportLine } from "../../src/records/issue.ts";
import type { Hl7v2Profile } from "../hl7v2/hl7v2-profile.ts";
import type { Hl7Message, Segment } from "../hl7v2/parse-message.ts";
import { hasTruncatedValue, repetitionsOf, wasAsked } from "../hl7v2/read-field.ts";
import type { MappingTables } from "./mapping-tables.ts";

/** A place in the sender's input. */
export interface Place {
  /** `messages[2].PID-3[2]`: message from 0 as in the request; segment and repetition from 1 as HL7 counts them. In XML its path. */
  readonly expression: string;
  /** `PID-3`: the same for every message and both forms, for counting. */
  readonly sourceField: string;
}

/** First fields that only count the segment. */
const SET_IDS: ReadonlySet<string> = new Set(
  "PID PV1 DG1 PR1 OBX OBR NTE NK1 AL1 IN1 GT1 DB1 RGS AIS AIG AIL AIP SPM TQ1".split(" "),
);
/** Segments of which the mapping reads fields; of any other it can say why none is used. */
const READ_SEGMENTS: ReadonlySet<string> = new Set(
  "MSH EVN PID PD1 PV1 DG1 PR1 MRG OBR OBX RF1 PRD SCH TQ1 AIS AIG AIL AIP".split(" "),
);
/** Lines about unused fields of one message; the longest sample needs 200. What is beyond them is one line. */
const MAX_UNUSED_LINES = 500;
/** Components beyond these are not told one by one: the longest type has 23. */
const MAX_COMPONENTS = 30;
/** MSH-1 and MSH-2 declare delimiters and hold no content. */
const FIRST_CONTENT_FIELD = { MSH: 3, other: 1 };

interface ReadSegment {
  readonly expression: string;
  /** Numbers of the fields that were read: a handful, so a list is the cheapest set. */
  readonly used: number[];
}

export class MessageSource {
  readonly message: Hl7Message;
  /** `messages[2]`, or `messages[2][1]` for the second message of one text. */
  readonly where: string;
  readonly profile: Hl7v2Profile;
  readonly tables: MappingTables;
  readonly #segments: ReadonlyMap<Segment, ReadSegment>;

  constructor(
    message: Hl7Message,
    where: string,
    profile: Hl7v2Profile,
    tables: MappingTables,
    segments: ReadonlyMap<Segment, ReadSegment> = nameSegments(message, where),
  ) {
    this.message = message;
    this.where = where;
    this.profile = profile;
    this.tables = tables;
    this.#segments = segments;
  }

  /** The same message with some of its segments only: what is said of one of several patients. Places and the account stay common. */
  part(segments: readonly Segment[]): MessageSource {
    return new MessageSource({ ...this.message, segments }, this.where, this.profile, this.tables, this.#segments);
  }

  /** Expression of a segment: numbered only where the message has several of its name. */
  expressionOf(segment: Segment): string {
    return this.#segments.get(segment)?.expression ?? this.where;
  }

  /** Names a field and marks it as read. */
  use(segment: Segment, field: number, repetition?: number): Place {
    this.#segments.get(segment)?.used.push(field);
    const expression = joinField(this.expressionOf(segment), segment, field);
    const sourceField = `${segment.name}-${field}`;
    return { expression: repetition === undefined ? expression : `${expression}[${repetition}]`, sourceField };
  }

  /** A line for what was read to guide the mapping (visit number, message type) and went into no item. */
  guide(segment: Segment, field: number, reason: string): MappingReportLine {
    const { expression, sourceField } = this.use(segment, field);
    return { expression, sourceField, result: "MAPPED", recordType: null, field: null, reason };
  }

  /** A line for what was read and left out on purpose. */
  drop(segment: Segment, field: number, reason: string): MappingReportLine {
    return toDroppedLine(this.use(segment, field), reason);
  }

  /** Every populated field that nothing has read. */
  unusedLines(): readonly MappingReportLine[] {
    const lines: MappingReportLine[] = [];
    for (const [segment, { expression, used }] of this.#segments) {
      if (lines.length >= MAX_UNUSED_LINES) return [...lines, toUnmapped(this.where, "MSG", "MORE_FIELDS_NOT_USED")];
      this.#addUnused(segment, expression, used, lines);
    }
    return lines;
  }

  #addUnused(segment: Segment, expression: string, used: readonly number[], lines: MappingReportLine[]): void {
    const { name, fields } = segment;
    const first = name === "MSH" ? FIRST_CONTENT_FIELD.MSH : FIRST_CONTENT_FIELD.other;
    const reason = READ_SEGMENTS.has(name) ? null : "SEGMENT_NOT_USED";
    for (let field = first; field < fields.length; field++) {
      const raw = fields[field];
      if (raw === undefined || raw === "") continue;
      if (used.includes(field)) {
        this.#addUnasked(segment, field, raw, expression, lines);
        continue;
      }
      const isSetId = field === 1 && SET_IDS.has(name);
      const why = isSetId ? "SET_ID" : hasTruncatedValue(raw, this.message.delimiters) ? "TRUNCATED" : reason;
      lines.push(toUnmapped(joinField(expression, segment, field), `${name}-${field}`, why));
    }
  }

  /** Of a field that was read: repetitions, and components, that nobody asked for. */
  #addUnasked(segment: Segment, field: number, raw: string, expression: string, lines: MappingReportLine[]): void {
    const { component, repetition } = this.message.delimiters;
    if (hasTruncatedValue(raw, this.message.delimiters)) this.#addCutOff(segment, field, expression, lines);
    if (!(component !== "" && raw.includes(component)) && !(repetition !== "" && raw.includes(repetition))) return;
    const repetitions = repetitionsOf(this.message, segment, field);
    // Read as a whole, by whoever knows the field.
    if (!repetitions.some((one) => wasAsked(one))) return;
    const place = joinField(expression, segment, field);
    const sourceField = `${segment.name}-${field}`;
    for (const one of repetitions) {
      const own = repetitions.length === 1 ? place : `${place}[${one.position}]`;
      if (!wasAsked(one)) {
        lines.push(toUnmapped(own, sourceField, "REPETITION_NOT_USED"));
        continue;
      }
      const parts = component === "" ? [] : one.text.split(component, MAX_COMPONENTS);
      for (const [index, part] of parts.entries()) {
        const number = index + 1;
        if (part !== "" && !wasAsked(one, number))
          lines.push(toUnmapped(`${own}.${number}`, `${sourceField}.${number}`, "COMPONENT_NOT_USED"));
      }
    }
  }

  /** Of a field that was read: values the sender says are cut off, which went nowhere. */
  #addCutOff(segment: Segment, field: number, expression: string, lines: MappingReportLine[]): void {
    const { component, truncation } = this.message.delimiters;
    const place = joinField(expression, segment, field);
    const repetitions = repetitionsOf(this.message, segment, field);
    for (const one of repetitions) {
      const own = repetitions.length === 1 ? place : `${place}[${one.position}]`;
      const parts = component === "" ? [one.text] : one.text.split(component, MAX_COMPONENTS);
      for (const [index, part] of parts.entries()) {
        const number = index + 1;
        if (!part.endsWith(truncation) || !wasAsked(one, number)) continue;
        const at = parts.length === 1 ? "" : `.${number}`;
        lines.push(toDroppedLine({ expression: `${own}${at}`, sourceField: `${segment.name}-${field}${at}` }, "TRUNCATED"));
      }
    }
  }
}

export const toDroppedLine = ({ expression, sourceField }: Place, reason: string): MappingReportLine => ({
  expression,
  sourceField,
  result: "DROPPED",
  recordType: null,
  field: null,
  reason,
});

/** `messages[0].PID-3`; in XML `messages[0]/ADT_A01/PID/PID.3`. */
function joinField(expression: string, { name, path }: Segment, field: number): string {
  return path === undefined ? `${expression}-${field}` : `${expression}/${name}.${field}`;
}

function nameSegments(message: Hl7Message, where: string): ReadonlyMap<Segment, ReadSegment> {
  const { segments } = message;
  const named = new Map<Segment, ReadSegment>();
  const totals = new Map<string, number>();
  for (const { name } of segments) totals.set(name, (totals.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  for (const segment of segments) {
    const { name, path } = segment;
    let expression = `${where}.${name}`;
    if (path !== undefined) expression = `${where}${path}`;
    else if (totals.get(name) !== 1) {
      const position = (seen.get(name) ?? 0) + 1;
      seen.set(name, position);
      expression += `[${position}]`;
    }
    named.set(segment, { expression, used: [] });
  }
  return named;
}

function toUnmapped(expression: string, sourceField: string, reason: string | null): MappingReportLine {
  return { expression, sourceField, result: "UNMAPPED", recordType: null, field: null, reason };
}
