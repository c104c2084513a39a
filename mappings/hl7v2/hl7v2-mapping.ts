/**
 * HL7 v2 messages to draft records. Each message gives its patient; what the messages of one patient say beyond that is read together,
 * because UK hospitals code after discharge and send the codes on a later A08: what one visit means is known only from all of it.
 */
import type { DraftRecord, MappedSource } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import { UnreadableEntry } from "../files/unreadable-entry.ts";
import { draftEvents } from "../support/hl7v2-event-drafts.ts";
import { draftRehabilitations, type RehabilitationEvidence } from "../support/hl7v2-rehabilitation-drafts.ts";
import { type MappingTables, SHIPPED_TABLES } from "../support/mapping-tables.ts";
import { type PlaceOf, placesIn } from "../support/place-of.ts";
import { gatherStories, type PatientStory } from "./gather-spells.ts";
import type { Hl7v2Profile } from "./hl7v2-profile.ts";
import { type MessageOutcome, mapMessage, type ReadMessage } from "./map-message.ts";
import { MAX_MESSAGES, type ParseResult, parseMessages } from "./parse-message.ts";
import { isXml, parseXmlMessages } from "./parse-xml.ts";

/** A message of a file may have been too long to be read. */
export type SentMessage = string | UnreadableEntry;
const UNREADABLE: ParseResult = { ok: false, where: "" };

/**
 * Parses a request's texts, ER7 or XML; a text that holds several messages is taken apart. Never throws, whatever the texts are. Once
 * `MAX_MESSAGES` are read, each further text is one malformed message.
 */
export function readMessages(texts: readonly SentMessage[], placeOf: PlaceOf = placesIn("messages")): readonly ReadMessage[] {
  const messages: ReadMessage[] = [];
  for (const [index, text] of texts.entries()) {
    const results = parseText(text, Math.max(0, MAX_MESSAGES - messages.length));
    for (const [position, result] of results.entries()) {
      const where = results.length === 1 ? placeOf(index) : `${placeOf(index)}[${position}]`;
      messages.push({ where, result });
    }
  }
  return messages;
}

function parseText(text: SentMessage, most: number): readonly ParseResult[] {
  if (text instanceof UnreadableEntry) return [UNREADABLE];
  return isXml(text) ? parseXmlMessages(text, most) : parseMessages(text, most);
}

/**
 * Maps messages by a sender's profile. A message that cannot be read, or whose event is not mapped, becomes one unreadable draft with an
 * error; the others stand. Whether the sender may send for MSH-4 is the caller's to judge (`claimedOrganisation`).
 */
export function mapHl7v2(
  messages: readonly SentMessage[],
  profile: Hl7v2Profile,
  placeOf?: PlaceOf,
  tables: MappingTables = SHIPPED_TABLES,
): MappedSource {
  const outcomes = readMessages(messages, placeOf).flatMap((read) => mapMessage(read, profile, tables));
  const stories = gatherStories(
    outcomes.flatMap(({ patientMessage }) => patientMessage ?? []),
    tables,
  );
  const gathered: Gathered = { drafts: [], issues: [], mappingReport: [] };
  for (const outcome of outcomes) {
    addOutcome(outcome, gathered);
    const story = stories.get(outcome.draft);
    if (story !== undefined) addStory(outcome.draft, story, tables, gathered);
  }
  return { ...gathered, mappingVersion: `${profile.name}/${profile.version}` };
}

interface Gathered {
  readonly drafts: DraftRecord[];
  readonly issues: Issue[];
  readonly mappingReport: MappingReportLine[];
}

function addOutcome({ draft, issues, mappingReport }: MessageOutcome, gathered: Gathered): void {
  gathered.drafts.push(draft);
  gathered.issues.push(...issues);
  gathered.mappingReport.push(...mappingReport);
}

function addStory(patient: DraftRecord, story: PatientStory, tables: MappingTables, gathered: Gathered): void {
  const events = draftEvents(patient, story.spells, tables);
  const coded = events.contacts.map(
    (contact): RehabilitationEvidence => ({ ...contact, kind: "CONTACT", id: null, visitId: null, recognition: "CODE" }),
  );
  const rehabilitations = draftRehabilitations(patient, events.events, {
    measurements: story.measurements,
    rehabilitation: [...story.rehabilitation, ...coded],
  });
  for (const { drafts, issues, mappingReport } of [events, rehabilitations]) {
    gathered.drafts.push(...drafts);
    gathered.issues.push(...issues);
    gathered.mappingReport.push(...mappingReport);
  }
  gathered.mappingReport.push(...story.mappingReport);
  gathered.issues.push(...story.issues);
}
