/** By which values the stored row is named that a record corrects the key of (`replaces`). */
import { ANCHOR_DATE_ITEMS } from "./anchor-date.ts";
import type { CompiledItem, CompiledRecordType } from "./dictionary.ts";

/** What identifies a patient, whose type has no natural key of its own (dataset Decision 10). */
const PATIENT_KEY = ["nhsNumber", "hospitalNumber", "dateOfBirth"] as const;
/** What a sender says beside them: whether the NHS number it replaces was the patient's once. */
export const SUPERSEDED = "nhsNumberSuperseded";

/** The natural key of a type; of a rehabilitation the dates of which one is its anchor; of a patient what identifies it. */
export function correctableKey(type: CompiledRecordType): readonly CompiledItem[] {
  const names: readonly string[] | null =
    type.definition.parent === null ? PATIENT_KEY : type.name === "REHABILITATION" ? ANCHOR_DATE_ITEMS : null;
  return names === null ? type.naturalKey : names.flatMap((name) => type.byName.get(name) ?? []);
}
