/** Makes the rehabilitations of a patient's events and hangs the assessments on them (interop Decisions, 1.7 item 14). */
import { addDays } from "../../src/lib/calendar-date.ts";
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import type { Located } from "../support/fhir-reader.ts";
import { type AssessmentWindow, makeAssessment } from "./assessment-records.ts";
import type { EventRecord } from "./event-records.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { Measurement, PatientFile, RehabilitationEvidence } from "./patient-file.ts";

/** Assessment 1 stands from four weeks before to two weeks after core start (dataset rule D10). */
const FIRST_FROM_DAYS = -28;
const FIRST_TO_DAYS = 14;
/** Assessment 2 counts up to twenty weeks after the first (D11); with no stated end it stands near twelve weeks, from week eight on. */
const SECOND_FROM_DAYS = 56;
const SECOND_TO_DAYS = 140;
const BEFORE_CORE_END_DAYS = 14;
/** Assessment 3 stands a year after the first (D12). */
const THIRD_FROM_DAYS = 305;
const THIRD_TO_DAYS = 455;
/** A plan of cardiac care within this time of the event is about the event. */
const PLAN_DAYS = 90;

/** A stretch of rehabilitation as the source states it. */
interface StatedRehabilitation {
  readonly use: ResourceUse;
  readonly sourceRecordId: string | null;
  readonly start: Located<string>;
  readonly end: Located<string> | null;
  /** Further resources that tell of the same one: sessions. */
  readonly sessions: readonly ResourceUse[];
}

/** `measurements`: of this patient, oldest first. */
export function makeRehabilitationRecords(
  file: PatientFile,
  events: readonly EventRecord[],
  contacts: readonly RehabilitationEvidence[],
  measurements: readonly Measurement[],
  run: FhirRun,
): readonly OpenDraft[] {
  const dated = events.filter(hasDate);
  const evidence = [...file.rehabilitations, ...contacts];
  const { assessmentFrom } = run.profile;
  if (assessmentFrom.kind === "LATEST") {
    return dated.flatMap((event, index) => {
      const until = addDays(event.eventDate, assessmentFrom.daysAfterEvent);
      const nextEvent = dated[index + 1]?.eventDate ?? null;
      return makeAssumed(event, nextEvent, until, file, measurements, run);
    });
  }
  return groupByEvent(evidence, dated).flatMap(([event, stated]) => makeStated(event, stated, file, measurements, run));
}

type DatedEvent = EventRecord & { readonly eventDate: string };
const hasDate = (event: EventRecord): event is DatedEvent => event.eventDate !== null;

/** Evidence belongs to the latest event on or before it. What precedes every event, or has none, is reported as unused. */
function groupByEvent(
  evidence: readonly RehabilitationEvidence[],
  events: readonly DatedEvent[],
): readonly (readonly [DatedEvent, readonly StatedRehabilitation[]])[] {
  const byEvent = new Map<DatedEvent, RehabilitationEvidence[]>();
  for (const item of evidence) {
    const event = events.findLast(({ eventDate }) => eventDate <= item.start.value);
    if (event === undefined) item.use.setAside("DROPPED", "NO_INITIATING_EVENT");
    else byEvent.set(event, [...(byEvent.get(event) ?? []), item]);
  }
  return [...byEvent].map(([event, items]) => [event, toStated(items)] as const);
}

/** Each episode of care is a rehabilitation; without one, all contacts after an event are the sessions of one. */
function toStated(items: readonly RehabilitationEvidence[]): readonly StatedRehabilitation[] {
  const ordered = items.toSorted((one, other) => (one.start.value < other.start.value ? -1 : 1));
  const episodes = ordered.filter((item) => item.kind === "EPISODE");
  const contacts = ordered.filter((item) => item.kind === "ENCOUNTER");
  const [first] = episodes.length > 0 ? episodes : contacts;
  if (first === undefined) return [];
  const heads = episodes.length > 0 ? episodes : [first];
  return heads.map((head) => ({
    ...head,
    sourceRecordId: head.kind === "EPISODE" ? head.use.sourceRecordId : null,
    sessions: head === first ? contacts.filter((item) => item !== first).map((item) => item.use) : [],
  }));
}

function makeStated(
  event: DatedEvent,
  stated: readonly StatedRehabilitation[],
  file: PatientFile,
  measurements: readonly Measurement[],
  run: FhirRun,
): readonly OpenDraft[] {
  return stated.flatMap(({ use, sourceRecordId, start, end, sessions }) => {
    const draft = openDraft({
      recordType: "REHABILITATION",
      parent: event.draft,
      sourceRecordId: run.takeSourceRecordId("REHABILITATION", sourceRecordId),
      expression: use.entry.expression,
    });
    setDate(draft, use, "coreStartDate", start);
    if (end !== null) setDate(draft, use, "coreEndDate", end);
    for (const source of [use, ...sessions]) {
      source.giveTo(draft);
      source.judgedBy("REHABILITATION", ["subject", "patient", "status", "class", "type", "serviceType"]);
    }
    const assessments = toWindows(start.value, end?.value ?? null).flatMap((window) =>
      makeAssessment(draft, window, measurements, file, run),
    );
    return [draft, ...assessments];
  });
}

/** Which days each assessment takes its values from, decided by date and never by order of arrival. */
function toWindows(coreStart: string, coreEnd: string | null): readonly AssessmentWindow[] {
  const firstTo = addDays(coreStart, FIRST_TO_DAYS);
  const nearEnd = coreEnd === null ? addDays(coreStart, SECOND_FROM_DAYS) : addDays(coreEnd, -BEFORE_CORE_END_DAYS);
  const afterFirst = addDays(firstTo, 1);
  return [
    { number: 1, from: addDays(coreStart, FIRST_FROM_DAYS), to: firstTo },
    { number: 2, from: laterOf(nearEnd, afterFirst), to: addDays(coreStart, SECOND_TO_DAYS) },
    { number: 3, from: addDays(coreStart, THIRD_FROM_DAYS), to: addDays(coreStart, THIRD_TO_DAYS) },
  ];
}

/** ISO dates order as text. */
function laterOf(one: string, other: string): string {
  if (one > other) return one;
  return other;
}

/**
 * A record without rehabilitations: the assessment hangs on one that is assumed, referred at discharge (else at the event), or on the
 * day a plan of cardiac care began. It has no core start: nobody says that one began.
 */
function makeAssumed(
  event: DatedEvent,
  nextEvent: string | null,
  until: string,
  file: PatientFile,
  measurements: readonly Measurement[],
  run: FhirRun,
): readonly OpenDraft[] {
  const plan = findPlan(event, nextEvent, file);
  const expression = plan?.use.entry.expression ?? event.draft.expression;
  const sourceRecordId = run.takeSourceRecordId("REHABILITATION", plan?.use.sourceRecordId ?? null);
  const draft = openDraft({ recordType: "REHABILITATION", parent: event.draft, sourceRecordId, expression });
  const assessments = makeAssessment(draft, { number: 1, from: null, to: until }, measurements, file, run);
  if (assessments.length === 0) return [];
  if (plan === undefined) assumeReferral(draft, event);
  else {
    plan.use.giveTo(draft);
    plan.use.judgedBy("REHABILITATION", ["subject", "status", "category", "activity"]);
    setDate(draft, plan.use, "referralDate", plan.start);
  }
  return [draft, ...assessments];
}

function findPlan(event: DatedEvent, nextEvent: string | null, file: PatientFile): RehabilitationEvidence | undefined {
  const last = addDays(event.eventDate, PLAN_DAYS);
  return file.rehabilitations.find(({ kind, start: { value } }) => {
    const isBeforeNext = nextEvent === null || value < nextEvent;
    return kind === "CARE_PLAN" && value >= event.eventDate && value <= last && isBeforeNext;
  });
}

function assumeReferral(draft: OpenDraft, event: DatedEvent): void {
  const origin = event.dischargeDate === null ? "eventDate" : "dischargeDate";
  const expression = event.draft.origins[origin] ?? event.draft.expression;
  setItem(draft, "referralDate", event.dischargeDate ?? event.eventDate, expression);
  const reason = "REHABILITATION_ASSUMED";
  draft.issues.push({ severity: "INFORMATION", code: "SOURCE_DEFAULTED", field: "referralDate", expression, params: { reason } });
  draft.mappingReport.push({
    expression,
    sourceField: event.dischargeDate === null ? "Condition" : "Encounter.period.end",
    result: "DEFAULTED",
    recordType: "REHABILITATION",
    field: "referralDate",
    reason,
  });
}

function setDate(draft: OpenDraft, use: ResourceUse, item: string, date: Located<string>): void {
  setItem(draft, item, date.value, use.ledger.expressionOf(date.path));
  use.ledger.mapped(date.path, "REHABILITATION", item);
}
