/** Makes the rehabilitations of a patient's events and hangs the assessments on them (interop Decisions, 1.7 item 14). */
import { addDays } from "../../src/lib/calendar-date.ts";
import { toAssessmentWindows, toLatestWindow } from "../support/assessment-windows.ts";
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import { joinPath, type Located } from "../support/fhir-reader.ts";
import { makeAssessment } from "./assessment-records.ts";
import type { EventRecord } from "./event-records.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { Measurement } from "./measured-value.ts";
import type { PatientFile, RehabilitationEvidence } from "./patient-file.ts";
import {
  type DatedEvent,
  type EventGroup,
  groupByEvent,
  type Stated,
  type StatedRehabilitation,
} from "./rehabilitation-grouping.ts";

/** A plan of cardiac care within this time of the event is about the event. */
const PLAN_DAYS = 90;

/** `measurements`: of this patient, oldest first. */
export function makeRehabilitationRecords(
  file: PatientFile,
  events: readonly EventRecord[],
  patient: OpenDraft,
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
  if (assessmentFrom.kind === "LATEST_BEFORE") {
    const last = dated.findLast(({ eventDate }) => eventDate <= assessmentFrom.date);
    return last === undefined ? [] : makeAssumed(last, null, assessmentFrom.date, file, measurements, run);
  }
  return groupByEvent(evidence, dated).flatMap((group) => makeStated(group, patient, file, measurements, run));
}

const hasDate = (event: EventRecord): event is DatedEvent => event.eventDate !== null;

const JUDGED = [
  "subject",
  "patient",
  "participant",
  "status",
  "intent",
  "class",
  "type",
  "serviceType",
  "category",
  "code",
  "basedOn",
];

function makeStated(
  group: EventGroup,
  patient: OpenDraft,
  file: PatientFile,
  measurements: readonly Measurement[],
  run: FhirRun,
): readonly OpenDraft[] {
  const event = group.event?.draft ?? openEventReference(group, patient);
  const drafts = group.stated.flatMap((stated) => {
    const draft = makeRehabilitation(event, stated, run);
    if (stated.referral !== null) addReferral(draft, group.event === null ? null : event, stated.referral, run);
    const { start, end } = stated;
    const windows = start === null ? [] : toAssessmentWindows(start.value, end?.value ?? null);
    return [draft, ...windows.flatMap((window) => makeAssessment(draft, window, measurements, file, run))];
  });
  return group.event === null ? [event, ...drafts] : drafts;
}

/** An event sent before: known by the id of its diagnosis, and only attached to. */
function openEventReference({ eventId, stated }: EventGroup, patient: OpenDraft): OpenDraft {
  const head = stated[0]?.head;
  const path = head?.about.find(({ id }) => id === eventId)?.path;
  const expression = head === undefined ? patient.expression : joinPath(head.use.entry.expression, path ?? "");
  return openDraft({ recordType: "INITIATING_EVENT", parent: patient, sourceRecordId: eventId, expression, reference: true });
}

function makeRehabilitation(event: OpenDraft, stated: StatedRehabilitation, run: FhirRun): OpenDraft {
  const { head, referral, start, end, completed, others } = stated;
  // A visit is one of many: the referral names the rehabilitation, where there is one.
  const named = head.kind === "ENCOUNTER" ? referral : head;
  const draft = openDraft({
    recordType: "REHABILITATION",
    parent: event,
    sourceRecordId: run.takeSourceRecordId("REHABILITATION", named?.use.sourceRecordId ?? null),
    expression: head.use.entry.expression,
  });
  if (start !== null) setStated(draft, "coreStartDate", { ...start, use: head.use });
  if (end !== null) setStated(draft, "coreEndDate", end);
  if (completed !== null) setStated(draft, "completed", completed);
  for (const item of [head, ...others, ...(referral === null ? [] : [referral])]) {
    item.use.giveTo(draft);
    item.use.judgedBy(
      "REHABILITATION",
      JUDGED.filter((name) => completed?.use !== item.use || name !== "status"),
    );
    for (const { path } of item.about) item.use.ledger.mapped(path, "REHABILITATION", null);
  }
  const unknown = [head, referral].find((item) => item?.recognition === "NAME");
  if (unknown != null) warnOfName(draft, unknown);
  return draft;
}

/** Cardiac rehabilitation was recognised by words beside a code that no table knows. */
function warnOfName(draft: OpenDraft, { kind, use }: RehabilitationEvidence): void {
  const field = kind === "REFERRAL" ? "referralDate" : "coreStartDate";
  const { expression } = use.entry;
  draft.issues.push({
    severity: "WARNING",
    code: "CODE_NOT_TRANSLATED",
    field,
    expression,
    params: { reason: "SERVICE_BY_NAME" },
  });
}

/** The referral's date is the rehabilitation's; who referred is the event's, where the event is of the input. */
function addReferral(draft: OpenDraft, event: OpenDraft | null, referral: RehabilitationEvidence, run: FhirRun): void {
  const { use, start, referrer = null } = referral;
  setStated(draft, "referralDate", { ...start, use });
  if (event === null || referrer === null) return;
  const { organisation, profession, role, path } = referrer;
  const expression = use.ledger.expressionOf(path);
  if (organisation !== null && event.values.referringOrganisation === undefined) {
    setItem(event, "referringOrganisation", organisation.value, expression);
    use.ledger.mapped(path, "INITIATING_EVENT", "referringOrganisation");
    for (const entry of organisation.through) run.markUsed(entry, "INITIATING_EVENT", "referringOrganisation");
  }
  if (profession === null || role === null || event.values.referredBy !== undefined) return;
  setItem(event, "referredBy", profession, expression);
  use.ledger.mapped(path, "INITIATING_EVENT", "referredBy");
  run.markUsed(role, "INITIATING_EVENT", "referredBy");
}

function setStated(draft: OpenDraft, item: string, { value, path, use }: Stated): void {
  setItem(draft, item, value, use.ledger.expressionOf(path));
  use.ledger.mapped(path, "REHABILITATION", item);
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
  const assessments = makeAssessment(draft, toLatestWindow(until), measurements, file, run);
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
