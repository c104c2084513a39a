/** Patients that an entry names beside the one it describes: to be read, and locked, with it. */
import type { Entry, JudgedDraft } from "./entry.ts";
import type { OtherIdentity } from "./judge-correction.ts";
import { identityOf, type PatientIdentity } from "./patient-identity.ts";

export function namedPatients(entry: Entry): readonly OtherIdentity[] {
  if (entry.correction === null) return [];
  const replaced = replacedIdentity(entry);
  const { merges, unmerges } = entry.correction;
  return [...merges, ...unmerges, ...(replaced === null ? [] : [{ ...replaced, recordId: null }])];
}

/** Whether one of the drafts changes whose records are whose. */
export const mergesPatients = (drafts: readonly JudgedDraft[]): boolean =>
  drafts.some(({ correction }) => correction !== null && correction.merges.length + correction.unmerges.length > 0);

/** What the stored patient is known by, as far as the entry says that it is replaced. */
export function replacedIdentity({ type, correction }: Entry): PatientIdentity | null {
  const key = correction?.replaces?.key;
  if (key === undefined) return null;
  const values = type.items.map(({ index }) => key.get(index) ?? null);
  return identityOf(type, values);
}
