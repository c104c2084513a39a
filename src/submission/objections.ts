/**
 * Objections in a submission. Under one of scope ALL nothing of the patient is stored; under NATIONAL everything goes on as always, and
 * the clinical team is reminded. `auditObjection` of a record records one; false or absent never withdraws any. What the National Data
 * Opt-out says is not asked here and changes no answer (dataset.md decision 36).
 */
import type { Value } from "../dataset/define.ts";
import type { Entry } from "./entry.ts";
import type { ObjectionSubject, ObjectionToRecord } from "./objection-ports.ts";
import { identityOf } from "./patient-identity.ts";
import type { NewId, UnitOfWork } from "./ports.ts";
import type { WorkingRow } from "./working-row.ts";

const CODE = "OBJECTION_RECORDED";

/** Objections of this submission, for it to keep: see `collect`. */
export class Objections {
  readonly #stated = new Map<WorkingRow, Entry>();

  /** Refuses, or reminds of, what is known; notes what is new. To be called when every patient's entry has found its row. */
  async judge(entries: readonly Entry[], unit: Pick<UnitOfWork, "findObjections">): Promise<void> {
    const patients = entries.filter((entry) => entry.type.name === "PATIENT" && !entry.rejected && saysSomething(entry));
    if (patients.length === 0) return;
    const found = await unit.findObjections(patients.map(subjectOf));
    const scopes = new Map(found.map(({ position, scope }) => [position, scope]));
    for (const [position, entry] of patients.entries()) {
      const scope = scopes.get(position);
      if (scope === "ALL") entry.reject(CODE);
      else if (scope === "NATIONAL") entry.inform(CODE);
      else if (statesObjection(entry)) this.#note(entry);
    }
  }

  #note(entry: Entry): void {
    entry.inform(CODE);
    if (entry.row !== null) this.#stated.set(entry.row.survivor, entry);
  }

  /** What accepted entries stated, once they are settled. */
  collect(newId: NewId): readonly ObjectionToRecord[] {
    return [...this.#stated].flatMap(([row, entry]) =>
      entry.rejected || entry.outcome === "HELD" || row.gone ? [] : [toRecord(row, entry, newId)],
    );
  }
}

const statedValue = ({ type, judged }: Entry, name: string): Value | null => {
  const item = type.byName.get(name);
  return item === undefined ? null : (judged.values[item.index] ?? null);
};

/** What takes a patient away, or two of them apart, stores nothing of anybody. */
const saysSomething = ({ withdraws, draft }: Entry): boolean => !withdraws && draft.unmerges === undefined;

const statesObjection = (entry: Entry): boolean => statedValue(entry, "auditObjection") === true;

/** By what the entry states, and by what is stored of the patient it means. */
function subjectOf({ type, judged, row }: Entry): ObjectionSubject {
  const kin = row?.survivor.kin ?? [];
  const stored = kin.filter((one) => one.stored !== null);
  return {
    patientIds: stored.map(({ id }) => id),
    keys: [identityOf(type, judged.values), ...stored.map((one) => identityOf(one.type, one.values))],
  };
}

function toRecord(row: WorkingRow, entry: Entry, newId: NewId): ObjectionToRecord {
  const statedOn = statedValue(entry, "auditObjectionDate");
  return {
    id: newId(),
    patientId: row.id,
    subject: { patientIds: row.kin.map(({ id }) => id), keys: row.kin.map(({ type, values }) => identityOf(type, values)) },
    statedOn: typeof statedOn === "string" ? statedOn : null,
  };
}
