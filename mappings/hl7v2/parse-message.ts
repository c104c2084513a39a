/**
 * Our own reader of HL7 v2 in its ER7 form (HL7 v2.5.1 chapter 2). Libraries that were measured lose messages, duplicate them or
 * do not tell an absent field from a deleted one. One pass over the text finds lines, one split per segment finds fields; nothing
 * backtracks, so the time is linear whatever was sent. Fields stay raw until `read-field.ts` is asked for one.
 */
/** The characters a message declares in MSH-1 and MSH-2. An empty string: the message declares none (a short MSH-2). */
export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  /** Ends a value that was cut off (from v2.7 on). */
  readonly truncation: string;
}

export interface Segment {
  readonly name: string;
  /** Where the segment begins in the text that was sent, in UTF-16 units. */
  readonly offset: number;
  /** Raw fields by their HL7 number: `fields[7]` is PID-7; `fields[0]` is the name. MSH-1 and MSH-2 stand at 1 and 2 like the others. */
  readonly fields: readonly string[];
  /** Where it stands in an XML document: `/ADT_A01/PID`. Absent in ER7. */
  readonly path?: string;
}

export interface Hl7Message {
  readonly form: "ER7" | "XML";
  readonly delimiters: Delimiters;
  /** In the sender's order; unknown segments are kept. The first is MSH. */
  readonly segments: readonly Segment[];
}

/**
 * A message, or the place at which it stops being one: `MSH-9`, `segments[3]`, in XML `/ADT_A01/MSH/MSH.9`, or an empty string for the
 * message as a whole.
 */
export type ParseResult = { readonly ok: true; readonly message: Hl7Message } | { readonly ok: false; readonly where: string };

/**
 * What one message, and the messages read together, may be at most: far above what is met (8,600 characters, 35 segments, 60 fields,
 * 3 repetitions in the samples), and low enough that no input of a few megabytes becomes millions of report lines.
 */
export const MAX_MESSAGE_LENGTH = 1_048_576;
export const MAX_SEGMENTS = 2_000;
export const MAX_FIELDS = 500;
export const MAX_MESSAGES = 1_000;

const LINE_FEED = 10;
/** MLLP's start and end of block: where a capture of frames is pasted, they stand between messages. */
const VERTICAL_TAB = 11;
const CARRIAGE_RETURN = 13;
const FILE_SEPARATOR = 28;

/** Every control character but the tab. Native search is several times as fast as a loop over a kilobyte of text. */
const CONTROL = /[^\t -\uffff]/g;

interface Line {
  readonly text: string;
  readonly offset: number;
  /** Holds a control character that no HL7 v2 message may hold. */
  readonly garbage: boolean;
}

/**
 * Reads every message of a text in ER7: each begins at an MSH segment; blank lines and the FHS, BHS, BTS, FTS envelope of a batch stand
 * between them. Always gives at least one result: a text without a message is one malformed message, and so is all that comes after
 * the first `most` messages.
 */
export function parseMessages(text: string, most: number = MAX_MESSAGES): readonly ParseResult[] {
  const groups = groupLines(text, most);
  if (groups.length === 0) return [{ ok: false, where: "" }];
  const results = groups.slice(0, most).map(parseGroup);
  return groups.length > most ? [...results, { ok: false, where: "" }] : results;
}

/** Segments end in CR by the standard; LF and CRLF are what files and editors make of it. */
function* readLines(text: string): Generator<Line> {
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  let garbage = false;
  const controls = new RegExp(CONTROL);
  controls.lastIndex = start;
  for (let done = false; !done; ) {
    const at = controls.exec(text)?.index ?? text.length;
    done = at === text.length;
    if (!done && !isLineEnd(text.charCodeAt(at))) {
      garbage = true;
      continue;
    }
    const line = text.slice(start, at);
    if (line.trim() !== "") yield { text: line, offset: start, garbage };
    start = at + 1;
    garbage = false;
  }
}

function isLineEnd(code: number): boolean {
  return code === CARRIAGE_RETURN || code === LINE_FEED || code === VERTICAL_TAB || code === FILE_SEPARATOR;
}

/** Lines of one message each. Stops one past each limit: who asks only needs to know that there is more. */
function groupLines(text: string, most: number): readonly (readonly Line[])[] {
  const groups: Line[][] = [];
  for (const line of readLines(text)) {
    if (/^(?:FHS|BHS|BTS|FTS)(?![A-Z0-9])/.test(line.text)) continue;
    const current = groups.at(-1);
    if (current === undefined || /^MSH(?![A-Z0-9])/.test(line.text)) {
      if (groups.push([line]) > most) break;
    } else if (current.length <= MAX_SEGMENTS) current.push(line);
  }
  return groups;
}

function parseGroup(lines: readonly Line[]): ParseResult {
  const [header] = lines;
  const last = lines.at(-1);
  if (header === undefined || last === undefined) return { ok: false, where: "" };
  const length = last.offset + last.text.length - header.offset;
  if (lines.length > MAX_SEGMENTS || length > MAX_MESSAGE_LENGTH) return { ok: false, where: "" };
  if (!header.text.startsWith("MSH")) return { ok: false, where: "MSH" };
  const delimiters = readDelimiters(header.text);
  if (typeof delimiters === "string") return { ok: false, where: delimiters };
  const segments: Segment[] = [];
  for (const [index, line] of lines.entries()) {
    const segment = line.garbage ? undefined : readSegment(line, delimiters);
    if (segment === undefined) return { ok: false, where: `segments[${index}]` };
    segments.push(segment);
  }
  return isMessageType(segments[0]?.fields[9])
    ? { ok: true, message: { form: "ER7", delimiters, segments } }
    : { ok: false, where: "MSH-9" };
}

export const isMessageType = (type: string | undefined): boolean => type !== undefined && type.trim() !== "";

/** Nearly every sender writes these. */
const USUAL_HEADER = "MSH|^~\\&|";
const USUAL_DELIMITERS: Delimiters = {
  field: "|",
  component: "^",
  repetition: "~",
  escape: "\\",
  subcomponent: "&",
  truncation: "",
};

/** MSH-2 may be shorter than four characters (older systems leave out the last ones) or longer (2.7 adds the truncation character). */
function readDelimiters(header: string): Delimiters | "MSH-1" | "MSH-2" {
  if (header.startsWith(USUAL_HEADER)) return USUAL_DELIMITERS;
  const field = header.charAt(3);
  if (!isDelimiter(field)) return "MSH-1";
  const end = header.indexOf(field, 4);
  const encoding = header.slice(4, end === -1 ? undefined : end);
  const characters = [...encoding];
  const distinct = new Set([field, ...characters]).size === characters.length + 1;
  if (characters.length === 0 || characters.length > 5 || !distinct || !characters.every(isDelimiter)) return "MSH-2";
  const [component = "", repetition = "", escapeCharacter = "", subcomponent = "", truncation = ""] = characters;
  return { field, component, repetition, escape: escapeCharacter, subcomponent, truncation };
}

/** Printable ASCII that cannot be part of a value: no letter, digit, space or quotation mark. */
function isDelimiter(character: string): boolean {
  return /^[!#-/:-@[-`{-~]$/.test(character);
}

function readSegment(line: Line, delimiters: Delimiters): Segment | undefined {
  if (!/^[A-Z][A-Z0-9]{2}/.test(line.text)) return undefined;
  if (line.text.length > 3 && line.text.charAt(3) !== delimiters.field) return undefined;
  const fields = line.text.split(delimiters.field, MAX_FIELDS + 1);
  if (fields.length > MAX_FIELDS) return undefined;
  const name = line.text.slice(0, 3);
  // MSH-1 is the separator itself, which the split has eaten.
  if (name === "MSH") fields.splice(1, 0, delimiters.field);
  return { name, offset: line.offset, fields };
}
