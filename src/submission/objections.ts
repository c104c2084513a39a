/**
 * Objections in a submission. Under one of scope ALL nothing of the patient is stored; under NATIONAL everything goes on as always, and
 * the clinical team is reminded. `auditObjection` of a record records one; false or absent never withdraws any. What the National Data
 * Opt-out says is not asked here and changes no answer (dataset.md decision 36).
 */
import type { Value } from "../dataset/define.ts";
import type { Entry } from "./entry.ts";
import type { ObjectionSubject, ObjectionToRecord, Objector } from "./objection-ports.ts";
import { identityOf } from "./patient-identity.ts";
import type { NewId, UnitOfWork } from "./ports.ts";
import type { WorkingRow } from "./working-row.ts";

const CODE = "OBJECTION_RECORDED";

/** Objections of this submission, for it to keep: see `collect` and `collectKnown`. */
export class Objections {
  readonly #stated: Entry[] = [];
  /** With the objection that stands. */
  readonly #known = new Map<Entry, string>();

  /** Refuses, or reminds of, what is known; notes what is new. To be called when every patient's entry has found its row. */
  async judge(entries: readonly Entry[], unit: Pick<UnitOfWork, "findObjections">): Promise<void> {
    const patients = entries.filter((entry) => entry.type.name === "PATIENT" && !entry.rejected && saysSomething(entry));
    if (patients.length === 0) return;
    const found = new Map((await unit.findObjections(patients.map(subjectOf))).map((one) => [one.position, one]));
    for (const [position, entry] of patients.entries()) {
      const objection = found.get(position);
      if (objection?.scope === "ALL") entry.reject(CODE);
      else if (objection !== undefined || statesObjection(entry)) entry.inform(CODE);
      if (objection?.scope === "NATIONAL") this.#known.set(entry, objection.id);
      else if (objection === undefined && statesObjection(entry)) this.#stated.push(entry);
    }
  }

  /** What accepted entries stated, once they are settled. */
  collect(newId: NewId): readonly ObjectionToRecord[] {
    return [...settledRows(this.#stated)].map(([row, entry]) => toRecord(row, entry, newId));
  }

  /** Of accepted entries those of patients who object already, once they are settled. */
  collectKnown(): readonly Objector[] {
    return [...settledRows(this.#known.keys())].flatMap(([row, entry]) => {
      const objectionId = this.#known.get(entry);
      return objectionId === undefined ? [] : [{ objectionId, subject: subjectOfRow(row) }];
    });
  }
}

/** Rows that are stored when all is done, each with the first accepted entry about it. */
function settledRows(entries: Iterable<Entry>): ReadonlyMap<WorkingRow, Entry> {
  const rows = new Map<WorkingRow, Entry>();
  for (const entry of entries) {
    const row = entry.row?.survivor;
    if (row === undefined || row.gone || entry.rejected || entry.outcome === "HELD" || rows.has(row)) continue;
    rows.set(row, entry);
  }
  return rows;
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

const subjectOfRow = ({ kin }: WorkingRow): ObjectionSubject => ({
  patientIds: kin.map(({ id }) => id),
  keys: kin.map(({ type, values }) => identityOf(type, values)),
});

function toRecord(row: WorkingRow, entry: Entry, newId: NewId): ObjectionToRecord {
  const statedOn = statedValue(entry, "auditObjectionDate");
  return {
    id: newId(),
    patientId: row.id,
    subject: subjectOfRow(row),
    statedOn: typeof statedOn === "string" ? statedOn : null,
  };
}
