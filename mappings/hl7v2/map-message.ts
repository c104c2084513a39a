/** One message to its patients, and to what it says of them that only all messages together give a meaning to. */
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { MessageSource } from "../support/hl7v2-message-source.ts";
import { toInstant } from "../support/hl7v2-timestamp.ts";
import type { MappingTables } from "../support/mapping-tables.ts";
import { readDiagnoses } from "./dg1-mapping.ts";
import type { PatientMessage } from "./gather-spells.ts";
import type { Hl7v2Profile } from "./hl7v2-profile.ts";
import { MESSAGE_EVENTS, type MessageEvent } from "./message-events.ts";
import { reportIdentityChange } from "./mrg-mapping.ts";
import { readObservations } from "./obx-mapping.ts";
import type { Hl7Message, ParseResult } from "./parse-message.ts";
import { groupByPatient, type PatientGroup } from "./patient-groups.ts";
import { mapPatient } from "./pid-mapping.ts";
import { readProcedures } from "./pr1-mapping.ts";
import { readVisit, type Visit } from "./pv1-mapping.ts";
import type { Coding } from "./read-coded-fact.ts";
import { componentOf, fieldText, firstSegment, repetitionsOf } from "./read-field.ts";
import { recogniseProfile } from "./recognise-profile.ts";
import { isRehabilitationCode } from "./rehabilitation-service.ts";
import { isForRehabilitation, readReferral, type StatedRehabilitation } from "./rf1-mapping.ts";
import { isRehabilitationAppointment, readAppointment } from "./sch-mapping.ts";
import { sendingFacility } from "./sending-facility.ts";

/** MSH fields by number. */
const SENDING_FACILITY = 4;
const MESSAGE_TIME = 7;
const MESSAGE_TYPE = 9;
const MESSAGE_ID = 10;
/** EVN-1, where older senders leave the trigger event. */
const EVENT_TYPE = 1;
const VISIT_NUMBER = 19;

/** A message with its place in the request: `messages[2]`, or `messages[2][1]` for the second message of one text. */
export interface ReadMessage {
  readonly where: string;
  readonly result: ParseResult;
}

export interface MessageOutcome {
  readonly draft: DraftRecord;
  /** Null where the message was refused. */
  readonly patientMessage: PatientMessage | null;
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

/** One outcome for each patient of the message; one refusal where it cannot be read or is of a kind that is not mapped. */
export function mapMessage(
  { where, result }: ReadMessage,
  profile: Hl7v2Profile,
  tables: MappingTables,
): readonly MessageOutcome[] {
  if (!result.ok) return [refuse(where, "MESSAGE_MALFORMED", result.where)];
  const { message } = result;
  const source = new MessageSource(message, where, recogniseProfile(message, profile), tables);
  const refused = (code: string, segment: string, field: number, reason?: string): readonly MessageOutcome[] => [
    refuse(where, code, placeIn(source, segment, field), reason),
  ];
  const event = findEvent(message);
  if (event === undefined) return refused("MESSAGE_UNSUPPORTED", "MSH", MESSAGE_TYPE);
  const groups = groupByPatient(message);
  const [, second] = groups;
  if (groups.length === 0) return refused("MESSAGE_MALFORMED", "PID", 0);
  if (second !== undefined && !event.severalPatients) {
    return [refuse(where, "MESSAGE_MALFORMED", source.expressionOf(second.pid).slice(where.length))];
  }
  const header = readHeader(source);
  const outcomes = groups.map((group) => mapGroup(source, group, groups.length > 1, event, header.sourceTime));
  if (!outcomes.some((outcome) => outcome !== null)) {
    const segment = event.kind === "REFERRAL" ? "RF1" : "SCH";
    return refused("MESSAGE_UNSUPPORTED", segment, 0, "NOT_CARDIAC_REHABILITATION");
  }
  const mapped = outcomes.filter((outcome) => outcome !== null);
  const ofMessage = [...header.mappingReport, ...source.unusedLines()];
  return mapped.map((outcome, index) =>
    index > 0 ? outcome : { ...outcome, mappingReport: [...outcome.mappingReport, ...ofMessage] },
  );
}

const NO_CODING: Coding = { facts: [], issues: [], mappingReport: [] };

/** Null: the message is about another service. */
function mapGroup(
  root: MessageSource,
  { pid, segments }: PatientGroup,
  isOneOfSeveral: boolean,
  event: MessageEvent,
  sourceTime: string | undefined,
): MessageOutcome | null {
  const source = isOneOfSeveral ? root.part(segments) : root;
  const visit = readVisit(source, pid, event);
  // A merge or a changed number says nothing of illness: what stands in it besides is not read.
  const diagnoses = event.identityChange === null ? readDiagnoses(source) : NO_CODING;
  const procedures = event.identityChange === null ? readProcedures(source) : NO_CODING;
  const facts = [...diagnoses.facts, ...procedures.facts];
  const isCodedSo = facts.some((fact) => isRehabilitationCode(fact, source.tables));
  if (event.kind === "REFERRAL" && !visit.isRehabilitation && !isCodedSo && !isForRehabilitation(source)) return null;
  if (event.kind === "APPOINTMENT" && !isForThisService(source)) return null;
  const rehabilitation = readRehabilitation(source, event, visit);
  const observations = readObservations(source);
  const identity = event.identityChange === null ? null : reportIdentityChange(source, event.identityChange);
  const expression = isOneOfSeveral ? source.expressionOf(pid) : source.where;
  const mapped = mapPatient(source, pid, { expression, sourceTime, isNamedOnly: event.kind === "RESULT" });
  const patient = {
    ...mapped,
    ...claimOf(source),
    issues: [...mapped.issues, ...(identity?.issues ?? []), ...reportCancellation(source, event)],
  };
  return {
    draft: patient,
    patientMessage: {
      where: expression,
      patient,
      visit,
      diagnoses: diagnoses.facts,
      procedures: procedures.facts,
      measurements: observations.measurements,
      rehabilitation: rehabilitation.evidence,
    },
    issues: [...diagnoses.issues, ...procedures.issues, ...observations.issues],
    mappingReport: [
      ...visit.mappingReport,
      ...diagnoses.mappingReport,
      ...procedures.mappingReport,
      ...observations.mappingReport,
      ...rehabilitation.mappingReport,
      ...(identity?.mappingReport ?? []),
    ],
  };
}

const SPECIALTY = 10;

/** PV1 is not read of an appointment, except for the service it names. */
function isForThisService(source: MessageSource): boolean {
  const specialty = fieldText(source.message, firstSegment(source.message, "PV1"), SPECIALTY);
  return (!!specialty && source.profile.rehabilitation.treatmentFunctions.has(specialty)) || isRehabilitationAppointment(source);
}

function readRehabilitation(source: MessageSource, event: MessageEvent, visit: Visit): StatedRehabilitation {
  if (event.kind === "REFERRAL") return readReferral(source, event, visit.isRehabilitation ? null : visit.id);
  if (event.kind === "APPOINTMENT") return readAppointment(source, event);
  const { isRehabilitation, statement, start, startExpression } = visit;
  if (!isRehabilitation || statement !== "STAY" || start === null || startExpression === null) {
    return { evidence: [], mappingReport: [] };
  }
  const place = { expression: startExpression, sourceField: "PV1-44" };
  const recordExpression = startExpression.slice(0, startExpression.length - "-44".length);
  return { evidence: [{ kind: "CONTACT", id: null, date: start, place, recordExpression, visitId: null }], mappingReport: [] };
}

/** What an earlier message made is not unmade by a later one: withdrawing it is for the sender, who is told. */
function reportCancellation(source: MessageSource, event: MessageEvent): readonly Issue[] {
  if (event.visit !== "CANCELLED" && event.visit !== "REOPENED") return [];
  const pv1 = firstSegment(source.message, "PV1");
  const expression = pv1 === undefined ? source.where : source.use(pv1, VISIT_NUMBER).expression;
  const params = { reason: "CANCELLATION_NOT_APPLIED" };
  return [{ severity: "WARNING", code: "SOURCE_DROPPED", field: null, expression, params }];
}

/** `.MSH-9`; in XML `/ADT_A01/MSH/MSH.9`. A segment that is not there is named all the same. `field` 0: the segment. */
function placeIn(source: MessageSource, name: string, field: number): string {
  const segment = firstSegment(source.message, name);
  if (segment === undefined) return `.${name}`;
  const expression = field === 0 ? source.expressionOf(segment) : source.use(segment, field).expression;
  return expression.slice(source.where.length);
}

/** One record for a message that gave none, so that the sender finds an answer for everything that was sent. */
function refuse(where: string, code: string, place: string, reason?: string): MessageOutcome {
  const joint = place === "" || /^[./]/.test(place) ? "" : ".";
  const issue: Issue = {
    severity: "ERROR",
    code,
    field: null,
    expression: `${where}${joint}${place}`,
    ...(reason === undefined ? {} : { params: { reason } }),
  };
  const draft: DraftRecord = {
    recordType: "PATIENT",
    parent: null,
    sourceRecordId: null,
    expression: where,
    values: {},
    clear: [],
    unreadable: true,
    issues: [issue],
    mappingReport: [],
  };
  return { draft, patientMessage: null, issues: [], mappingReport: [] };
}

/** MSH-9 is type and trigger; older senders leave the trigger to EVN-1. */
function findEvent(message: Hl7Message): MessageEvent | undefined {
  const [header] = message.segments;
  const [type] = header === undefined ? [] : repetitionsOf(message, header, MESSAGE_TYPE);
  if (type === undefined) return undefined;
  const trigger = componentOf(type, 2) ?? fieldText(message, firstSegment(message, "EVN"), EVENT_TYPE);
  return MESSAGE_EVENTS.get(`${componentOf(type, 1) ?? ""} ${trigger ?? ""}`);
}

function claimOf(source: MessageSource): Pick<DraftRecord, "claimedOrganisation"> {
  const code = sendingFacility(source.message);
  const [header] = source.message.segments;
  if (code === null || header === undefined) return {};
  return { claimedOrganisation: { code, expression: source.use(header, SENDING_FACILITY).expression } };
}

interface Header {
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

function readHeader(source: MessageSource): Header {
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
