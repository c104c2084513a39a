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
import { namesRehabilitation } from "./rehabilitation-service.ts";
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

export const isRehabilitationAppointment = (source: MessageSource): boolean =>
  segmentsOf(source.message, "SCH").some((sch) => CODED.some((field) => namesRehabilitation(source, sch, field))) ||
  ["AIS", "AIG"].some((name) =>
    segmentsOf(source.message, name).some((segment) => namesRehabilitation(source, segment, SERVICE)),
  );

export function readAppointment(source: MessageSource, event: MessageEvent): StatedRehabilitation {
  const mappingReport: MappingReportLine[] = [];
  const sch = firstSegment(source.message, "SCH");
  for (const field of CODED) {
    if (sch?.fields[field]) mappingReport.push(source.guide(sch, field, "REHABILITATION_SERVICE"));
  }
  const services = segmentsOf(source.message, "AIS").filter((ais) => ais.fields[SERVICE] || ais.fields[SERVICE_START]);
  for (const ais of services) if (ais.fields[SERVICE]) mappingReport.push(source.guide(ais, SERVICE, "REHABILITATION_SERVICE"));
  const evidence = readContact(source, event, sch, services, mappingReport);
  return { evidence: evidence === null ? [] : [evidence], mappingReport };
}

function readContact(
  source: MessageSource,
  event: MessageEvent,
  sch: Segment | undefined,
  services: readonly Segment[],
  mappingReport: MappingReportLine[],
): RehabilitationEvidence | null {
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

/** The service's own start, else the appointment's. */
function findStart(source: MessageSource, sch: Segment | undefined, services: readonly Segment[]): Start | null {
  const { message, profile } = source;
  for (const ais of services) {
    const text = fieldText(message, ais, SERVICE_START);
    if (text) return { date: toWholeDate(text, profile.timeZone), place: source.use(ais, SERVICE_START), segment: ais };
  }
  const [timing] = sch === undefined ? [] : repetitionsOf(message, sch, TIMING);
  const text = timing === undefined ? undefined : componentOf(timing, TIMING_START);
  if (sch === undefined || !text) return null;
  return { date: toWholeDate(text, profile.timeZone), place: source.use(sch, TIMING), segment: sch };
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
