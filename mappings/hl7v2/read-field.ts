/**
 * Readers over a parsed message. HL7 v2 has three states for a value, and each means something else (HL7 UK A.3, null rule):
 * absent says nothing, `""` deletes, anything else states. They never fall together here.
 */
import { decodeEscapes } from "./decode-escapes.ts";
import type { Delimiters, Hl7Message, Segment } from "./parse-message.ts";

/** `undefined`: absent, no statement. `null`: `""`, deleted on purpose. A string: the decoded value, never blank. */
export type Stated = string | null | undefined;

const DELETED = '""';
/** Repetitions beyond these are not read: senders use up to five. */
const MAX_REPETITIONS = 100;

export function segmentsOf(message: Hl7Message, name: string): readonly Segment[] {
  return message.segments.filter((segment) => segment.name === name);
}

export function firstSegment(message: Hl7Message, name: string): Segment | undefined {
  return message.segments.find((segment) => segment.name === name);
}

/** The raw repetitions of a field that hold something; `position` is the HL7 number of the repetition, from 1. */
export function repetitionsOf(message: Hl7Message, segment: Segment, field: number): readonly Repetition[] {
  const raw = segment.fields[field];
  if (raw === undefined || raw === "") return [];
  const { delimiters } = message;
  if (delimiters.repetition === "" || !raw.includes(delimiters.repetition))
    return [{ text: raw, position: 1, delimiters, segment, field }];
  const texts = raw.split(delimiters.repetition, MAX_REPETITIONS);
  return texts
    .map((text, index) => ({ text, position: index + 1, delimiters, segment, field }))
    .filter(({ text }) => text !== "");
}

export interface Repetition {
  readonly text: string;
  readonly position: number;
  readonly delimiters: Delimiters;
  /** Where it stands. */
  readonly segment: Segment;
  readonly field: number;
}

/** Which components were asked for, as bits, by field and repetition: what was never asked for is reported as not used. */
const asked = new WeakMap<Segment, Map<number, number>>();
/** Fields are asked for segment by segment: the last one answers most look-ups. */
let latest: { readonly segment: Segment; readonly ofSegment: Map<number, number> } | null = null;
/** More repetitions, and more components, than any field has that is read. */
const REPETITIONS_PER_FIELD = 128;
const LAST_BIT = 30;

const keyOf = (field: number, position: number): number => field * REPETITIONS_PER_FIELD + position;

function noteAsked(segment: Segment, field: number, position: number, component: number): void {
  const ofSegment = askedOf(segment);
  const key = keyOf(field, position);
  ofSegment.set(key, (ofSegment.get(key) ?? 0) | (1 << Math.min(component, LAST_BIT)));
}

function askedOf(segment: Segment): Map<number, number> {
  if (latest?.segment === segment) return latest.ofSegment;
  let ofSegment = asked.get(segment);
  if (ofSegment === undefined) {
    ofSegment = new Map();
    asked.set(segment, ofSegment);
  }
  latest = { segment, ofSegment };
  return ofSegment;
}

/** Whether a component was asked for, or any of the repetition where none is named. */
export function wasAsked({ segment, field, position }: Repetition, component?: number): boolean {
  const bits = askedOf(segment).get(keyOf(field, position)) ?? 0;
  return component === undefined ? bits !== 0 : (bits & (1 << Math.min(component, LAST_BIT))) !== 0;
}

/** First sub-component of a component, both counted from 1. A repetition that is `""` as a whole deletes every component. */
export function componentOf(repetition: Repetition, component: number): Stated {
  return subcomponentOf(repetition, component, 1);
}

export function subcomponentOf(repetition: Repetition, component: number, subcomponent: number): Stated {
  const { delimiters, text } = repetition;
  noteAsked(repetition.segment, repetition.field, repetition.position, component);
  if (text === DELETED) return null;
  const raw = nthPart(nthPart(text, delimiters.component, component), delimiters.subcomponent, subcomponent);
  return decode(raw, delimiters);
}

/** All sub-components of a component in one text, for addresses whose street is split (SAD). */
export function wholeComponentOf(repetition: Repetition, component: number): Stated {
  const { delimiters, text } = repetition;
  noteAsked(repetition.segment, repetition.field, repetition.position, component);
  if (text === DELETED) return null;
  const raw = nthPart(text, delimiters.component, component);
  const { subcomponent } = delimiters;
  if (subcomponent === "" || !raw.includes(subcomponent)) return decode(raw, delimiters);
  const parts = raw.split(subcomponent).map((part) => decode(part, delimiters));
  return parts.filter((part) => typeof part === "string").join(" ") || undefined;
}

/** First component of the first repetition: the value of a field of a plain data type. Asked of most fields, so a plain one costs little. */
export function fieldText(message: Hl7Message, segment: Segment | undefined, field: number): Stated {
  const raw = segment?.fields[field];
  if (raw === undefined || raw === "" || segment === undefined) return undefined;
  const { delimiters } = message;
  if (delimiters.repetition === "" || !raw.includes(delimiters.repetition)) {
    noteAsked(segment, field, 1, 1);
    return raw === DELETED
      ? null
      : decode(nthPart(nthPart(raw, delimiters.component, 1), delimiters.subcomponent, 1), delimiters);
  }
  const [first] = repetitionsOf(message, segment, field);
  return first === undefined ? undefined : componentOf(first, 1);
}

/** The n-th part (from 1) of a text; an empty delimiter means the text has one part. */
function nthPart(text: string, delimiter: string, n: number): string {
  if (delimiter === "") return n === 1 ? text : "";
  let start = 0;
  for (let index = 1; index < n; index++) {
    const found = text.indexOf(delimiter, start);
    if (found === -1) return "";
    start = found + 1;
  }
  const end = text.indexOf(delimiter, start);
  return end === -1 ? text.slice(start) : text.slice(start, end);
}

function decode(raw: string, delimiters: Delimiters): Stated {
  if (raw === DELETED) return null;
  if (isTruncated(raw, delimiters)) return undefined;
  const text = decodeEscapes(raw, delimiters).trim();
  return text === "" ? undefined : text;
}

/** From v2.7 on a sender may mark a value as cut off: part of a name or of a number is not the name or the number. */
function isTruncated(raw: string, { truncation }: Delimiters): boolean {
  return truncation !== "" && raw.endsWith(truncation);
}

/** Whether a raw field may hold a value that was cut off. */
export function hasTruncatedValue(raw: string, { truncation }: Delimiters): boolean {
  return truncation !== "" && raw.includes(truncation);
}
