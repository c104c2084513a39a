/** PV1: the hospital stay or contact that the coding of a message belongs to. */
import type { MappingReportLine } from "../../src/records/issue.ts";
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import { toWholeDate } from "../support/hl7v2-timestamp.ts";
import type { AdtEvent } from "./adt-events.ts";
import type { Segment } from "./parse-message.ts";
import { fieldText, firstSegment } from "./read-field.ts";

/** PV1 fields by number. */
const VISIT_NUMBER = 19;
/** In the UK the discharge destination; the discharge method stands in a Z segment. */
const DISCHARGE_DESTINATION = 36;
const ADMITTED = 44;
const DISCHARGED = 45;
const PID_DEATH_TIME = 29;
const PID_DEATH_INDICATOR = 30;

/** What one message says of its visit. */
export interface Visit {
  /** PV1-19; null where the sender gives none, or the message is about the person. */
  readonly id: string | null;
  /** ISO calendar dates. */
  readonly start: string | null;
  readonly end: string | null;
  readonly closed: boolean;
  readonly died: boolean;
  readonly mappingReport: readonly MappingReportLine[];
}

const NO_VISIT: Visit = { id: null, start: null, end: null, closed: false, died: false, mappingReport: [] };

export function readVisit(source: MessageSource, pid: Segment, event: AdtEvent): Visit {
  const pv1 = firstSegment(source.message, "PV1");
  if (pv1 === undefined || !event.aboutVisit) return NO_VISIT;
  const report: MappingReportLine[] = [];
  const read = (field: number, reason: string): string | null => {
    const stated = fieldText(source.message, pv1, field);
    if (stated) report.push(source.guide(pv1, field, reason));
    return stated ?? null;
  };
  const readDay = (field: number, reason: string): string | null => {
    const stated = fieldText(source.message, pv1, field);
    if (!stated) return null;
    const date = toWholeDate(stated, source.profile.timeZone);
    const dropped = { ...source.use(pv1, field), result: "DROPPED", recordType: null, field: null, reason: "NO_DATE" } as const;
    report.push(date === null ? dropped : source.guide(pv1, field, reason));
    return date;
  };
  const id = read(VISIT_NUMBER, "VISIT_NUMBER");
  const destination = read(DISCHARGE_DESTINATION, "DISCHARGE_DESTINATION");
  const start = readDay(ADMITTED, "VISIT_START");
  const end = readDay(DISCHARGED, "VISIT_END");
  const closed = event.endsVisit || end !== null;
  const died =
    (destination !== null && source.profile.diedDestinations.has(destination)) || isDeadAtDischarge(source, pid, event);
  return { id, start, end, closed, died, mappingReport: report };
}

/** A discharge that calls the patient dead without a date of death: the death was the discharge. */
function isDeadAtDischarge(source: MessageSource, pid: Segment, event: AdtEvent): boolean {
  if (!event.endsVisit || fieldText(source.message, pid, PID_DEATH_TIME)) return false;
  return fieldText(source.message, pid, PID_DEATH_INDICATOR) === "Y";
}
