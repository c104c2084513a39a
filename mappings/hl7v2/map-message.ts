/** One message to its patients, and to what it says of them that only all messages together give a meaning to. */
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { MessageSource } from "../support/hl7v2-message-source.ts";
import type { MappingTables } from "../support/mapping-tables.ts";
import { readDiagnoses } from "./dg1-mapping.ts";
import type { PatientMessage } from "./gather-spells.ts";
import type { Hl7v2Profile } from "./hl7v2-profile.ts";
import type { MessageEvent } from "./message-events.ts";
import { claimOf, findEvent, MESSAGE_TYPE, readHeader } from "./message-header.ts";
import { readIdentityChange } from "./mrg-mapping.ts";
import { readObservations } from "./obx-mapping.ts";
import type { ParseResult, Segment } from "./parse-message.ts";
import { groupByPatient, type PatientGroup } from "./patient-groups.ts";
import { mapPatient } from "./pid-mapping.ts";
import { readProcedures } from "./pr1-mapping.ts";
import { readVisit, type Visit } from "./pv1-mapping.ts";
import type { Coding, StatedFact } from "./read-coded-fact.ts";
import { fieldText, firstSegment } from "./read-field.ts";
import { recogniseProfile } from "./recognise-profile.ts";
import { isRehabilitationCode, type Recognition } from "./rehabilitation-service.ts";
import { readReferral, recogniseReferral, type StatedRehabilitation } from "./rf1-mapping.ts";
import { readAppointment, recogniseAppointment } from "./sch-mapping.ts";

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
  // Two patients are taken apart, neither more nor fewer.
  const isUnmerge = event.identityChange === "UNMERGE";
  if (isUnmerge && groups.length !== 2) return refused("MESSAGE_MALFORMED", "PID", 0);
  const header = readHeader(source);
  const outcomes = groups.map((group, position) => {
    const other = isUnmerge && position === 0 ? second?.pid : undefined;
    return mapGroup(source, group, groups.length > 1, event, header.sourceTime, other);
  });
  if (!outcomes.some((outcome) => outcome !== null)) {
    const segment = event.kind === "REFERRAL" ? "RF1" : "SCH";
    return refused("MESSAGE_UNSUPPORTED", segment, 0, "NOT_CARDIAC_REHABILITATION");
  }
  const mapped = outcomes.filter((outcome) => outcome !== null);
  const unused = source.unusedLines();
  const ofMessage = [...header.mappingReport, ...unused];
  const cutOff = unused.filter(({ reason, result }) => result === "DROPPED" && reason === "TRUNCATED").map(reportCutOff);
  return mapped.map((outcome, index) => {
    if (index > 0) return outcome;
    return {
      ...outcome,
      issues: [...outcome.issues, ...cutOff],
      mappingReport: [...outcome.mappingReport, ...ofMessage],
    };
  });
}

const reportCutOff = ({ expression }: MappingReportLine): Issue => ({
  severity: "WARNING",
  code: "SOURCE_DROPPED",
  field: null,
  expression,
  params: { reason: "TRUNCATED" },
});

const NO_CODING: Coding = { facts: [], issues: [], mappingReport: [] };

/** Null: the message is about another service. */
function mapGroup(
  root: MessageSource,
  { pid, segments }: PatientGroup,
  isOneOfSeveral: boolean,
  event: MessageEvent,
  sourceTime: string | undefined,
  other: Segment | undefined,
): MessageOutcome | null {
  const source = isOneOfSeveral ? root.part(segments) : root;
  const visit = readVisit(source, pid, event);
  // A merge, its taking back or a changed number says nothing of illness: what stands in it besides is not read.
  const diagnoses = event.identityChange === null ? readDiagnoses(source) : NO_CODING;
  const procedures = event.identityChange === null ? readProcedures(source) : NO_CODING;
  const facts = [...diagnoses.facts, ...procedures.facts];
  const recognition = recogniseService(source, event, visit, facts);
  if (recognition === null && (event.kind === "REFERRAL" || event.kind === "APPOINTMENT")) return null;
  const rehabilitation = readRehabilitation(source, event, visit, recognition ?? "CODE");
  const observations = readObservations(source);
  const identity = readIdentityChange(source, event.identityChange, other);
  const expression = isOneOfSeveral ? source.expressionOf(pid) : source.where;
  const mapped = mapPatient(source, pid, { expression, sourceTime, isNamedOnly: event.kind === "RESULT" });
  const patient = {
    ...mapped,
    ...claimOf(source),
    ...identity.statement,
    issues: [...mapped.issues, ...identity.issues, ...reportCancellation(source, event)],
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
      ...identity.mappingReport,
    ],
  };
}

const SPECIALTY = 10;

/** How a referral or an appointment says that it is for cardiac rehabilitation; null: it does not, or it is another kind of message. */
function recogniseService(
  source: MessageSource,
  { kind }: MessageEvent,
  visit: Visit,
  facts: readonly StatedFact[],
): Recognition | null {
  if (kind === "REFERRAL") {
    const isCodedSo = facts.some((fact) => !fact.isTakenBack && isRehabilitationCode(fact, source.tables));
    return visit.isRehabilitation || isCodedSo ? "CODE" : recogniseReferral(source);
  }
  if (kind !== "APPOINTMENT") return null;
  // PV1 is not read of an appointment, except for the service it names.
  const specialty = fieldText(source.message, firstSegment(source.message, "PV1"), SPECIALTY);
  const isOfTheService = !!specialty && source.profile.rehabilitation.treatmentFunctions.has(specialty);
  return isOfTheService ? "CODE" : recogniseAppointment(source);
}

function readRehabilitation(
  source: MessageSource,
  event: MessageEvent,
  visit: Visit,
  recognition: Recognition,
): StatedRehabilitation {
  if (event.kind === "REFERRAL") return readReferral(source, event, recognition, visit.isRehabilitation ? null : visit.id);
  if (event.kind === "APPOINTMENT") return readAppointment(source, event, recognition);
  const { isRehabilitation, statement, start, startPlace } = visit;
  const pv1 = firstSegment(source.message, "PV1");
  if (!isRehabilitation || statement !== "STAY" || start === null || startPlace === null || pv1 === undefined) {
    return { evidence: [], mappingReport: [] };
  }
  const contact = { kind: "CONTACT", id: null, date: start, place: startPlace, visitId: null, recognition } as const;
  return { evidence: [{ ...contact, recordExpression: source.expressionOf(pv1) }], mappingReport: [] };
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
