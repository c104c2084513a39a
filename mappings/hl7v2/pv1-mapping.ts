/** PV1: the hospital stay or contact that the coding of a message belongs to. */
import type { MappingReportLine } from "../../src/records/issue.ts";
import { type MessageSource, toDroppedLine } from "../support/hl7v2-message-source.ts";
import { toWholeDate } from "../support/hl7v2-timestamp.ts";
import type { MessageEvent, VisitStatement } from "./message-events.ts";
import type { Segment } from "./parse-message.ts";
import { fieldText, firstSegment } from "./read-field.ts";

/** PV1 fields by number. */
const PATIENT_CLASS = 2;
/** In the UK the treatment function. */
const SPECIALTY = 10;
const VISIT_NUMBER = 19;
/** In the UK the discharge destination; the discharge method stands in a Z segment. */
const DISCHARGE_DESTINATION = 36;
const ADMITTED = 44;
const DISCHARGED = 45;
const PID_DEATH_TIME = 29;
const PID_DEATH_INDICATOR = 30;

/** Classes (HL7 table 0004 and its UK additions): pre-admission and waiting list have not begun; `N` is no visit at all. */
const CLASS_STATEMENTS: ReadonlyMap<string, VisitStatement> = new Map([
  ["P", "PLANNED"],
  ["W", "PLANNED"],
  ["N", "NONE"],
]);

interface Day {
  readonly date: string;
  readonly expression: string;
}

/** What one message says of its visit. */
export interface Visit {
  readonly statement: VisitStatement;
  /** PV1-19; null where the sender gives none, or the message is about the person. */
  readonly id: string | null;
  /** ISO calendar dates. */
  readonly start: string | null;
  readonly startExpression: string | null;
  readonly end: string | null;
  readonly endExpression: string | null;
  readonly closed: boolean;
  readonly died: boolean;
  /** A contact with the cardiac rehabilitation service, by its treatment function: no acute stay. */
  readonly isRehabilitation: boolean;
  readonly mappingReport: readonly MappingReportLine[];
}

const NO_VISIT: Visit = {
  statement: "NONE",
  id: null,
  start: null,
  startExpression: null,
  end: null,
  endExpression: null,
  closed: false,
  died: false,
  isRehabilitation: false,
  mappingReport: [],
};

export function readVisit(source: MessageSource, pid: Segment, event: MessageEvent): Visit {
  const pv1 = firstSegment(source.message, "PV1");
  if (pv1 === undefined) return event.visit === "CANCELLED" ? { ...NO_VISIT, statement: "CANCELLED" } : NO_VISIT;
  if (event.visit === "NONE") return NO_VISIT;
  const report: MappingReportLine[] = [];
  const statement = readStatement(source, pv1, event, report);
  if (statement === "NONE") return { ...NO_VISIT, mappingReport: report };
  const id = readText(source, pv1, VISIT_NUMBER, "VISIT_NUMBER", report);
  const destination = readText(source, pv1, DISCHARGE_DESTINATION, "DISCHARGE_DESTINATION", report);
  const start = readDay(source, pv1, ADMITTED, "VISIT_START", report);
  const end = readDay(source, pv1, DISCHARGED, "VISIT_END", report);
  return {
    statement,
    id,
    start: start?.date ?? null,
    startExpression: start?.expression ?? null,
    end: end?.date ?? null,
    endExpression: end?.expression ?? null,
    closed: event.endsVisit || end !== null,
    died: (destination !== null && source.profile.diedDestinations.has(destination)) || isDeadAtDischarge(source, pid, event),
    isRehabilitation: isRehabilitationVisit(source, pv1, report),
    mappingReport: report,
  };
}

/** The event says more than the class, except that an admission or an update of one who waits is no stay yet. */
function readStatement(
  source: MessageSource,
  pv1: Segment,
  { visit }: MessageEvent,
  report: MappingReportLine[],
): VisitStatement {
  const patientClass = readText(source, pv1, PATIENT_CLASS, "PATIENT_CLASS", report);
  return visit === "STAY" ? (CLASS_STATEMENTS.get(patientClass?.toUpperCase() ?? "") ?? visit) : visit;
}

function isRehabilitationVisit(source: MessageSource, pv1: Segment, report: MappingReportLine[]): boolean {
  const specialty = fieldText(source.message, pv1, SPECIALTY);
  if (!specialty || !source.profile.rehabilitation.treatmentFunctions.has(specialty)) return false;
  report.push(source.guide(pv1, SPECIALTY, "REHABILITATION_SERVICE"));
  return true;
}

function readText(
  source: MessageSource,
  pv1: Segment,
  field: number,
  reason: string,
  report: MappingReportLine[],
): string | null {
  const text = fieldText(source.message, pv1, field);
  if (!text) return null;
  report.push(source.guide(pv1, field, reason));
  return text;
}

function readDay(source: MessageSource, pv1: Segment, field: number, reason: string, report: MappingReportLine[]): Day | null {
  const text = fieldText(source.message, pv1, field);
  if (!text) return null;
  const date = toWholeDate(text, source.profile.timeZone);
  const place = source.use(pv1, field);
  report.push(date === null ? toDroppedLine(place, "NO_DATE") : source.guide(pv1, field, reason));
  return date === null ? null : { date, expression: place.expression };
}

/** A discharge that calls the patient dead without a date of death: the death was the discharge. */
function isDeadAtDischarge(source: MessageSource, pid: Segment, event: MessageEvent): boolean {
  if (!event.endsVisit || fieldText(source.message, pid, PID_DEATH_TIME)) return false;
  return fieldText(source.message, pid, PID_DEATH_INDICATOR) === "Y";
}
