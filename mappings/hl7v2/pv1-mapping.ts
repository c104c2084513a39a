/** PV1: the hospital stay or contact that the coding of a message belongs to. */
import type { MappingReportLine } from "../../src/records/issue.ts";
import { type MessageSource, type Place, toDroppedLine } from "../support/hl7v2-message-source.ts";
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
/** EVN-6: when the event itself took place (from v2.4 on), whenever it was written down. */
const OCCURRED = 6;

/** Classes (HL7 table 0004 and its UK additions): pre-admission and waiting list have not begun; `N` is no visit at all. */
const CLASS_STATEMENTS: ReadonlyMap<string, VisitStatement> = new Map([
  ["P", "PLANNED"],
  ["W", "PLANNED"],
  ["N", "NONE"],
]);

/** Out-patients, recurring ones and accounts: the end of such a visit is no discharge from a stay. */
const NOT_ADMITTED: ReadonlySet<string> = new Set(["O", "R", "C"]);

interface Day {
  readonly date: string;
  readonly place: Place;
}

/** What one message says of its visit. */
export interface Visit {
  readonly statement: VisitStatement;
  /** PV1-19; null where the sender gives none, or the message is about the person. */
  readonly id: string | null;
  /** ISO calendar dates. */
  readonly start: string | null;
  readonly startPlace: Place | null;
  readonly end: string | null;
  readonly endExpression: string | null;
  /** Over, and one that a patient is discharged from. */
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
  startPlace: null,
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
  const patientClass = readText(source, pv1, PATIENT_CLASS, "PATIENT_CLASS", report)?.toUpperCase() ?? "";
  const statement = toStatement(patientClass, event);
  if (statement === "NONE") return { ...NO_VISIT, mappingReport: report };
  const id = readText(source, pv1, VISIT_NUMBER, "VISIT_NUMBER", report);
  const destination = readText(source, pv1, DISCHARGE_DESTINATION, "DISCHARGE_DESTINATION", report);
  const evn = firstSegment(source.message, "EVN");
  const startsAt = [pv1, ADMITTED] as const;
  const start = readDay(source, event.beginsVisit ? [startsAt, [evn, OCCURRED]] : [startsAt], "VISIT_START", report);
  const endsAt = [pv1, DISCHARGED] as const;
  const end = readDay(source, event.endsVisit ? [endsAt, [evn, OCCURRED]] : [endsAt], "VISIT_END", report);
  return {
    statement,
    id,
    start: start?.date ?? null,
    startPlace: start?.place ?? null,
    end: end?.date ?? null,
    endExpression: end?.place.expression ?? null,
    closed: (event.endsVisit || end !== null) && !NOT_ADMITTED.has(patientClass),
    died: (destination !== null && source.profile.diedDestinations.has(destination)) || isDeadAtDischarge(source, pid, event),
    isRehabilitation: isRehabilitationVisit(source, pv1, report),
    mappingReport: report,
  };
}

/** The event says more than the class, except that an admission or an update of one who waits is no stay yet. */
const toStatement = (patientClass: string, { visit }: MessageEvent): VisitStatement =>
  visit === "STAY" ? (CLASS_STATEMENTS.get(patientClass) ?? visit) : visit;

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

/** The first place that holds anything. */
function readDay(
  source: MessageSource,
  places: readonly (readonly [segment: Segment | undefined, field: number])[],
  reason: string,
  report: MappingReportLine[],
): Day | null {
  for (const [segment, field] of places) {
    const text = fieldText(source.message, segment, field);
    if (segment === undefined || !text) continue;
    const date = toWholeDate(text, source.profile.timeZone);
    const place = source.use(segment, field);
    report.push(date === null ? toDroppedLine(place, "NO_DATE") : source.guide(segment, field, reason));
    return date === null ? null : { date, place };
  }
  return null;
}

/** A discharge that calls the patient dead without a date of death: the death was the discharge. */
function isDeadAtDischarge(source: MessageSource, pid: Segment, event: MessageEvent): boolean {
  if (!event.endsVisit || fieldText(source.message, pid, PID_DEATH_TIME)) return false;
  return fieldText(source.message, pid, PID_DEATH_INDICATOR) === "Y";
}
