/**
 * Puts the messages of one submission together by patient and visit (interop 1.7, point 2): an admission, its discharge and the
 * updates that bring the coding are one spell. A message without a visit number belongs to the visit of its admission date; one
 * without either stands alone. A visit that is cancelled leaves nothing behind; one that is only planned has nothing yet.
 */
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { Issue, MappingReportLine } from "../../src/records/issue.ts";
import type { DatedSpell } from "../support/hl7v2-event-drafts.ts";
import { toDroppedLine } from "../support/hl7v2-message-source.ts";
import type { DatedMeasurement, RehabilitationEvidence } from "../support/hl7v2-rehabilitation-drafts.ts";
import type { MappingTables } from "../support/mapping-tables.ts";
import { toSourceRecordId } from "./pid-identifiers.ts";
import type { Visit } from "./pv1-mapping.ts";
import type { StatedFact } from "./read-coded-fact.ts";
import { chooseStandingFacts } from "./standing-facts.ts";

export interface PatientMessage {
  readonly where: string;
  readonly patient: DraftRecord;
  readonly visit: Visit;
  readonly diagnoses: readonly StatedFact[];
  readonly procedures: readonly StatedFact[];
  readonly measurements: readonly DatedMeasurement[];
  readonly rehabilitation: readonly RehabilitationEvidence[];
}

/** All that the messages of one patient say beyond the patient. */
export interface PatientStory {
  readonly spells: readonly DatedSpell[];
  readonly measurements: readonly DatedMeasurement[];
  readonly rehabilitation: readonly RehabilitationEvidence[];
  /** Codes of visits that did not take place, and those a later message replaces or takes back. */
  readonly mappingReport: readonly MappingReportLine[];
  readonly issues: readonly Issue[];
}

/**
 * The story of each patient of whom anything was stated, by the draft of the patient's last message: what is derived comes after all
 * that was said. Most messages carry no more than the patient.
 */
export function gatherStories(
  messages: readonly PatientMessage[],
  tables: MappingTables,
): ReadonlyMap<DraftRecord, PatientStory> {
  const stories = new Map<DraftRecord, PatientStory>();
  if (!messages.some(saysMore)) return stories;
  const keyOf = nameByNumbers(messages);
  for (const ofPatient of Map.groupBy(messages, keyOf).values()) {
    const last = ofPatient.at(-1);
    if (last !== undefined && ofPatient.some(saysMore)) stories.set(last.patient, tellStory(ofPatient, tables));
  }
  return stories;
}

const saysMore = ({ diagnoses, procedures, measurements, rehabilitation }: PatientMessage): boolean =>
  diagnoses.length + procedures.length + measurements.length + rehabilitation.length > 0;

/** What a message states, without what it takes back: of that it has said itself what becomes of it. */
const factsOf = ({ diagnoses, procedures }: PatientMessage): readonly StatedFact[] =>
  [...diagnoses, ...procedures].filter(({ isTakenBack }) => !isTakenBack);

/**
 * The local number is on most messages of a sender, the NHS number only once it is traced: a local number that stands beside one NHS
 * number, and no other, means that person on every message. Where two stand beside it, each message keeps to itself what it says.
 */
function nameByNumbers(messages: readonly PatientMessage[]): (message: PatientMessage) => string {
  const nhsNumbersOf = new Map<string, Set<string>>();
  for (const message of messages) {
    const { hospital, nhs } = numbersOf(message);
    if (hospital === null || nhs === null) continue;
    const known = nhsNumbersOf.get(hospital);
    if (known === undefined) nhsNumbersOf.set(hospital, new Set([nhs]));
    else known.add(nhs);
  }
  return (message) => {
    const { hospital, nhs } = numbersOf(message);
    if (nhs !== null) return `NHS ${nhs}`;
    if (hospital === null) return message.where;
    const [only, ...others] = nhsNumbersOf.get(hospital) ?? [];
    return only === undefined || others.length > 0 ? `hospital ${hospital}` : `NHS ${only}`;
  };
}

function numbersOf({ patient }: PatientMessage): { readonly hospital: string | null; readonly nhs: string | null } {
  const { hospitalNumber, nhsNumber } = patient.values;
  return {
    hospital: typeof hospitalNumber === "string" ? hospitalNumber : null,
    nhs: typeof nhsNumber === "string" ? nhsNumber.replace(/[\s-]/g, "") : null,
  };
}

function tellStory(messages: readonly PatientMessage[], tables: MappingTables): PatientStory {
  const visits = new VisitBook(messages);
  for (const message of messages) visits.add(message);
  return {
    spells: visits.spells(tables),
    measurements: messages.flatMap(({ measurements }) => measurements),
    rehabilitation: messages.flatMap(({ rehabilitation }) => rehabilitation),
    mappingReport: visits.mappingReport,
    issues: visits.issues,
  };
}

/** The visits of one patient, as they stand after each message. */
class VisitBook {
  readonly mappingReport: MappingReportLine[] = [];
  readonly issues: Issue[] = [];
  readonly #visits = new Map<string, PatientMessage[]>();
  /** Visit numbers by the day the visit began. */
  readonly #idsByStart: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(messages: readonly PatientMessage[]) {
    const ids = new Map<string, Set<string>>();
    for (const { id, start } of messages.map(({ visit }) => visit)) {
      if (id !== null && start !== null) ids.set(start, (ids.get(start) ?? new Set()).add(id));
    }
    this.#idsByStart = ids;
  }

  add(message: PatientMessage): void {
    const { statement } = message.visit;
    const key = this.#keyOf(message);
    const known = this.#visits.get(key) ?? [];
    if (statement === "PLANNED") return this.#leave([message], "PLANNED_VISIT");
    if (statement === "CANCELLED") {
      this.#leave([...known, message], "VISIT_CANCELLED");
      this.#visits.set(key, []);
      return;
    }
    this.#visits.set(key, [...known, message]);
  }

  spells(tables: MappingTables): readonly DatedSpell[] {
    return [...this.#visits.values()]
      .filter((messages) => messages.length > 0)
      .map((messages) => this.#toSpell(messages, tables));
  }

  #toSpell(messages: readonly PatientMessage[], tables: MappingTables): DatedSpell {
    const stated = chooseStandingFacts(
      messages.flatMap(({ diagnoses }) => diagnoses),
      messages.flatMap(({ procedures }) => procedures),
      tables,
    );
    this.mappingReport.push(...stated.left.map(({ fact, reason }) => toDroppedLine(fact, reason)));
    for (const { expression } of stated.unmatched) {
      const params = { reason: "CANCELLATION_NOT_APPLIED" };
      this.issues.push({ severity: "WARNING", code: "SOURCE_DROPPED", field: null, expression, params });
    }
    const { diagnoses, procedures } = stated;
    return { ...toStay(messages), diagnoses, procedures };
  }

  #leave(messages: readonly PatientMessage[], reason: string): void {
    for (const fact of messages.flatMap(factsOf)) this.mappingReport.push(toDroppedLine(fact, reason));
  }

  #keyOf({ visit, where }: PatientMessage): string {
    const { id, start, statement, isRehabilitation } = visit;
    if (isRehabilitation) return where;
    if (id !== null) return `#${id}`;
    if (start !== null) {
      const [only, ...others] = this.#idsByStart.get(start) ?? [];
      return only === undefined || others.length > 0 ? `@${start}` : `#${only}`;
    }
    // A cancellation that names no visit can only mean the one there is.
    const [single, ...more] = [...this.#visits.keys()].filter((key) => key !== where && /^[#@]/.test(key));
    return statement === "CANCELLED" && single !== undefined && more.length === 0 ? single : where;
  }
}

function toStay(messages: readonly PatientMessage[]): Omit<DatedSpell, "diagnoses" | "procedures"> {
  // A contact with rehabilitation dates no event: what is coded in it is known, and not of that day.
  const visits = messages.map(({ visit }) => visit).filter(({ isRehabilitation }) => !isRehabilitation);
  const reopened = visits.findLastIndex(({ statement }) => statement === "REOPENED");
  const endings = visits.slice(reopened + 1);
  const started = visits.findLast(({ start }) => start !== null);
  const ended = endings.findLast(({ end }) => end !== null);
  return {
    id: toSourceRecordId(visits.find(({ id }) => id !== null)?.id),
    start: started?.start ?? null,
    startExpression: started?.startPlace?.expression ?? null,
    end: ended?.end ?? null,
    endExpression: ended?.endExpression ?? null,
    closed: endings.some(({ closed }) => closed),
    died: endings.some(({ died }) => died),
  };
}
