/** Turns what was derived from the coding of one patient's messages into drafts below the patient. */

import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import type { CodedFact, Spell } from "./coded-target.ts";
import { type DerivedEvent, deriveEvents, type FactReportLine } from "./derive-events.ts";

export interface EventDrafts {
  /** Parents before children. */
  readonly drafts: readonly DraftRecord[];
  readonly issues: readonly Issue[];
  /** Lines of facts that became no record. */
  readonly mappingReport: readonly MappingReportLine[];
}

interface Values {
  readonly [item: string]: string | null;
}

/** @param patient the draft that the records hang below; its own date of death, where stated, keeps a last stay from opening an event */
export function draftEvents(patient: DraftRecord, spells: readonly Spell[]): EventDrafts {
  const { dateOfDeath } = patient.values;
  const derived = deriveEvents(spells, { dateOfDeath: typeof dateOfDeath === "string" ? dateOfDeath : null });
  const build = new EventDraftBuilder(patient, derived.report);
  const visitIds = new VisitIds(spells);
  for (const event of derived.events) build.addEvent(event, visitIds.claim(event.fact));
  for (const { type, date, fact } of derived.previousEvents) build.add("PREVIOUS_EVENT", fact, { type, date }, patient, null);
  for (const { type, fact } of derived.comorbidities) build.add("COMORBIDITY", fact, { type }, patient, null);
  return { drafts: build.drafts, issues: derived.issues, mappingReport: build.unclaimedLines() };
}

/** The visit number names the first event of its stay; a second event of the same stay gets an id derived from its natural key. */
class VisitIds {
  readonly #byFact = new Map<CodedFact, string | null>();
  readonly #claimed = new Set<string>();

  constructor(spells: readonly Spell[]) {
    for (const { id, diagnoses, procedures } of spells) {
      for (const fact of [...diagnoses, ...procedures]) this.#byFact.set(fact, id);
    }
  }

  claim(fact: CodedFact): string | null {
    const id = this.#byFact.get(fact) ?? null;
    if (id === null || this.#claimed.has(id)) return null;
    this.#claimed.add(id);
    return id;
  }
}

class EventDraftBuilder {
  readonly drafts: DraftRecord[] = [];
  readonly #patient: DraftRecord;
  readonly #report: readonly FactReportLine[];
  readonly #linesOf: ReadonlyMap<CodedFact, readonly FactReportLine[]>;
  readonly #claimed = new Set<FactReportLine>();

  constructor(patient: DraftRecord, report: readonly FactReportLine[]) {
    this.#patient = patient;
    this.#report = report;
    this.#linesOf = Map.groupBy(report, ({ fact }) => fact);
  }

  addEvent(event: DerivedEvent, sourceRecordId: string | null): void {
    const { eventType, eventDate, dischargeDate, fact } = event;
    const draft = this.add("INITIATING_EVENT", fact, { eventType, eventDate, dischargeDate }, this.#patient, sourceRecordId);
    for (const { type, date, fact: procedure } of event.treatments) this.add("TREATMENT", procedure, { type, date }, draft, null);
  }

  add(
    recordType: RecordTypeName,
    fact: CodedFact,
    values: Values,
    parent: DraftRecord,
    sourceRecordId: string | null,
  ): DraftRecord {
    const draft: DraftRecord = {
      recordType,
      parent,
      sourceRecordId,
      expression: fact.recordExpression,
      values,
      clear: [],
      origins: Object.fromEntries(Object.keys(values).map((item) => [item, fact.expression])),
      ...(this.#patient.sourceTime === undefined ? {} : { sourceTime: this.#patient.sourceTime }),
      issues: [],
      mappingReport: this.#claimLines(recordType, fact),
    };
    this.drafts.push(draft);
    return draft;
  }

  unclaimedLines(): readonly MappingReportLine[] {
    return this.#report.filter((line) => !this.#claimed.has(line)).map(toReportLine);
  }

  #claimLines(recordType: RecordTypeName, fact: CodedFact): readonly MappingReportLine[] {
    const lines = (this.#linesOf.get(fact) ?? []).filter((line) => line.recordType === recordType);
    for (const line of lines) this.#claimed.add(line);
    return lines.map(toReportLine);
  }
}

/** Without what only the derivation needs. */
function toReportLine({ expression, sourceField, result, recordType, field, reason }: FactReportLine): MappingReportLine {
  return { expression, sourceField, result, recordType, field, reason };
}
