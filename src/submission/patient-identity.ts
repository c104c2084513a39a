/** What identifies a patient within an organisation. */
import type { Value } from "../dataset/define.ts";
import type { CompiledItem, CompiledRecordType } from "../dataset/dictionary.ts";
import type { PatientKey } from "./ports.ts";
import type { WorkingRow } from "./working-row.ts";

export interface PatientIdentity extends PatientKey {
  readonly dateOfBirth: string | null;
}

/** What the values of a patient say. */
export const identityOf = (type: CompiledRecordType, values: readonly (Value | null)[]): PatientIdentity =>
  readIdentity(type, (item) => values[item.index] ?? null);

/** The identity a row will have if the entries matched to it so far are accepted. */
export const expectedIdentity = (row: WorkingRow): PatientIdentity => readIdentity(row.type, (item) => row.expected(item));

type ItemReader = (item: CompiledItem) => Value | null;

function readIdentity(type: CompiledRecordType, read: ItemReader): PatientIdentity {
  const textOf = (name: string): string | null => {
    const item = type.byName.get(name);
    const value = item === undefined ? null : read(item);
    return typeof value === "string" ? value : null;
  };
  return { nhsNumber: textOf("nhsNumber"), hospitalNumber: textOf("hospitalNumber"), dateOfBirth: textOf("dateOfBirth") };
}
