/**
 * Bytes of a message to text, by the character set the message itself names (MSH-18, HL7 table 0211; in XML the declaration). Files and
 * the MLLP listener, which hold bytes, share it; a request hands text over already.
 */

export interface DecodedMessage {
  readonly text: string;
  /** WHATWG name of the encoding it was read in. */
  readonly characterSet: string;
  /**
   * Null: read as the message says it is written, or as UTF-8 where it says nothing. `READ_AS_WINDOWS_1252`: it says nothing, or UTF-8,
   * and is not that. `CHARACTER_SET_UNKNOWN`: it names a set this reader does not have.
   */
  readonly doubt: "READ_AS_WINDOWS_1252" | "CHARACTER_SET_UNKNOWN" | null;
}

const UTF_8 = "utf-8";
/** What Western systems mean by ISO 8859-1: the same letters, and the quotation marks of Windows. Every byte is a character of it. */
const WINDOWS_1252 = "windows-1252";
/** MSH and the XML declaration stand within the first bytes; a longer header names no character set that could be believed. */
const HEADER_BYTES = 4_096;
const LINE_END = /[\r\n]/;
const CHARACTER_SET_FIELD = 18;
const DECLARED_ENCODING = /^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._ -]{1,40})["']/;

/** By name in capitals without punctuation: table 0211, and what vendors write instead. ASCII and Unicode are read as UTF-8. */
const ENCODINGS: ReadonlyMap<string, string> = new Map([
  ...["ASCII", "USASCII", "ISOIR6", "UNICODE", "UNICODEUTF8", "UTF8", "ISO10646", "UNICODEUTF16", "UNICODEUTF32"].map(
    (name): [string, string] => [name, UTF_8],
  ),
  ...["1252", "CP1252", "WINDOWS1252", "ANSI", "LATIN1", "ISOIR100"].map((name): [string, string] => [name, WINDOWS_1252]),
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16].flatMap((part): [string, string][] =>
    [`8859${part}`, `ISO8859${part}`].map((name) => [name, `iso-8859-${part}`]),
  ),
  ["88591", WINDOWS_1252],
  ["ISO88591", WINDOWS_1252],
  ...[1250, 1251, 1253, 1254, 1257].map((page): [string, string] => [`WINDOWS${page}`, `windows-${page}`]),
  ["GB180302000", "gb18030"],
  ["BIG5", "big5"],
]);

/** Decodes one message, or one text of messages that share a character set. Never throws, whatever the bytes are. */
export function decodeHl7Bytes(bytes: Uint8Array): DecodedMessage {
  const marked = utf16Of(bytes);
  if (marked !== null) return { text: decodeAs(bytes, marked), characterSet: marked, doubt: null };
  const encoding = findEncoding(bytes);
  if (encoding !== undefined && encoding !== UTF_8) {
    return { text: decodeAs(bytes, encoding), characterSet: encoding, doubt: null };
  }
  const text = decodeUtf8(bytes);
  const isUnknown = encoding === undefined;
  if (text !== null) return { text, characterSet: UTF_8, doubt: isUnknown ? "CHARACTER_SET_UNKNOWN" : null };
  const doubt = isUnknown ? "CHARACTER_SET_UNKNOWN" : "READ_AS_WINDOWS_1252";
  return { text: decodeAs(bytes, WINDOWS_1252), characterSet: WINDOWS_1252, doubt };
}

/** Whether a message that is not UTF-8 says what it is, in a set this reader has. */
export function namesItsEncoding(header: Uint8Array): boolean {
  const encoding = findEncoding(header);
  return encoding !== undefined && encoding !== UTF_8;
}

/** UTF-8 where nothing is stated; undefined: a set this reader does not have. */
function findEncoding(bytes: Uint8Array): string | undefined {
  const stated = readStatedName(bytes);
  return stated === null ? UTF_8 : ENCODINGS.get(stated.toUpperCase().replace(/[^A-Z0-9]/g, ""));
}

/** A byte order mark, or every second byte of the first characters zero. */
function utf16Of([first, second, third, fourth]: Uint8Array): "utf-16le" | "utf-16be" | null {
  if ((first === 0xff && second === 0xfe) || (second === 0 && fourth === 0)) return "utf-16le";
  return (first === 0xfe && second === 0xff) || (first === 0 && third === 0) ? "utf-16be" : null;
}

function decodeAs(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes);
}

const utf8 = new TextDecoder(UTF_8, { fatal: true });

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    // Not UTF-8: TextDecoder says so by throwing.
    return null;
  }
}

/** MSH-18.1 of its first repetition, or the encoding of an XML declaration; null where none is stated. */
function readStatedName(bytes: Uint8Array): string | null {
  const head = decodeAs(bytes.subarray(0, HEADER_BYTES), WINDOWS_1252);
  const declared = DECLARED_ENCODING.exec(head.replace(/^ï»¿/, ""))?.[1];
  if (declared !== undefined) return declared;
  const start = head.indexOf("MSH");
  if (start === -1) return null;
  const line = head.slice(start).split(LINE_END, 1)[0] ?? "";
  const [, encodingCharacters = "", ...fields] = line.split(line.charAt(3));
  // MSH-1 is the delimiter and MSH-2 the encoding characters, so the rest begins at MSH-3.
  const field = fields[CHARACTER_SET_FIELD - 3] ?? "";
  const [component = "", repetition = ""] = encodingCharacters;
  const first = repetition === "" ? field : (field.split(repetition, 1)[0] ?? "");
  const name = (component === "" ? first : (first.split(component, 1)[0] ?? "")).trim();
  return name === "" || name === '""' ? null : name;
}
