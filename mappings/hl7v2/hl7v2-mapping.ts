/**
 * HL7 v2 messages to draft records. Each message gives its patient; the coding of all messages of one patient is read together,
 * because UK hospitals code after discharge and send the codes on a later A08: what one visit means is known only from all of it.
 */
import type { DraftRecord, MappedSource } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { UnreadableEntry } from "../files/unreadable-entry.ts";
import { draftEvents } from "../support/hl7v2-event-drafts.ts";
import { MessageSource } from "../support/hl7v2-message-source.ts";
import { toInstant } from "../support/hl7v2-timestamp.ts";
import { type PlaceOf, placesIn } from "../support/place-of.ts";
import { ADT_EVENTS, type AdtEvent } from "./adt-events.ts";
import { readDiagnoses } from "./dg1-mapping.ts";
import { gatherSpells, type PatientMessage } from "./gather-spells.ts";
import type { Hl7v2Profile } from "./hl7v2-profile.ts";
import { type Hl7Message, MAX_MESSAGES, type ParseResult, parseMessages } from "./parse-message.ts";
import { mapPatient } from "./pid-mapping.ts";
import { readProcedures } from "./pr1-mapping.ts";
import { readVisit } from "./pv1-mapping.ts";
import { componentOf, fieldText, firstSegment, repetitionsOf } from "./read-field.ts";
import { sendingFacility } from "./sending-facility.ts";

/** MSH fields by number. */
const SENDING_FACILITY = 4;
const MESSAGE_TIME = 7;
const MESSAGE_TYPE = 9;
const MESSAGE_ID = 10;

/** A message with its place in the request: `messages[2]`, or `messages[2][1]` for the second message of one text. */
export interface ReadMessage {
  readonly where: string;
  readonly result: ParseResult;
}

/** A message of a file may have been too long to be read. */
export type SentMessage = string | UnreadableEntry;
const UNREADABLE: ParseResult = { ok: false, where: "" };

/**
 * Parses a request's texts; a text that holds several messages is taken apart. Never throws, whatever the texts are. Once
 * `MAX_MESSAGES` are read, each further text is one malformed message.
 */
export function readMessages(texts: readonly SentMessage[], placeOf: PlaceOf = placesIn("messages")): readonly ReadMessage[] {
  const messages: ReadMessage[] = [];
  for (const [index, text] of texts.entries()) {
    const results =
      text instanceof UnreadableEntry ? [UNREADABLE] : parseMessages(text, Math.max(0, MAX_MESSAGES - messages.length));
    for (const [position, result] of results.entries()) {
      const where = results.length === 1 ? placeOf(index) : `${placeOf(index)}[${position}]`;
      messages.push({ where, result });
    }
  }
  return messages;
}

/**
 * Maps ER7 messages by a sender's profile. A message that cannot be read, or whose event is not mapped, becomes one unreadable draft
 * with an error; the others stand. Whether the sender may send for MSH-4 is the caller's to judge (`claimedOrganisation`).
 */
export function mapHl7v2(messages: readonly SentMessage[], profile: Hl7v2Profile, placeOf?: PlaceOf): MappedSource {
  const outcomes = readMessages(messages, placeOf).map((read) => mapMessage(read, profile));
  const mapped = outcomes.filter((outcome) => outcome.patientMessage !== null);
  const spells = gatherSpells(mapped.map(({ patientMessage }) => patientMessage).filter((message) => message !== null));
  const issues: Issue[] = [];
  const mappingReport: MappingReportLine[] = [];
  const drafts = outcomes.flatMap((outcome) => {
    issues.push(...outcome.issues);
    mappingReport.push(...outcome.mappingReport);
    const patientSpells = spells.get(outcome.draft);
    if (patientSpells === undefined) return [outcome.draft];
    const events = draftEvents(outcome.draft, patientSpells);
    issues.push(...events.issues);
    mappingReport.push(...events.mappingReport);
    return [outcome.draft, ...events.drafts];
  });
  return { drafts, issues, mappingReport, mappingVersion: `${profile.name}/${profile.version}` };
}

interface MessageOutcome {
  readonly draft: DraftRecord;
  /** Null where the message was refused. */
  readonly patientMessage: PatientMessage | null;
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

function mapMessage({ where, result }: ReadMessage, profile: Hl7v2Profile): MessageOutcome {
  if (!result.ok) return refuse(where, "MESSAGE_MALFORMED", result.where);
  const { message } = result;
  const event = findEvent(message);
  if (event === undefined) return refuse(where, "MESSAGE_UNSUPPORTED", `MSH-${MESSAGE_TYPE}`);
  const pid = firstSegment(message, "PID");
  if (pid === undefined) return refuse(where, "MESSAGE_MALFORMED", "PID");
  const source = new MessageSource(message, where, profile);
  const header = readHeader(source);
  const patient = { ...mapPatient(source, pid, header.sourceTime), ...claimOf(message, where) };
  const visit = readVisit(source, pid, event);
  const diagnoses = readDiagnoses(source);
  const procedures = readProcedures(source);
  return {
    draft: patient,
    patientMessage: { where, patient, visit, diagnoses: diagnoses.facts, procedures: procedures.facts },
    issues: [...diagnoses.issues, ...procedures.issues],
    mappingReport: [
      ...header.mappingReport,
      ...visit.mappingReport,
      ...diagnoses.mappingReport,
      ...procedures.mappingReport,
      ...source.unusedLines(),
    ],
  };
}

/** One record for a message that gave none, so that the sender finds an answer for everything that was sent. */
function refuse(where: string, code: string, place: string): MessageOutcome {
  const issue: Issue = { severity: "ERROR", code, field: null, expression: place === "" ? where : `${where}.${place}` };
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
function findEvent(message: Hl7Message): AdtEvent | undefined {
  const [header] = message.segments;
  const [type] = header === undefined ? [] : repetitionsOf(message, header, MESSAGE_TYPE);
  if (type === undefined || componentOf(type, 1) !== "ADT") return undefined;
  const trigger = componentOf(type, 2) ?? fieldText(message, firstSegment(message, "EVN"), 1);
  return ADT_EVENTS.get(trigger ?? "");
}

function claimOf(message: Hl7Message, where: string): Pick<DraftRecord, "claimedOrganisation"> {
  const code = sendingFacility(message);
  return code === null ? {} : { claimedOrganisation: { code, expression: `${where}.MSH-${SENDING_FACILITY}` } };
}

interface Header {
  /** ISO instant of MSH-7. */
  readonly sourceTime: string | undefined;
  readonly mappingReport: readonly MappingReportLine[];
}

function readHeader(source: MessageSource): Header {
  const [header] = source.message.segments;
  if (header === undefined) return { sourceTime: undefined, mappingReport: [] };
  const stated = [
    { field: SENDING_FACILITY, reason: "SENDING_FACILITY" },
    { field: MESSAGE_TIME, reason: "SOURCE_TIME" },
    { field: MESSAGE_TYPE, reason: "MESSAGE_TYPE" },
    { field: MESSAGE_ID, reason: "MESSAGE_ID" },
  ].filter(({ field }) => fieldText(source.message, header, field));
  const time = fieldText(source.message, header, MESSAGE_TIME);
  return {
    sourceTime: time ? toInstant(time, source.profile.timeZone) : undefined,
    mappingReport: stated.map(({ field, reason }) => source.guide(header, field, reason)),
  };
}
