/**
 * MSH as an acknowledgement needs it, also of a message that nothing else can be read of. Bytes are read as Latin-1, so that what is
 * given back to the sender is byte for byte what it sent, whatever its character set.
 */

/** MSH fields by number. */
export const MSH = {
  sendingApplication: 3,
  sendingFacility: 4,
  receivingApplication: 5,
  receivingFacility: 6,
  messageType: 9,
  controlId: 10,
  processingId: 11,
  version: 12,
  acceptAcknowledgement: 15,
  applicationAcknowledgement: 16,
  characterSet: 18,
} as const;

export interface MessageHeader {
  readonly fieldSeparator: string;
  /** MSH-2 as it was sent: component, repetition, escape, sub-component. */
  readonly encodingCharacters: string;
  /** A field by its number as it was sent; an empty text where there is none. */
  field(number: number): string;
  /** The first component of a field, or another one (counted from 1). */
  component(number: number, component?: number): string;
}

/** An acknowledgement repeats parts of MSH: a longer one is no header that anybody sends. */
const MOST_HEADER_BYTES = 2_048;
const LINE_END = /[\r\n]/;
const LETTER_OR_DIGIT = /[A-Za-z0-9\s]/;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Null where the bytes do not begin with a message header. */
export function readMessageHeader(content: Buffer): MessageHeader | null {
  const begins = content.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  const text = content.toString("latin1", begins, begins + MOST_HEADER_BYTES).replace(/^[\r\n]+/, "");
  const [line = ""] = text.split(LINE_END, 1);
  const fieldSeparator = line.charAt(3);
  if (!line.startsWith("MSH") || fieldSeparator === "" || LETTER_OR_DIGIT.test(fieldSeparator)) return null;
  const fields = line.split(fieldSeparator);
  const encodingCharacters = fields[1] ?? "";
  const componentSeparator = encodingCharacters.charAt(0);
  if (componentSeparator === "") return null;
  // MSH-1 is the separator itself, so MSH-3 is the third text of the split.
  const field = (number: number): string => fields[number - 1] ?? "";
  return {
    fieldSeparator,
    encodingCharacters,
    field,
    component: (number, component = 1) => field(number).split(componentSeparator)[component - 1] ?? "",
  };
}

const TYPE = /^[A-Z][A-Z0-9]{2}$/;

/** `ADT^A08`; null where MSH-9 does not begin with a type and an event. */
export function messageTypeOf(header: MessageHeader): string | null {
  const [type, event] = [header.component(MSH.messageType, 1), header.component(MSH.messageType, 2)];
  return TYPE.test(type) && TYPE.test(event) ? `${type}^${event}` : null;
}

/** An acknowledgement, which is never acknowledged: two systems would go on for ever. */
export const isAcknowledgement = (header: MessageHeader): boolean => ["ACK", "MCF"].includes(header.component(MSH.messageType));

/** MSH-12 as a number that can be compared: 2.5.1 is 2.501; what cannot be read counts as 2.4, the version of HL7 UK. */
export function versionOf(header: MessageHeader): number {
  const [, major, minor, patch = "0"] = /^(\d)\.(\d)(?:\.(\d))?/.exec(header.component(MSH.version)) ?? [];
  return major === undefined ? 2.4 : Number(major) + Number(minor) / 10 + Number(patch) / 1_000;
}
