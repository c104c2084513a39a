/**
 * SCH and AIS: an appointment. Only one that was kept is a contact: a booking is a plan, and a plan is no rehabilitation.
 */
import type { MappingReportLine } from "../../src/records/issue.ts";
import { type MessageSource, type Place, toDroppedLine } from "../support/hl7v2-message-source.ts";
import type { RehabilitationEvidence } from "../support/hl7v2-rehabilitation-drafts.ts";
import { toWholeDate } from "../support/hl7v2-timestamp.ts";
import type { MessageEvent } from "./message-events.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, fieldText, firstSegment, repetitionsOf, segmentsOf } from "./read-field.ts";
import { bestRecognition, type Recognition, recogniseRehabilitation } from "./rehabilitation-service.ts";
import type { StatedRehabilitation } from "./rf1-mapping.ts";

/** SCH fields by number: event reason, appointment reason, appointment type, timing (TQ), filler status. */
const CODED = [6, 7, 8] as const;
const TIMING = 11;
const TIMING_START = 4;
const STATUS = 25;
/** AIS: service, start, filler status. AIG: resource. */
const SERVICE = 3;
const SERVICE_START = 4;
const SERVICE_STATUS = 10;
/** Where else a start stands: the timing that replaced SCH-11 in v2.5, then that of a person, a place, another resource. */
const OTHER_STARTS = [
  ["TQ1", 7],
  ["AIP", 6],
  ["AIL", 6],
  ["AIG", 8],
] as const;

/** Whether SCH, AIS or AIG say that the appointment is one of cardiac rehabilitation. */
export const recogniseAppointment = (source: MessageSource): Recognition | null =>
  bestRecognition([
    ...segmentsOf(source.message, "SCH").flatMap((sch) => CODED.map((field) => recogniseRehabilitation(source, sch, field))),
    ...["AIS", "AIG"].flatMap((name) =>
      segmentsOf(source.message, name).map((segment) => recogniseRehabilitation(source, segment, SERVICE)),
    ),
  ]);

export function readAppointment(source: MessageSource, event: MessageEvent, recognition: Recognition): StatedRehabilitation {
  const mappingReport: MappingReportLine[] = [];
  const sch = firstSegment(source.message, "SCH");
  for (const field of CODED) {
    if (sch?.fields[field]) mappingReport.push(source.guide(sch, field, "REHABILITATION_SERVICE"));
  }
  const services = segmentsOf(source.message, "AIS").filter((ais) => ais.fields[SERVICE] || ais.fields[SERVICE_START]);
  for (const ais of services) if (ais.fields[SERVICE]) mappingReport.push(source.guide(ais, SERVICE, "REHABILITATION_SERVICE"));
  const contact = readContact(source, event, sch, services, mappingReport);
  return { evidence: contact === null ? [] : [{ ...contact, recognition }], mappingReport };
}

function readContact(
  source: MessageSource,
  event: MessageEvent,
  sch: Segment | undefined,
  services: readonly Segment[],
  mappingReport: MappingReportLine[],
): Omit<RehabilitationEvidence, "recognition"> | null {
  const started = findStart(source, sch, services);
  const kept = isKept(source, sch, services, mappingReport);
  if (started === null) return null;
  const { date, place, segment } = started;
  if (date === null || event.withdrawn || !kept) {
    const reason = date === null ? "NO_DATE" : event.withdrawn ? "APPOINTMENT_NOT_KEPT" : "PLANNED";
    mappingReport.push(toDroppedLine(place, reason));
    return null;
  }
  return { kind: "CONTACT", id: null, date, place, recordExpression: source.expressionOf(segment), visitId: null };
}

interface Start {
  readonly date: string | null;
  readonly place: Place;
  readonly segment: Segment;
}

/** The service's own start, else the appointment's, else that of what it takes. */
function findStart(source: MessageSource, sch: Segment | undefined, services: readonly Segment[]): Start | null {
  const { message, profile } = source;
  const toStart = (text: string, segment: Segment, field: number): Start => ({
    date: toWholeDate(text, profile.timeZone),
    place: source.use(segment, field),
    segment,
  });
  const ownStart = readStart(source, services, SERVICE_START, toStart);
  if (ownStart !== null) return ownStart;
  const [timing] = sch === undefined ? [] : repetitionsOf(message, sch, TIMING);
  const text = timing === undefined ? undefined : componentOf(timing, TIMING_START);
  if (sch !== undefined && text) return toStart(text, sch, TIMING);
  for (const [name, field] of OTHER_STARTS) {
    const start = readStart(source, segmentsOf(message, name), field, toStart);
    if (start !== null) return start;
  }
  return null;
}

function readStart(
  { message }: MessageSource,
  segments: readonly Segment[],
  field: number,
  toStart: (text: string, segment: Segment, field: number) => Start,
): Start | null {
  for (const segment of segments) {
    const text = fieldText(message, segment, field);
    if (text) return toStart(text, segment, field);
  }
  return null;
}

function isKept(
  source: MessageSource,
  sch: Segment | undefined,
  services: readonly Segment[],
  mappingReport: MappingReportLine[],
): boolean {
  const stated = [
    ...(sch === undefined ? [] : [[sch, STATUS] as const]),
    ...services.map((ais) => [ais, SERVICE_STATUS] as const),
  ];
  return stated
    .map(([segment, field]) => {
      const status = fieldText(source.message, segment, field);
      if (status) mappingReport.push(source.guide(segment, field, "APPOINTMENT_STATUS"));
      return status?.toUpperCase() ?? "";
    })
    .some((status) => source.profile.rehabilitation.keptStatuses.has(status));
}
