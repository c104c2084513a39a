/**
 * Rehabilitations and assessments from what one patient's messages state: referrals (REF), attended appointments and contacts, and
 * results. A rehabilitation hangs below the event it follows; values outside every assessment are reported and not forced into one.
 */
import { addDays } from "../../src/lib/calendar-date.ts";
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine, Severity } from "../../src/records/issue.ts";
import type { MeasurementTarget } from "../concept-maps/measurement-items.ts";
import { chooseNearest } from "./assessment-choice.ts";
import { type AssessmentWindow, toAssessmentWindows } from "./assessment-windows.ts";
import { type OpenDraft, openDraft, setItem } from "./fhir-draft.ts";
import type { DraftedEvent } from "./hl7v2-event-drafts.ts";
import { type Place, toDroppedLine } from "./hl7v2-message-source.ts";

export interface ObservationDate {
  /** ISO calendar date. */
  readonly value: string;
  /** Milliseconds; null where only a day is stated. */
  readonly instant: number | null;
}

/** One value of an OBX. */
export interface DatedMeasurement {
  readonly target: MeasurementTarget;
  readonly value: number | string;
  /** What it was read by, where that was not a public table. */
  readonly note: string | null;
  readonly date: ObservationDate;
  /** The order it belongs to: values of one order are one reading. */
  readonly reading: string;
  readonly place: Place;
  readonly datePlace: Place;
  readonly recordExpression: string;
  /** The message says that what was sent before is wrong. */
  readonly isTakenBack: boolean;
}

/** A message's statement about cardiac rehabilitation. */
export interface RehabilitationEvidence {
  readonly kind: "REFERRAL" | "CONTACT" | "CANCELLED_REFERRAL";
  /** The sender's id of the referral; null where there is none. */
  readonly id: string | null;
  /** ISO calendar date; empty for a cancellation. */
  readonly date: string;
  readonly place: Place;
  readonly recordExpression: string;
  /** The acute stay the message names. */
  readonly visitId: string | null;
  /** How the service was recognised: by a code, or by the words beside one that no table knows. */
  readonly recognition: "CODE" | "NAME";
  readonly referrer?: ReferringOrganisation | null;
}

/** Who refers, as a referral states it. */
export interface ReferringOrganisation {
  readonly code: string;
  readonly place: Place;
  /** The line for the field that says that it refers. */
  readonly role: MappingReportLine;
}

export interface RehabilitationDrafts {
  /** Parents before children. */
  readonly drafts: readonly DraftRecord[];
  readonly issues: readonly Issue[];
  readonly mappingReport: readonly MappingReportLine[];
}

interface Statements {
  readonly measurements: readonly DatedMeasurement[];
  readonly rehabilitation: readonly RehabilitationEvidence[];
}

/** Days around the event in which an ejection fraction tells of it. */
const EJECTION_FRACTION_DAYS = 28;
const ANOTHER_IS_NEARER = "ANOTHER_VALUE_IS_NEARER";

/** @param events those drafted of the same patient; values of theirs (ejection fraction) are added to them */
export function draftRehabilitations(
  patient: DraftRecord,
  events: readonly DraftedEvent[],
  statements: Statements,
): RehabilitationDrafts {
  const builder = new RehabilitationBuilder(patient, events);
  for (const referral of builder.standingReferrals(statements.rehabilitation)) builder.addReferral(referral);
  const contacts = statements.rehabilitation.filter(({ kind }) => kind === "CONTACT");
  for (const contact of contacts.toSorted(byDate)) builder.addContact(contact);
  builder.addMeasurements(builder.standingMeasurements(statements.measurements));
  return builder;
}

/** ISO dates order as text. */
const byDay = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const byDate = (one: { readonly date: string }, other: { readonly date: string }): number => byDay(one.date, other.date);

interface OpenRehabilitation {
  readonly draft: OpenDraft;
  readonly event: DraftRecord;
  readonly referralDate: string | null;
  coreStart: string | null;
}

class RehabilitationBuilder implements RehabilitationDrafts {
  readonly drafts: DraftRecord[] = [];
  readonly issues: Issue[] = [];
  readonly mappingReport: MappingReportLine[] = [];
  readonly #patient: DraftRecord;
  readonly #events: readonly DraftedEvent[];
  readonly #rehabilitations: OpenRehabilitation[] = [];
  readonly #namedStays = new Map<string, DraftRecord>();
  readonly #used = new Set<DatedMeasurement>();
  /** Of a window, and not the nearest to its day. */
  readonly #lost = new Set<DatedMeasurement>();

  constructor(patient: DraftRecord, events: readonly DraftedEvent[]) {
    this.#patient = patient;
    this.#events = events.toSorted(byDate);
  }

  /** The last statement of each referral that was not cancelled. One that was may be stored already: that is not undone. */
  standingReferrals(evidence: readonly RehabilitationEvidence[]): readonly RehabilitationEvidence[] {
    const standing = new Map<string, RehabilitationEvidence>();
    for (const statement of evidence) {
      if (statement.kind === "CONTACT") continue;
      const key = statement.id ?? `${statement.date} ${statement.visitId ?? ""}`;
      const earlier = standing.get(key);
      if (earlier !== undefined) this.#drop(earlier.place, statement.kind === "REFERRAL" ? "STATED_AGAIN" : "REFERRAL_CANCELLED");
      if (statement.kind === "REFERRAL") standing.set(key, statement);
      else {
        standing.delete(key);
        this.#refuse(statement.place, "CANCELLATION_NOT_APPLIED");
      }
    }
    return [...standing.values()].toSorted(byDate);
  }

  addReferral(referral: RehabilitationEvidence): void {
    const event = this.#findEvent(referral);
    if (event === null) return this.#refuse(referral.place, "NO_INITIATING_EVENT");
    const rehabilitation = this.#open(event, referral, referral.id);
    setDate(rehabilitation.draft, "referralDate", referral);
    if (referral.referrer) this.#addReferrer(event, referral.referrer);
  }

  /** Who referred is the event's, where the event is of these messages. */
  #addReferrer(event: DraftRecord, { code, place, role }: ReferringOrganisation): void {
    this.mappingReport.push(role);
    const stated = this.#events.find(({ draft }) => draft === event)?.draft;
    if (stated === undefined) return this.#drop(place, "EVENT_SENT_BEFORE");
    if (stated.values.referringOrganisation !== undefined) return this.#drop(place, "STATED_AGAIN");
    setItem(stated, "referringOrganisation", code, place.expression);
    const line = { result: "MAPPED", recordType: "INITIATING_EVENT", field: "referringOrganisation", reason: null } as const;
    stated.mappingReport.push({ ...place, ...line });
  }

  /** The first contact after a referral, or after an event, begins the rehabilitation; what comes later belongs to it. */
  addContact(contact: RehabilitationEvidence): void {
    const event = this.#findEvent(contact);
    if (event === null) return this.#refuse(contact.place, "NO_INITIATING_EVENT", "INFORMATION");
    const known = this.#rehabilitations.findLast(
      (open) => open.event === event && (open.referralDate === null || open.referralDate <= contact.date),
    );
    const rehabilitation = known ?? this.#open(event, contact, null);
    if (rehabilitation.coreStart === null) {
      rehabilitation.coreStart = contact.date;
      setDate(rehabilitation.draft, "coreStartDate", contact);
    } else this.#drop(contact.place, "LATER_CONTACT");
  }

  /** Without those that a later message takes back, and the statements that do so. */
  standingMeasurements(measurements: readonly DatedMeasurement[]): readonly DatedMeasurement[] {
    const standing = new Map<string, DatedMeasurement[]>();
    for (const measurement of measurements) {
      const { target, date, isTakenBack } = measurement;
      const key = `${target.item} ${date.value}`;
      const ofDay = standing.get(key) ?? [];
      standing.set(key, isTakenBack ? [] : ofDay);
      if (!isTakenBack) ofDay.push(measurement);
      else for (const wrong of [...ofDay, measurement]) this.#drop(wrong.place, "TAKEN_BACK");
    }
    const kept = new Set([...standing.values()].flat());
    return measurements.filter((measurement) => kept.has(measurement));
  }

  /** @param measurements in the order sent */
  addMeasurements(measurements: readonly DatedMeasurement[]): void {
    const ofEvents = measurements.filter(({ target }) => target.recordType === "INITIATING_EVENT");
    for (const { draft, date } of this.#events) {
      const [from, to] = [addDays(date, -EJECTION_FRACTION_DAYS), addDays(date, EJECTION_FRACTION_DAYS)];
      for (const measurement of this.#choose(ofEvents, { number: 1, from, to, anchor: date })) this.#give(measurement, draft);
    }
    const ofAssessments = measurements.filter(({ target }) => target.recordType === "ASSESSMENT");
    for (const { draft, coreStart } of this.#rehabilitations) {
      if (coreStart === null) continue;
      for (const window of toAssessmentWindows(coreStart, null)) this.#assess(draft, window, ofAssessments);
    }
    const reason = this.#rehabilitations.length > 0 ? "NOT_IN_AN_ASSESSMENT" : "OUTSIDE_REHABILITATION";
    for (const measurement of measurements) {
      if (!this.#used.has(measurement)) this.#drop(measurement.place, this.#lost.has(measurement) ? ANOTHER_IS_NEARER : reason);
    }
  }

  #open(event: DraftRecord, evidence: RehabilitationEvidence, id: string | null): OpenRehabilitation {
    const { kind, date, recordExpression, recognition } = evidence;
    const { sourceTime } = this.#patient;
    const draft = openDraft({
      recordType: "REHABILITATION",
      parent: event,
      sourceRecordId: id,
      expression: recordExpression,
      sourceTime,
    });
    if (recognition === "NAME") warnOfName(draft, evidence);
    this.drafts.push(draft);
    const rehabilitation = { draft, event, referralDate: kind === "REFERRAL" ? date : null, coreStart: null };
    this.#rehabilitations.push(rehabilitation);
    return rehabilitation;
  }

  /** The event of the stay that is named, else the latest on or before the day, else the stay's stored event, by its number. */
  #findEvent({ date, visitId, place }: RehabilitationEvidence): DraftRecord | null {
    const named = visitId === null ? undefined : this.#events.find(({ draft }) => draft.sourceRecordId === visitId);
    const found = named ?? this.#events.findLast((event) => event.date <= date);
    if (found !== undefined) return found.draft;
    return visitId === null ? null : this.#nameStoredEvent(visitId, place);
  }

  /** The visit number of its stay is the sender's id of an event: it finds a stored one, and makes none. */
  #nameStoredEvent(visitId: string, { expression }: Place): DraftRecord {
    const known = this.#namedStays.get(visitId);
    if (known !== undefined) return known;
    const parent = this.#patient;
    const stay = openDraft({ recordType: "INITIATING_EVENT", parent, sourceRecordId: visitId, expression, reference: true });
    const named = { ...stay, silent: true };
    this.#namedStays.set(visitId, named);
    this.drafts.push(named);
    return named;
  }

  #assess(rehabilitation: DraftRecord, window: AssessmentWindow, measurements: readonly DatedMeasurement[]): void {
    const chosen = this.#choose(measurements, window);
    const last = chosen.toSorted((one, other) => byDay(one.date.value, other.date.value)).at(-1);
    if (last === undefined) return;
    const { sourceTime } = this.#patient;
    const expression = last.recordExpression;
    const draft = openDraft({ recordType: "ASSESSMENT", parent: rehabilitation, sourceRecordId: null, expression, sourceTime });
    setItem(draft, "number", window.number, expression);
    draft.mappingReport.push({
      expression,
      sourceField: "OBX",
      result: "DEFAULTED",
      recordType: "ASSESSMENT",
      field: "number",
      reason: "NUMBER_BY_DATE",
    });
    setItem(draft, "date", last.date.value, last.datePlace.expression);
    const { expression: dated, sourceField } = last.datePlace;
    const line = { result: "MAPPED", recordType: "ASSESSMENT", field: "date", reason: null } as const;
    draft.mappingReport.push({ expression: dated, sourceField, ...line });
    this.drafts.push(draft);
    for (const measurement of chosen) this.#give(measurement, draft);
  }

  /** A value stands in one place only. */
  #choose(measurements: readonly DatedMeasurement[], window: AssessmentWindow): readonly DatedMeasurement[] {
    const free = measurements.filter((measurement) => !this.#used.has(measurement));
    const { chosen, lost } = chooseNearest(free, window);
    for (const measurement of lost) this.#lost.add(measurement);
    return chosen;
  }

  #give(measurement: DatedMeasurement, draft: OpenDraft): void {
    const { target, value, note, place } = measurement;
    setItem(draft, target.item, value, place.expression);
    const { recordType, item } = target;
    draft.mappingReport.push({ ...place, result: "MAPPED", recordType, field: item, reason: note });
    this.#used.add(measurement);
  }

  #drop(place: Place, reason: string): void {
    this.mappingReport.push(toDroppedLine(place, reason));
  }

  #refuse(place: Place, reason: string, severity: Severity = "WARNING"): void {
    this.#drop(place, reason);
    const { expression } = place;
    this.issues.push({ severity, code: "SOURCE_DROPPED", field: null, expression, params: { reason } });
  }
}

/** The service was recognised by words beside a code that no table knows. */
function warnOfName(draft: OpenDraft, { kind, place: { expression } }: RehabilitationEvidence): void {
  const field = kind === "REFERRAL" ? "referralDate" : "coreStartDate";
  const params = { reason: "SERVICE_BY_NAME" };
  draft.issues.push({ severity: "WARNING", code: "CODE_NOT_TRANSLATED", field, expression, params });
}

function setDate(draft: OpenDraft, item: "referralDate" | "coreStartDate", { date, place }: RehabilitationEvidence): void {
  setItem(draft, item, date, place.expression);
  const { expression, sourceField } = place;
  draft.mappingReport.push({
    expression,
    sourceField,
    result: "MAPPED",
    recordType: "REHABILITATION",
    field: item,
    reason: null,
  });
}
