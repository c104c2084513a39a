/**
 * Puts the messages of one submission together by patient and visit (interop 1.7, point 2): an admission, its discharge and the
 * updates that bring the coding are one spell. A message without a visit number belongs to the visit of its admission date; one
 * without either stands alone.
 */
import type { DraftRecord } from "../../src/records/draft-record.ts";
import type { DatedFact, DatedSpell } from "../support/hl7v2-event-drafts.ts";
import { toSourceRecordId } from "./pid-identifiers.ts";
import type { Visit } from "./pv1-mapping.ts";

export interface PatientMessage {
  readonly where: string;
  readonly patient: DraftRecord;
  readonly visit: Visit;
  readonly diagnoses: readonly DatedFact[];
  readonly procedures: readonly DatedFact[];
}

/**
 * The spells of each patient of whom anything was coded, by the draft of the patient's last message: what is derived comes after all
 * that was said. Most messages carry no code.
 */
export function gatherSpells(messages: readonly PatientMessage[]): ReadonlyMap<DraftRecord, readonly DatedSpell[]> {
  const byPatient = Map.groupBy(messages, patientKey);
  const spells = new Map<DraftRecord, readonly DatedSpell[]>();
  for (const ofPatient of byPatient.values()) {
    const last = ofPatient.at(-1);
    if (last === undefined || !ofPatient.some(isCoded)) continue;
    const byVisit = Map.groupBy(ofPatient, ({ visit, where }) => visit.id ?? visit.start ?? where);
    spells.set(last.patient, [...byVisit.values()].map(toSpell));
  }
  return spells;
}

const isCoded = ({ diagnoses, procedures }: PatientMessage): boolean => diagnoses.length + procedures.length > 0;

/** The local number is on every message of a sender, the NHS number only once it is traced. */
function patientKey({ patient, where }: PatientMessage): string {
  const { hospitalNumber, nhsNumber } = patient.values;
  if (typeof hospitalNumber === "string") return `hospital ${hospitalNumber}`;
  return typeof nhsNumber === "string" ? `NHS ${nhsNumber.replace(/[\s-]/g, "")}` : where;
}

function toSpell(messages: readonly PatientMessage[]): DatedSpell {
  const visits = messages.map(({ visit }) => visit);
  const started = visits.findLast(({ start }) => start !== null);
  const ended = visits.findLast(({ end }) => end !== null);
  return {
    id: toSourceRecordId(visits.find(({ id }) => id !== null)?.id),
    start: started?.start ?? null,
    startExpression: started?.startExpression ?? null,
    end: ended?.end ?? null,
    endExpression: ended?.endExpression ?? null,
    closed: visits.some(({ closed }) => closed),
    died: visits.some(({ died }) => died),
    diagnoses: lastDiagnoses(messages.flatMap(({ diagnoses }) => diagnoses)),
    procedures: lastProcedures(messages.flatMap(({ procedures }) => procedures)),
  };
}

/**
 * An update repeats what was sent before: the last statement of a diagnosis counts, also where it corrects the day. A procedure can
 * be done twice: it is the same one only on the same day.
 */
function lastDiagnoses(facts: readonly DatedFact[]): readonly DatedFact[] {
  return [...new Map(facts.map((fact) => [`${fact.system} ${fact.code}`, fact])).values()];
}

function lastProcedures(facts: readonly DatedFact[]): readonly DatedFact[] {
  return [...new Map(facts.map((fact) => [`${fact.system} ${fact.code} ${fact.date ?? ""}`, fact])).values()];
}
