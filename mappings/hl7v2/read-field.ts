/**
 * Readers over a parsed message. HL7 v2 has three states for a value, and each means something else (HL7 UK A.3, null rule):
 * absent says nothing, `""` deletes, anything else states. They never fall together here.
 */
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
  if (delimiters.repetition === "" || !raw.includes(delimiters.repetition)) return [{ text: raw, position: 1, delimiters }];
  const texts = raw.split(delimiters.repetition, MAX_REPETITIONS);
  return texts.map((text, index) => ({ text, position: index + 1, delimiters })).filter(({ text }) => text !== "");
}

export interface Repetition {
  readonly text: string;
  readonly position: number;
  readonly delimiters: Delimiters;
}

/** First sub-component of a component, both counted from 1. A repetition that is `""` as a whole deletes every component. */
export function componentOf(repetition: Repetition, component: number): Stated {
  return subcomponentOf(repetition, component, 1);
}

export function subcomponentOf(repetition: Repetition, component: number, subcomponent: number): Stated {
  const { delimiters, text } = repetition;
  if (text === DELETED) return null;
  const raw = nthPart(nthPart(text, delimiters.component, component), delimiters.subcomponent, subcomponent);
  return decode(raw, delimiters);
}

/** All sub-components of a component in one text, for addresses whose street is split (SAD). */
export function wholeComponentOf(repetition: Repetition, component: number): Stated {
  const { delimiters, text } = repetition;
  if (text === DELETED) return null;
  const raw = nthPart(text, delimiters.component, component);
  const { subcomponent } = delimiters;
  if (subcomponent === "" || !raw.includes(subcomponent)) return decode(raw, delimiters);
  const parts = raw.split(subcomponent).map((part) => decode(part, delimiters));
  return parts.filter((part) => typeof part === "string").join(" ") || undefined;
}

/** First component of the first repetition: the value of a field of a plain data type. */
export function fieldText(message: Hl7Message, segment: Segment | undefined, field: number): Stated {
  const [first] = segment === undefined ? [] : repetitionsOf(message, segment, field);
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
  const text = decodeEscapes(raw, delimiters).trim();
  return text === "" ? undefined : text;
}

/**
 * Replaces escape sequences (HL7 v2 2.7). What is no known sequence stays as it was sent: Windows paths in notes are more common
 * than exotic escapes. Each escape character is looked at once, so a text of nothing else costs linear time.
 */
function decodeEscapes(raw: string, delimiters: Delimiters): string {
  const mark = delimiters.escape;
  if (mark === "" || !raw.includes(mark)) return raw;
  let decoded = "";
  let at = 0;
  for (;;) {
    const open = raw.indexOf(mark, at);
    const close = open === -1 ? -1 : raw.indexOf(mark, open + 1);
    if (close === -1) return decoded + raw.slice(at);
    const replacement = decodeSequence(raw.slice(open + 1, close), delimiters);
    decoded += raw.slice(at, open) + (replacement ?? mark);
    at = replacement === undefined ? open + 1 : close + 1;
  }
}

function decodeSequence(sequence: string, delimiters: Delimiters): string | undefined {
  switch (sequence) {
    case "F":
      return delimiters.field;
    case "S":
      return delimiters.component;
    case "T":
      return delimiters.subcomponent || "&";
    case "R":
      return delimiters.repetition || "~";
    case "E":
      return delimiters.escape;
    case ".br":
      return "\n";
    case "H":
    case "N":
      return "";
    default:
      return /^X(?:[0-9A-Fa-f]{2})+$/.test(sequence) ? decodeHex(sequence.slice(1)) : undefined;
  }
}

/** Bytes are UTF-8 where they can be, else Latin-1. Control characters other than tab and line ends cannot be stored as text. */
function decodeHex(hex: string): string {
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
  const utf8 = new TextDecoder("utf-8").decode(bytes);
  const text = utf8.includes("\uFFFD") ? new TextDecoder("latin1").decode(bytes) : utf8;
  return Array.from(text, (character) => (isStorable(character) ? character : "\uFFFD")).join("");
}

function isStorable(character: string): boolean {
  return character >= " " || character === "\t" || character === "\n" || character === "\r";
}
