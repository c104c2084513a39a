/** What identifies a patient within an organisation. */
import type { Value } from "../dataset/define.ts";
import type { CompiledRecordType } from "../dataset/dictionary.ts";
import type { PatientKey } from "./ports.ts";

export interface PatientIdentity extends PatientKey {
  readonly dateOfBirth: string | null;
}

export function identityOf(type: CompiledRecordType, values: readonly (Value | null)[]): PatientIdentity {
  return {
    nhsNumber: textOf(type, values, "nhsNumber"),
    hospitalNumber: textOf(type, values, "hospitalNumber"),
    dateOfBirth: textOf(type, values, "dateOfBirth"),
  };
}

function textOf(type: CompiledRecordType, values: readonly (Value | null)[], name: string): string | null {
  const item = type.byName.get(name);
  const value = item ? values[item.index] : null;
  return typeof value === "string" ? value : null;
}
