/** PID and PD1 to the NACR patient (HL7 UK A.3, chapter 3). One bad field never costs the others. */
import type { DraftRecord } from "../../src/records/draft-record.ts";
import { DraftBuilder } from "../support/hl7v2-draft-builder.ts";
import type { MessageSource, Place } from "../support/hl7v2-message-source.ts";
import { toCalendarDate } from "../support/hl7v2-timestamp.ts";
import { mapCode } from "./map-code.ts";
import type { Segment } from "./parse-message.ts";
import { mapContactDetails } from "./pid-contact-details.ts";
import { mapIdentifiers, toSourceRecordId } from "./pid-identifiers.ts";
import { componentOf, fieldText, firstSegment, type Repetition, repetitionsOf, type Stated } from "./read-field.ts";

/** PID fields by number. */
const NAME = 5;
const DATE_OF_BIRTH = 7;
const SEX = 8;
const MARITAL_STATUS = 16;
const ETHNIC_GROUP = 22;
const DEATH_TIME = 29;
const DEATH_INDICATOR = 30;

/** What HL7 UK has a sender write where the family name is not known. */
const UNKNOWN_NAME = "UNKNOWN";
const FULL_DATE_LENGTH = 10;
/** TS.2, degree of precision: how much of a written date is meant. */
const PRECISION_LENGTH: ReadonlyMap<string, number> = new Map([
  ["Y", 4],
  ["L", 7],
]);

export interface PatientContext {
  readonly expression: string;
  /** ISO instant of the message. */
  readonly sourceTime: string | undefined;
  /** Results name their patient; they never make one. */
  readonly isNamedOnly: boolean;
}

/**
 * The patient of a message. A message without a date of birth names its patient only by identifier: it adds to a known patient and
 * never creates one, so nothing is defaulted in it.
 */
export function mapPatient(source: MessageSource, pid: Segment, context: PatientContext): DraftRecord {
  const { expression, sourceTime, isNamedOnly } = context;
  const draft = new DraftBuilder("PATIENT", expression);
  mapIdentifiers(source, pid, draft);
  mapName(source, pid, draft);
  const birth = mapDateOfBirth(source, pid, draft);
  const reference = isNamedOnly || birth === "ABSENT";
  mapCodes(source, pid, draft, reference);
  mapContactDetails(source, pid, draft);
  mapDeath(source, pid, draft);
  mapPractice(source, draft);
  return draft.build({
    parent: null,
    sourceRecordId: toSourceRecordId(draft.stated("hospitalNumber")),
    ...(reference ? { reference } : {}),
    ...(typeof birth === "object" ? birth : {}),
    ...(sourceTime === undefined ? {} : { sourceTime }),
  });
}

/** Name types (HL7 table 0200) that are not what a person is called by today: alias, birth, maiden, nickname, pseudonym. */
const OTHER_NAMES: ReadonlySet<string> = new Set(["A", "B", "M", "N", "S"]);
const NAME_TYPE = 7;

/** By its type the legal name; HL7 UK has it first. */
function chooseName(names: readonly Repetition[]): Repetition | undefined {
  const [first] = names;
  if (names.length < 2) return first;
  const types = names.map((name) => componentOf(name, NAME_TYPE)?.toUpperCase() ?? "");
  const legal = types.indexOf("L");
  return names[legal === -1 ? types.findIndex((type) => !OTHER_NAMES.has(type)) : legal] ?? first;
}

/** HL7 v2.3 and later split the surname into sub-components, of which the first is the name. */
function mapName(source: MessageSource, pid: Segment, draft: DraftBuilder): void {
  const names = repetitionsOf(source.message, pid, NAME);
  const legal = chooseName(names);
  if (legal === undefined) return;
  for (const name of names) if (name !== legal) draft.drop("surname", source.use(pid, NAME, name.position), "NOT_THE_LEGAL_NAME");
  const place = source.use(pid, NAME, legal.position > 1 ? legal.position : undefined);
  const [surname, forename] = [componentOf(legal, 1), componentOf(legal, 2)];
  if (surname === undefined && forename === undefined) draft.drop("surname", place, "NO_NAME");
  else if (surname?.toUpperCase() === UNKNOWN_NAME) draft.drop("surname", place, "NAME_UNKNOWN");
  else mapStated("surname", surname, place, draft);
  mapStated("forename", forename, place, draft);
}

type Birth = "STATED" | "ABSENT" | { readonly partialDateOfBirth: string };

function mapDateOfBirth(source: MessageSource, pid: Segment, draft: DraftBuilder): Birth {
  const item = "dateOfBirth";
  const [first] = repetitionsOf(source.message, pid, DATE_OF_BIRTH);
  const text = first === undefined ? undefined : componentOf(first, 1);
  if (first === undefined || text === undefined) return "ABSENT";
  const place = source.use(pid, DATE_OF_BIRTH);
  if (text === null) {
    draft.clear(item, place);
    return "ABSENT";
  }
  const date = toCalendarDate(text, source.profile.timeZone);
  const precision = componentOf(first, 2);
  const length = date === undefined || !precision ? undefined : PRECISION_LENGTH.get(precision.toUpperCase());
  const meant = date?.slice(0, length);
  if (meant === undefined || meant.length === FULL_DATE_LENGTH) {
    // What is no date goes on as it was written: the dictionary refuses it.
    draft.map(item, date ?? text, place);
    return "STATED";
  }
  // The merged row is judged without it: a known patient keeps the stored date, an unknown one is MANDATORY_MISSING.
  draft.refuse(item, place, "PARTIAL_DATE", "SOURCE_DROPPED");
  return { partialDateOfBirth: meant };
}

function mapCodes(source: MessageSource, pid: Segment, draft: DraftBuilder, reference: boolean): void {
  const { sex, maritalStatus, ethnicGroup } = source.profile;
  const stated = mapCode(source, pid, { item: "gender", field: SEX, table: sex, severity: "ERROR" }, draft);
  if (stated === "ABSENT" && !reference) draft.mapDefault("gender", "NOT_KNOWN", source.use(pid, SEX));
  mapCode(source, pid, { item: "maritalStatus", field: MARITAL_STATUS, table: maritalStatus, severity: "WARNING" }, draft);
  mapCode(source, pid, { item: "ethnicGroup", field: ETHNIC_GROUP, table: ethnicGroup, severity: "WARNING" }, draft);
}

/** A death without a date is no date of death; `N` beside a date says that the date is left over. */
function mapDeath(source: MessageSource, pid: Segment, draft: DraftBuilder): void {
  const indicator = fieldText(source.message, pid, DEATH_INDICATOR);
  const time = fieldText(source.message, pid, DEATH_TIME);
  if (indicator !== undefined) draft.guide(source.use(pid, DEATH_INDICATOR), "DEATH_INDICATOR");
  if (time === undefined) return;
  const place = source.use(pid, DEATH_TIME);
  if (indicator === "N" && time !== null) return draft.refuse("dateOfDeath", place, "NOT_DEAD_BY_PID_30", "SOURCE_DROPPED");
  mapStated("dateOfDeath", time && (toCalendarDate(time, source.profile.timeZone) ?? time), place, draft);
}

function mapPractice(source: MessageSource, draft: DraftBuilder): void {
  const pd1 = firstSegment(source.message, "PD1");
  if (pd1 === undefined) return;
  for (const { field, component, repetition, pattern } of source.profile.practice) {
    const stated = repetitionsOf(source.message, pd1, field).find(({ position }) => position === repetition);
    const code = stated === undefined ? undefined : componentOf(stated, component);
    if (code === undefined || (pattern !== undefined && code !== null && !pattern.test(code.toUpperCase()))) continue;
    return mapStated("gpPracticeCode", code, source.use(pd1, field), draft);
  }
}

function mapStated(item: string, stated: Stated, place: Place, draft: DraftBuilder): void {
  if (stated === null) draft.clear(item, place);
  else if (stated !== undefined) draft.map(item, stated, place);
}
