/** What of a record says which one it is. */
import { ANCHOR_DATE_ITEMS } from "./anchor-date.ts";
import type { CompiledRecordType } from "./dictionary.ts";

/** What a patient is found by, and what speaks against having found the right one. */
const PATIENT_ITEMS = ["nhsNumber", "hospitalNumber", "dateOfBirth"];

/** Names of the items by which a stored record of the type is found, or found to be another one. */
export function namingItems({ name, naturalKey }: CompiledRecordType): readonly string[] {
  if (name === "PATIENT") return PATIENT_ITEMS;
  const key = naturalKey.map((item) => item.name);
  return name === "REHABILITATION" ? [...key, ...ANCHOR_DATE_ITEMS] : key;
}
