/** Where in its message the sender finds what is wrong, and by which of HL7's own codes it is called. */

export interface ErrorLocation {
  readonly segment: string;
  /** From 1, as HL7 counts. */
  readonly sequence: number;
  /** Null: the segment as a whole. */
  readonly field: number | null;
  readonly repetition: number | null;
  readonly component: number | null;
  readonly subcomponent: number | null;
}

/** `messages[0].PID-3[2].1`, `messages[0].DG1[2]-3`, `messages[0][1].MSH-9`, `messages[0].PID`. */
const PLACE =
  /(?:^|\.)(?<segment>[A-Z][A-Z0-9]{2})(?:\[(?<sequence>\d+)\])?(?:-(?<field>\d+)(?:\[(?<repetition>\d+)\])?(?:\.(?<component>\d+)(?:\.(?<subcomponent>\d+))?)?)?$/;

/** Null where the expression names the message as a whole, or a line of it by number. */
export function locationOf(expression: string): ErrorLocation | null {
  const found = PLACE.exec(expression)?.groups;
  if (found?.segment === undefined) return null;
  const numberOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  return {
    segment: found.segment,
    sequence: numberOf(found.sequence) ?? 1,
    field: numberOf(found.field),
    repetition: numberOf(found.repetition),
    component: numberOf(found.component),
    subcomponent: numberOf(found.subcomponent),
  };
}

export interface Hl7Error {
  readonly code: string;
  readonly text: string;
}

/** HL7 table 0357. */
const SEQUENCE: Hl7Error = { code: "100", text: "Segment sequence error" };
const REQUIRED: Hl7Error = { code: "101", text: "Required field missing" };
const DATA_TYPE: Hl7Error = { code: "102", text: "Data type error" };
const TABLE_VALUE: Hl7Error = { code: "103", text: "Table value not found" };
const MESSAGE_TYPE: Hl7Error = { code: "200", text: "Unsupported message type" };
const EVENT: Hl7Error = { code: "201", text: "Unsupported event code" };
const PROCESSING_ID: Hl7Error = { code: "202", text: "Unsupported processing id" };
const VERSION: Hl7Error = { code: "203", text: "Unsupported version id" };
const UNKNOWN_KEY: Hl7Error = { code: "204", text: "Unknown key identifier" };
const INTERNAL: Hl7Error = { code: "207", text: "Application internal error" };

const BY_ISSUE: ReadonlyMap<string, Hl7Error> = new Map([
  ["MESSAGE_MALFORMED", SEQUENCE],
  ["MANDATORY_MISSING", REQUIRED],
  ["PATIENT_UNIDENTIFIED", REQUIRED],
  ["FORMAT_INVALID", DATA_TYPE],
  ["LENGTH_EXCEEDED", DATA_TYPE],
  ["NHS_NUMBER_CHECKSUM", DATA_TYPE],
  ["NHS_NUMBER_PLACEHOLDER", DATA_TYPE],
  ["OUT_OF_HARD_RANGE", DATA_TYPE],
  ["ENCODING_UNREADABLE", DATA_TYPE],
  ["CODE_UNKNOWN", TABLE_VALUE],
  ["CODE_NOT_TRANSLATED", TABLE_VALUE],
  ["PARENT_MISSING", UNKNOWN_KEY],
  ["REFERENCE_UNRESOLVED", UNKNOWN_KEY],
]);
/** An event, a type, a processing id or a version that is not supported, by the field that says it. */
const UNSUPPORTED_FIELDS: ReadonlyMap<string, Hl7Error> = new Map([
  ["EVN-1", EVENT],
  ["MSH-11", PROCESSING_ID],
  ["MSH-12", VERSION],
]);

export function hl7ErrorOf(code: string, location: ErrorLocation | null, hasKnownType: boolean): Hl7Error {
  if (code !== "MESSAGE_UNSUPPORTED") return BY_ISSUE.get(code) ?? INTERNAL;
  const field = location === null ? "" : `${location.segment}-${location.field ?? 0}`;
  return UNSUPPORTED_FIELDS.get(field) ?? (hasKnownType ? EVENT : MESSAGE_TYPE);
}
