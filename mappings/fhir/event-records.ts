/** Makes the records that come from coded facts: initiating events, treatments, previous events, comorbidities. */
import type { CodedFact } from "../support/coded-target.ts";
import { type DerivedEvent, type DerivedEvents, deriveEvents } from "../support/derive-events.ts";
import { readSourceTime, toFhirDate } from "../support/fhir-date.ts";
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import { readOwn } from "../support/fhir-reader.ts";
import { reportCode } from "./coded-fact.ts";
import { findEncounter } from "./encounter-of-fact.ts";
import type { FhirRun } from "./fhir-run.ts";
import type { FactView, PatientFile } from "./patient-file.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import { dropResource } from "./resource-status.ts";
import { reportForeignStays, toSpells } from "./spells-of-facts.ts";

/** An initiating event with what later records are dated by. */
export interface EventRecord {
  readonly draft: OpenDraft;
  readonly eventDate: string | null;
  readonly dischargeDate: string | null;
  /** The resources that state it and its treatments. */
  readonly sources: ReadonlySet<ResourceEntry>;
}

export interface EventRecords {
  readonly drafts: readonly OpenDraft[];
  readonly events: readonly EventRecord[];
  readonly rehabilitationContacts: readonly FactView[];
}

type ViewByFact = ReadonlyMap<CodedFact, FactView>;

/** Why a statement that NACR has an item for makes no record: said as an issue too. */
const TOLD_ALOUD: ReadonlySet<string> = new Set(["PROBLEM_LIST_ITEM", "PARTIAL_DATE", "REVIEW_NEEDED"]);
const CONDITION_JUDGED = ["subject", "encounter", "category", "clinicalStatus", "verificationStatus"];
const PROCEDURE_JUDGED = ["subject", "encounter", "status"];

export function makeEventRecords(file: PatientFile, patient: OpenDraft, run: FhirRun): EventRecords {
  const views = new Map<CodedFact, FactView>();
  reportForeignStays(file, run);
  const spells = toSpells(file, views);
  const dateOfDeath = patient.values.dateOfDeath;
  const derived = deriveEvents(spells, {
    terminology: run.tables.terminology,
    dateOfDeath: typeof dateOfDeath === "string" ? toFhirDate(dateOfDeath) : null,
  });
  const events: EventRecord[] = [];
  const drafts: OpenDraft[] = [];
  for (const event of derived.events) {
    const draft = makeEvent(event, patient, views, file, run);
    const facts = [event.fact, ...event.diagnoses, ...event.treatments.map(({ fact }) => fact)];
    const sources = new Set(facts.flatMap((fact) => views.get(fact)?.use.entry ?? []));
    events.push({ draft, eventDate: event.eventDate, dischargeDate: event.dischargeDate, sources });
    drafts.push(draft, ...makeTreatments(event, draft, views, run));
  }
  for (const { type, date, fact } of derived.previousEvents) {
    drafts.push(makeFactRecord("PREVIOUS_EVENT", { type, date }, fact, patient, views, run));
  }
  for (const { type, fact } of derived.comorbidities) {
    drafts.push(makeFactRecord("COMORBIDITY", { type }, fact, patient, views, run));
  }
  reportFacts(derived, views, run);
  const contacts = derived.rehabilitationContacts.flatMap(({ fact }) => views.get(fact) ?? []);
  return { drafts, events, rehabilitationContacts: contacts };
}

function makeEvent(event: DerivedEvent, patient: OpenDraft, views: ViewByFact, file: PatientFile, run: FhirRun): OpenDraft {
  const draft = makeFactRecord(
    "INITIATING_EVENT",
    { eventType: event.eventType, eventDate: event.eventDate },
    event.fact,
    patient,
    views,
    run,
  );
  for (const fact of event.diagnoses) {
    const further = views.get(fact);
    if (further !== undefined) claimFact(further, draft);
  }
  const view = views.get(event.fact);
  const encounter = view === undefined ? null : findEncounter(view, file);
  if (encounter === null) return draft;
  encounter.use.giveTo(draft);
  encounter.use.judgedBy("INITIATING_EVENT", ["subject", "status", "class", "diagnosis"]);
  const { discharge, start } = encounter;
  if (event.dischargeDate !== null && discharge !== null) {
    setItem(draft, "dischargeDate", event.dischargeDate, encounter.use.ledger.expressionOf(discharge.path));
    encounter.use.ledger.mapped(discharge.path, "INITIATING_EVENT", "dischargeDate");
  }
  if (start === null) return draft;
  const datesTheEvent = view?.date === null;
  encounter.use.ledger.mapped(start.path, "INITIATING_EVENT", datesTheEvent ? "eventDate" : null);
  if (datesTheEvent) draft.origins.eventDate = encounter.use.ledger.expressionOf(start.path);
  return draft;
}

const makeTreatments = (event: DerivedEvent, parent: OpenDraft, views: ViewByFact, run: FhirRun): readonly OpenDraft[] =>
  event.treatments.map(({ type, date, fact }) => makeFactRecord("TREATMENT", { type, date }, fact, parent, views, run));

/** A record of one fact: the coded item comes from its code, the dated one from its date. */
function makeFactRecord(
  recordType: "INITIATING_EVENT" | "TREATMENT" | "PREVIOUS_EVENT" | "COMORBIDITY",
  values: Readonly<Record<string, string | null>>,
  fact: CodedFact,
  parent: OpenDraft,
  views: ViewByFact,
  run: FhirRun,
): OpenDraft {
  const view = views.get(fact);
  const sourceTime = view === undefined ? undefined : readSourceTime(view.use.element);
  const sourceRecordId = run.takeSourceRecordId(recordType, fact.sourceRecordId);
  const draft = openDraft({ recordType, parent, sourceRecordId, expression: fact.recordExpression, sourceTime });
  for (const [item, value] of Object.entries(values)) {
    if (value === null) continue;
    const datePath = item === "date" || item === "eventDate" ? view?.date?.path : undefined;
    setItem(draft, item, value, datePath === undefined ? fact.expression : `${fact.recordExpression}.${datePath}`);
    if (datePath !== undefined) view?.use.ledger.mapped(datePath, recordType, item);
  }
  if (view === undefined) return draft;
  if (view.partial !== null) reportPartialDate(draft, view, view.partial);
  claimFact(view, draft);
  return draft;
}

/** The first record a statement helps to make shows what became of its fields. */
function claimFact({ use, kind, coding }: FactView, draft: OpenDraft): void {
  if (use.owner !== null) return;
  use.giveTo(draft);
  use.judgedBy(draft.recordType, kind === "DIAGNOSIS" ? CONDITION_JUDGED : PROCEDURE_JUDGED);
  reportCode(use, coding.path);
  const system = coding.path.replace(/code$/, "system");
  if (readOwn(use.element.value, "code") !== undefined) use.ledger.mapped(system, draft.recordType, null);
}

/** A previous event may be known by its month or year; of any other record a date of less than a day is left out. */
function reportPartialDate(draft: OpenDraft, { use, date }: FactView, partial: FactView["partial"] & object): void {
  const { recordType } = draft;
  const item = recordType === "INITIATING_EVENT" ? "eventDate" : "date";
  if (date !== null || recordType === "COMORBIDITY") return;
  const expression = use.ledger.expressionOf(partial.path);
  draft.origins[item] = expression;
  if (draft.values[item] === partial.value) {
    use.ledger.mapped(partial.path, recordType, item);
    return;
  }
  const reason = "PARTIAL_DATE";
  use.ledger.dropped(partial.path, reason, recordType, item);
  draft.issues.push({ severity: "WARNING", code: "SOURCE_DROPPED", field: item, expression, params: { reason } });
}

/** What the engine says about each code goes to the report of its resource, or stands alone for one that made no record. */
function reportFacts(derived: DerivedEvents, views: ViewByFact, run: FhirRun): void {
  for (const { fact, expression, sourceField, result, recordType, field, reason } of derived.report) {
    const view = views.get(fact);
    if (view === undefined) continue;
    view.use.ledger.take(view.coding.path, { expression, sourceField, result, recordType, field, reason });
    // Folded into the record another statement of the same made.
    if (result === "MAPPED" && view.use.owner === null) view.use.setAside("DROPPED", "STATED_BY_ANOTHER");
    if (reason === null || result === "MAPPED") continue;
    view.use.setAside(result === "DROPPED" ? "DROPPED" : "UNMAPPED", reason);
    if (TOLD_ALOUD.has(reason) && view.use.owner === null) dropResource(view.use, run, reason, true);
  }
  const ownerOf = new Map([...views].map(([fact, view]) => [fact.expression, view.use] as const));
  for (const issue of derived.issues) (ownerOf.get(issue.expression)?.owner?.issues ?? run.issues).push(issue);
}
