/** Escape sequences of ER7 text (HL7 v2.8 chapter 2, section 2.7). */
import type { Delimiters } from "./parse-message.ts";

/** What stands for text in a character set this reader cannot follow within a message: seen, and taken for nobody's name. */
const UNREADABLE = "\uFFFD";
/** Formatting commands of text fields: those that end a line, and those that only shape it. */
const LINE_END_COMMAND = /^\.(?:br|ce|sp ?[+]?\d{0,3})$/;
const SHAPE_COMMAND = /^\.(?:fi|nf|(?:in|ti|sk) ?[+-]?\d{0,3})$/;
/** `Cxxyy` returns to a single-byte set, `Mxxyyzz` begins a multi-byte one (ISO 2022 designations in hexadecimal). */
const SINGLE_BYTE_SET = /^C[0-9A-Fa-f]{4}$/;
const MULTI_BYTE_SET = /^M[0-9A-Fa-f]{4,6}$/;
const HEXADECIMAL = /^X(?:[0-9A-Fa-f]{2})+$/;

/**
 * Replaces escape sequences. What is no known sequence stays as it was sent: Windows paths in notes are more common than exotic
 * escapes. Each escape character is looked at once, so a text of nothing else costs linear time.
 */
export function decodeEscapes(raw: string, delimiters: Delimiters): string {
  const mark = delimiters.escape;
  if (mark === "" || !raw.includes(mark)) return raw;
  let decoded = "";
  let at = 0;
  let isReadable = true;
  for (;;) {
    const open = raw.indexOf(mark, at);
    const close = open === -1 ? -1 : raw.indexOf(mark, open + 1);
    if (close === -1) return isReadable ? decoded + raw.slice(at) : decoded;
    if (isReadable) decoded += raw.slice(at, open);
    const sequence = raw.slice(open + 1, close);
    const replacement = decodeSequence(sequence, delimiters);
    if (isReadable) decoded += replacement ?? mark;
    if (replacement !== undefined && /^[CM]/.test(sequence)) isReadable = sequence.startsWith("C");
    at = replacement === undefined ? open + 1 : close + 1;
  }
}

/** Undefined: no escape sequence of HL7. Told by the first letter, so that a text of nothing else stays cheap. */
function decodeSequence(sequence: string, delimiters: Delimiters): string | undefined {
  switch (sequence.charAt(0)) {
    case ".":
      return LINE_END_COMMAND.test(sequence) ? "\n" : SHAPE_COMMAND.test(sequence) ? "" : undefined;
    case "C":
      return SINGLE_BYTE_SET.test(sequence) ? "" : undefined;
    case "M":
      return MULTI_BYTE_SET.test(sequence) ? UNREADABLE : undefined;
    case "X":
      return HEXADECIMAL.test(sequence) ? decodeHex(sequence.slice(1)) : undefined;
    default:
      return decodeLetter(sequence, delimiters);
  }
}

function decodeLetter(sequence: string, delimiters: Delimiters): string | undefined {
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
    case "P":
      return delimiters.truncation || "#";
    case "H":
    case "N":
      return "";
    default:
      return undefined;
  }
}

/** They keep nothing between two calls; making one for each sequence took most of the time. */
const utf8 = new TextDecoder("utf-8");
const latin1 = new TextDecoder("latin1");

/** Bytes are UTF-8 where they can be, else Latin-1. Control characters other than tab and line ends cannot be stored as text. */
function decodeHex(hex: string): string {
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
  const asUtf8 = utf8.decode(bytes);
  const text = asUtf8.includes(UNREADABLE) ? latin1.decode(bytes) : asUtf8;
  return Array.from(text, (character) => (isStorable(character) ? character : UNREADABLE)).join("");
}

function isStorable(character: string): boolean {
  return character >= " " || character === "\t" || character === "\n" || character === "\r";
}
