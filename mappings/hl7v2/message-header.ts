/** MSH and EVN: what kind of message it is, who sends it, and when. */
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { MappingReportLine } from "../../src/records/issue.ts";
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import { toInstant } from "../support/hl7v2-timestamp.ts";
import { MESSAGE_EVENTS, type MessageEvent } from "./message-events.ts";
import type { Hl7Message } from "./parse-message.ts";
import { componentOf, fieldText, firstSegment, repetitionsOf } from "./read-field.ts";
import { sendingFacility } from "./sending-facility.ts";

/** MSH fields by number. */
const SENDING_FACILITY = 4;
const MESSAGE_TIME = 7;
/** MSH-9: where a message that is not mapped is refused. */
export const MESSAGE_TYPE = 9;
const MESSAGE_ID = 10;
/** EVN-1, where older senders leave the trigger event. */
const EVENT_TYPE = 1;

/** MSH-9 is type and trigger; older senders leave the trigger to EVN-1. Undefined: a kind of message that is not mapped. */
export function findEvent(message: Hl7Message): MessageEvent | undefined {
  const [header] = message.segments;
  const [type] = header === undefined ? [] : repetitionsOf(message, header, MESSAGE_TYPE);
  if (type === undefined) return undefined;
  const trigger = componentOf(type, 2) ?? fieldText(message, firstSegment(message, "EVN"), EVENT_TYPE);
  return MESSAGE_EVENTS.get(`${componentOf(type, 1) ?? ""} ${trigger ?? ""}`);
}

/** The organisation that MSH-4 names; whether it may send is for the caller to judge. */
export function claimOf(source: MessageSource): Pick<DraftRecord, "claimedOrganisation"> {
  const code = sendingFacility(source.message);
  const [header] = source.message.segments;
  if (code === null || header === undefined) return {};
  return { claimedOrganisation: { code, expression: source.use(header, SENDING_FACILITY).expression } };
}

/** When the message was sent, and the lines of what was read of MSH and EVN. */
export interface Header {
  /** ISO instant of MSH-7. */
  readonly sourceTime: string | undefined;
  readonly mappingReport: readonly MappingReportLine[];
}

const HEADER_REASONS = [
  [SENDING_FACILITY, "SENDING_FACILITY"],
  [MESSAGE_TIME, "SOURCE_TIME"],
  [MESSAGE_TYPE, "MESSAGE_TYPE"],
  [MESSAGE_ID, "MESSAGE_ID"],
] as const;

/** Read once for all patients of a message. */
export function readHeader(source: MessageSource): Header {
  const { message, profile } = source;
  const [header] = message.segments;
  if (header === undefined) return { sourceTime: undefined, mappingReport: [] };
  const stated = HEADER_REASONS.filter(([field]) => header.fields[field]);
  const evn = firstSegment(message, "EVN");
  const time = fieldText(message, header, MESSAGE_TIME);
  return {
    sourceTime: time ? toInstant(time, profile.timeZone) : undefined,
    mappingReport: [
      ...stated.map(([field, reason]) => source.guide(header, field, reason)),
      ...(evn?.fields[EVENT_TYPE] ? [source.guide(evn, EVENT_TYPE, "MESSAGE_TYPE")] : []),
    ],
  };
}
