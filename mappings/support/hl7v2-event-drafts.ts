/** Turns what was derived from the coding of one patient's messages into drafts below the patient. */

import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import type { CodedFact, Spell } from "./coded-target.ts";
import { type DerivedEvent, deriveEvents, type FactReportLine } from "./derive-events.ts";
import { type OpenDraft, openDraft } from "./fhir-draft.ts";
import type { Place } from "./hl7v2-message-source.ts";
import type { MappingTables } from "./mapping-tables.ts";

/** A dated event, open for values that other segments bring. */
export interface DraftedEvent {
  readonly draft: OpenDraft;
  /** ISO calendar date. */
  readonly date: string;
}

/** A contact with cardiac rehabilitation that was coded as a diagnosis or procedure. */
export interface CodedContact {
  readonly date: string;
  readonly place: Place;
  readonly recordExpression: string;
}

export interface EventDrafts {
  /** Parents before children. */
  readonly drafts: readonly DraftRecord[];
  readonly events: readonly DraftedEvent[];
  readonly contacts: readonly CodedContact[];
  readonly issues: readonly Issue[];
  /** Lines of facts that became no record. */
  readonly mappingReport: readonly MappingReportLine[];
}

/** A fact that knows where its date stands; null where its segment has none. */
export interface DatedFact extends CodedFact {
  readonly dateExpression: string | null;
}

/** A spell that knows where its dates stand. */
export interface DatedSpell extends Spell {
  readonly startExpression: string | null;
  readonly endExpression: string | null;
  readonly diagnoses: readonly DatedFact[];
  readonly procedures: readonly DatedFact[];
}

/** @param patient the draft that the records hang below; its own date of death, where stated, keeps a last stay from opening an event */
export function draftEvents(patient: DraftRecord, spells: readonly DatedSpell[], { terminology }: MappingTables): EventDrafts {
  const { dateOfDeath } = patient.values;
  const derived = deriveEvents(spells, { terminology, dateOfDeath: typeof dateOfDeath === "string" ? dateOfDeath : null });
  const builder = new EventDraftBuilder(patient, spells, derived.report);
  for (const event of derived.events) builder.addEvent(event);
  for (const { type, date, fact } of derived.previousEvents) builder.add("PREVIOUS_EVENT", fact, { type, date }, patient);
  for (const { type, fact } of derived.comorbidities) builder.add("COMORBIDITY", fact, { type }, patient);
  const contacts = derived.rehabilitationContacts.flatMap(({ date, fact }): CodedContact[] =>
    date === null ? [] : [{ date, place: fact, recordExpression: fact.recordExpression }],
  );
  const { drafts, events } = builder;
  // What becomes of a dated contact is for those to say who make the rehabilitations.
  const told = new Set(contacts.map(({ place }) => place.expression));
  const isTold = ({ reason, expression }: MappingReportLine): boolean =>
    reason === "REHABILITATION_CONTACT" && told.has(expression);
  const mappingReport = builder.unclaimedLines().filter((line) => !isTold(line));
  return { drafts, events, contacts, issues: derived.issues, mappingReport };
}

interface Values {
  readonly [item: string]: string | null;
}

interface StatedFact {
  readonly fact: DatedFact;
  readonly spell: DatedSpell;
}

class EventDraftBuilder {
  readonly drafts: DraftRecord[] = [];
  readonly events: DraftedEvent[] = [];
  readonly #patient: DraftRecord;
  readonly #stated = new Map<CodedFact, StatedFact>();
  readonly #report: readonly FactReportLine[];
  readonly #linesOf: ReadonlyMap<CodedFact, readonly FactReportLine[]>;
  readonly #claimedLines = new Set<FactReportLine>();
  readonly #claimedVisits = new Set<string>();

  constructor(patient: DraftRecord, spells: readonly DatedSpell[], report: readonly FactReportLine[]) {
    this.#patient = patient;
    this.#report = report;
    this.#linesOf = Map.groupBy(report, ({ fact }) => fact);
    for (const spell of spells) {
      for (const fact of [...spell.diagnoses, ...spell.procedures]) this.#stated.set(fact, { fact, spell });
    }
  }

  addEvent({ eventType, eventDate, dischargeDate, fact, treatments }: DerivedEvent): void {
    const id = this.#claimVisitId(fact);
    const event = this.add("INITIATING_EVENT", fact, { eventType, eventDate, dischargeDate }, this.#patient, id);
    if (eventDate !== null) this.events.push({ draft: event, date: eventDate });
    for (const { type, date, fact: procedure } of treatments) this.add("TREATMENT", procedure, { type, date }, event);
  }

  add(
    recordType: RecordTypeName,
    fact: CodedFact,
    values: Values,
    parent: DraftRecord,
    sourceRecordId: string | null = null,
  ): OpenDraft {
    const { sourceTime } = this.#patient;
    const draft = openDraft({ recordType, parent, sourceRecordId, expression: fact.recordExpression, sourceTime });
    for (const [item, value] of Object.entries(values)) {
      draft.values[item] = value;
      draft.origins[item] = this.#originOf(item, value, fact);
    }
    draft.mappingReport.push(...this.#claimLines(recordType, fact));
    this.drafts.push(draft);
    return draft;
  }

  /** Lines of facts, and of meanings of facts, that became no record. */
  unclaimedLines(): readonly MappingReportLine[] {
    return this.#report.filter((line) => !this.#claimedLines.has(line)).map(toReportLine);
  }

  /** The visit number names the first event of its stay; a second one gets an id derived from its natural key. */
  #claimVisitId(fact: CodedFact): string | null {
    const id = this.#stated.get(fact)?.spell.id ?? null;
    if (id === null || this.#claimedVisits.has(id)) return null;
    this.#claimedVisits.add(id);
    return id;
  }

  /** An event or treatment is dated by its own segment, else by its stay. */
  #originOf(item: string, value: string | null, fact: CodedFact): string {
    const stated = this.#stated.get(fact);
    if (stated === undefined) return fact.expression;
    const { dateExpression } = stated.fact;
    const { startExpression, endExpression } = stated.spell;
    if (item === "dischargeDate") return endExpression ?? fact.expression;
    if (item !== "eventDate" && item !== "date") return fact.expression;
    return (value === fact.date ? dateExpression : startExpression) ?? fact.expression;
  }

  #claimLines(recordType: RecordTypeName, fact: CodedFact): readonly MappingReportLine[] {
    const lines = (this.#linesOf.get(fact) ?? []).filter((line) => line.recordType === recordType);
    for (const line of lines) this.#claimedLines.add(line);
    return lines.map(toReportLine);
  }
}

/** Without what only the derivation needs. */
function toReportLine({ expression, sourceField, result, recordType, field, reason }: FactReportLine): MappingReportLine {
  return { expression, sourceField, result, recordType, field, reason };
}
