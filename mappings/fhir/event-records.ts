/** Makes the records that come from coded facts: initiating events, treatments, previous events, comorbidities. */
import type { CodedFact, Spell } from "../support/coded-target.ts";
import { type DerivedEvent, type DerivedEvents, deriveEvents } from "../support/derive-events.ts";
import { readSourceTime, toFhirDate } from "../support/fhir-date.ts";
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import { readElement, readOwn } from "../support/fhir-reader.ts";
import { reportCode } from "./coded-fact.ts";
import type { FhirRun } from "./fhir-run.ts";
import type { EncounterView, FactView, PatientFile } from "./patient-file.ts";

/** An initiating event with what later records are dated by. */
export interface EventRecord {
  readonly draft: OpenDraft;
  readonly eventDate: string | null;
  readonly dischargeDate: string | null;
}

export interface EventRecords {
  readonly drafts: readonly OpenDraft[];
  readonly events: readonly EventRecord[];
  readonly rehabilitationContacts: readonly FactView[];
}

type ViewByFact = ReadonlyMap<CodedFact, FactView>;

const CONDITION_JUDGED = ["subject", "encounter", "category", "clinicalStatus", "verificationStatus"];
const PROCEDURE_JUDGED = ["subject", "encounter", "status"];

export function makeEventRecords(file: PatientFile, patient: OpenDraft, run: FhirRun): EventRecords {
  const views = new Map<CodedFact, FactView>();
  reportForeignStays(file, run);
  const spells = toSpells(file, views);
  const dateOfDeath = patient.values.dateOfDeath;
  const derived = deriveEvents(spells, { dateOfDeath: typeof dateOfDeath === "string" ? toFhirDate(dateOfDeath) : null });
  const events: EventRecord[] = [];
  const drafts: OpenDraft[] = [];
  for (const event of derived.events) {
    const draft = makeEvent(event, patient, views, file, run);
    events.push({ draft, eventDate: event.eventDate, dischargeDate: event.dischargeDate });
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

/** A statement about one person that names the stay of another, or one that did not take place, keeps its own date. */
function reportForeignStays(file: PatientFile, run: FhirRun): void {
  for (const { use, encounter } of file.facts) {
    if (encounter === null || file.encounters.byEntry.has(encounter)) continue;
    run.reportUnresolved(use.entry, readElement(use.element, "encounter"), "ENCOUNTER_NOT_OF_THIS_PATIENT");
  }
}

/** One spell per encounter, in input order; facts without one are gathered by their own date. */
function toSpells(file: PatientFile, views: Map<CodedFact, FactView>): readonly Spell[] {
  const facts = new Map<EncounterView | string, FactView[]>();
  for (const view of file.facts) {
    const key = findEncounter(view, file) ?? view.date?.value ?? "";
    const known = facts.get(key);
    if (known === undefined) facts.set(key, [view]);
    else known.push(view);
  }
  return [...facts].map(([key, stated]) => {
    const encounter = typeof key === "string" ? null : key;
    const toFacts = (kind: FactView["kind"]): readonly CodedFact[] =>
      stated.filter((view) => view.kind === kind).map((view) => toFact(view, encounter, views));
    return { ...describeStay(key), diagnoses: toFacts("DIAGNOSIS"), procedures: toFacts("PROCEDURE") };
  });
}

function describeStay(stay: EncounterView | string): Omit<Spell, "diagnoses" | "procedures"> {
  if (typeof stay === "string") return { id: null, start: stay === "" ? null : stay, end: null, closed: false, died: false };
  const { use, start, discharge, closed, died } = stay;
  return { id: use.sourceRecordId, start: start?.value ?? null, end: discharge?.value ?? null, closed, died };
}

/** The encounter a fact names, or that lists it among its diagnoses, or that began the day the fact is dated; of this patient only. */
function findEncounter({ use, encounter, date }: FactView, { encounters }: PatientFile): EncounterView | null {
  const named = encounter === null ? undefined : encounters.byEntry.get(encounter);
  const found = named ?? encounters.byDiagnosis.get(use.entry);
  if (found !== undefined) return found;
  return encounter !== null || date === null ? null : (encounters.stayByStart.get(date.value) ?? null);
}

function toFact(view: FactView, encounter: EncounterView | null, views: Map<CodedFact, FactView>): CodedFact {
  const { entry, sourceRecordId } = view.use;
  const fact: CodedFact = {
    ...view.coding.value,
    expression: `${entry.expression}.${view.coding.path}`,
    sourceField: `${entry.type}.code`,
    date: view.date?.value ?? null,
    rank: encounter?.diagnoses.get(entry) ?? null,
    sourceRecordId,
    recordExpression: entry.expression,
  };
  views.set(fact, view);
  return fact;
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
  const isFirst = view.use.owner === null;
  view.use.giveTo(draft);
  if (isFirst) {
    view.use.judgedBy(recordType, view.kind === "DIAGNOSIS" ? CONDITION_JUDGED : PROCEDURE_JUDGED);
    reportCode(view.use, view.coding.path);
    const system = view.coding.path.replace(/code$/, "system");
    if (readOwn(view.use.element.value, "code") !== undefined) view.use.ledger.mapped(system, recordType, null);
  }
  return draft;
}

/** What the engine says about each code goes to the report of its resource, or stands alone for one that made no record. */
function reportFacts(derived: DerivedEvents, views: ViewByFact, run: FhirRun): void {
  for (const { fact, expression, sourceField, result, recordType, field, reason } of derived.report) {
    const view = views.get(fact);
    if (view === undefined) continue;
    view.use.ledger.take(view.coding.path, { expression, sourceField, result, recordType, field, reason });
    if (reason !== null && result !== "MAPPED") view.use.setAside(result === "DROPPED" ? "DROPPED" : "UNMAPPED", reason);
  }
  const ownerOf = new Map([...views].map(([fact, view]) => [fact.expression, view.use] as const));
  for (const issue of derived.issues) (ownerOf.get(issue.expression)?.owner?.issues ?? run.issues).push(issue);
}
