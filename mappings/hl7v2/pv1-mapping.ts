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

/** What each field is read for, as the report says it. */
const REASONS = {
  [VISIT_NUMBER]: "VISIT_NUMBER",
  [DISCHARGE_DESTINATION]: "DISCHARGE_DESTINATION",
  [ADMITTED]: "VISIT_START",
  [DISCHARGED]: "VISIT_END",
} as const;
type VisitField = keyof typeof REASONS;

interface Day {
  readonly date: string;
  readonly expression: string;
}

/** What one message says of its visit. */
export interface Visit {
  /** PV1-19; null where the sender gives none, or the message is about the person. */
  readonly id: string | null;
  /** ISO calendar dates. */
  readonly start: string | null;
  readonly startExpression: string | null;
  readonly end: string | null;
  readonly endExpression: string | null;
  readonly closed: boolean;
  readonly died: boolean;
  readonly mappingReport: readonly MappingReportLine[];
}

const NO_VISIT: Visit = {
  id: null,
  start: null,
  startExpression: null,
  end: null,
  endExpression: null,
  closed: false,
  died: false,
  mappingReport: [],
};

export function readVisit(source: MessageSource, pid: Segment, event: AdtEvent): Visit {
  const pv1 = firstSegment(source.message, "PV1");
  if (pv1 === undefined || !event.aboutVisit) return NO_VISIT;
  const report: MappingReportLine[] = [];
  const id = readText(source, pv1, VISIT_NUMBER, report);
  const destination = readText(source, pv1, DISCHARGE_DESTINATION, report);
  const start = readDay(source, pv1, ADMITTED, report);
  const end = readDay(source, pv1, DISCHARGED, report);
  return {
    id,
    start: start?.date ?? null,
    startExpression: start?.expression ?? null,
    end: end?.date ?? null,
    endExpression: end?.expression ?? null,
    closed: event.endsVisit || end !== null,
    died: (destination !== null && source.profile.diedDestinations.has(destination)) || isDeadAtDischarge(source, pid, event),
    mappingReport: report,
  };
}

function readText(source: MessageSource, pv1: Segment, field: VisitField, report: MappingReportLine[]): string | null {
  const text = fieldText(source.message, pv1, field);
  if (!text) return null;
  report.push(source.guide(pv1, field, REASONS[field]));
  return text;
}

function readDay(source: MessageSource, pv1: Segment, field: VisitField, report: MappingReportLine[]): Day | null {
  const text = fieldText(source.message, pv1, field);
  if (!text) return null;
  const date = toWholeDate(text, source.profile.timeZone);
  const { expression, sourceField } = source.use(pv1, field);
  if (date !== null) report.push(source.guide(pv1, field, REASONS[field]));
  else report.push({ expression, sourceField, result: "DROPPED", recordType: null, field: null, reason: "NO_DATE" });
  return date === null ? null : { date, expression };
}

/** A discharge that calls the patient dead without a date of death: the death was the discharge. */
function isDeadAtDischarge(source: MessageSource, pid: Segment, event: AdtEvent): boolean {
  if (!event.endsVisit || fieldText(source.message, pid, PID_DEATH_TIME)) return false;
  return fieldText(source.message, pid, PID_DEATH_INDICATOR) === "Y";
}
