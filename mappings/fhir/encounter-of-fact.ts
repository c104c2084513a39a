/** Finds the hospital spell a diagnosis or procedure belongs to (interop 1.7 item 2). */
import type { EncounterIndex, EncounterView, FactView, PatientFile } from "./patient-file.ts";

/**
 * The encounter a fact names, or that lists it among its diagnoses, or during which it is dated; of this patient only, and as the whole
 * spell it is a part of, or the stay an emergency attendance led to. None where the fact is of another month or year than the
 * encounter: an old illness told in a new contact.
 */
export function findEncounter({ use, encounter, date, partial }: FactView, { encounters }: PatientFile): EncounterView | null {
  const named = encounter === null ? undefined : encounters.byEntry.get(encounter);
  const found = named ?? encounters.byDiagnosis.get(use.entry);
  if (found !== undefined) {
    const attended = toSpell(found, encounters);
    const spell = findAdmission(attended, date !== null, encounters) ?? attended;
    return date === null && partial !== null && spell.start?.value.startsWith(partial.value) !== true ? null : spell;
  }
  return encounter !== null || date === null ? null : findStay(date.value, encounters);
}

/**
 * The stay an emergency attendance led to: begun while it lasted, or on the day it ended. An undated fact is of the day of the
 * attendance, and goes into a stay of that day only.
 */
function findAdmission(attended: EncounterView, isDated: boolean, { stays }: EncounterIndex): EncounterView | null {
  const { emergency, inpatient, start, end } = attended;
  if (!emergency || inpatient || start === null) return null;
  const last = isDated ? (end ?? start.value) : start.value;
  const begun = (stay: EncounterView): string => stay.start?.value ?? "";
  const led = stays.filter((stay) => begun(stay) >= start.value && begun(stay) <= last);
  return led.toSorted((one, other) => (begun(one) < begun(other) ? -1 : 1))[0] ?? null;
}

/** Of several stays of one day the one that began last: a transfer. */
const findStay = (date: string, { stays }: EncounterIndex): EncounterView | null =>
  stays
    .filter(({ start, discharge }) => start !== null && discharge !== null && start.value <= date && date <= discharge.value)
    .toSorted((one, other) => ((one.start?.value ?? "") < (other.start?.value ?? "") ? 1 : -1))[0] ?? null;

/** The outermost encounter this one is a part of; itself where it stands alone. Parts of each other end where they began. */
export function toSpell(encounter: EncounterView, { byEntry }: EncounterIndex): EncounterView {
  const passed = new Set<EncounterView>();
  let spell = encounter;
  for (let outer = outerOf(spell, byEntry); outer !== undefined && !passed.has(outer); outer = outerOf(spell, byEntry)) {
    passed.add(outer);
    spell = outer;
  }
  return spell;
}

const outerOf = ({ partOf }: EncounterView, byEntry: EncounterIndex["byEntry"]): EncounterView | undefined =>
  partOf === null ? undefined : byEntry.get(partOf);
