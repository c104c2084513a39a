/** The groups that the national side keeps instead of the dataset's finer codes (assurance.md 4.3, categories of the first cube). */
import type { CodeKey } from "../../schema/nacr/gw-1.0/index.ts";

/** Where the programme is. */
export const NATIONS = ["ENGLAND", "WALES", "NORTHERN_IRELAND"] as const;

export const ETHNIC_GROUPS = ["WHITE", "MIXED", "ASIAN", "BLACK", "CHINESE_OR_OTHER", "NOT_STATED"] as const;
export type EthnicGroup = (typeof ETHNIC_GROUPS)[number];

export const EVENT_GROUPS = ["MI", "ANGINA", "HEART_FAILURE", "RHYTHM", "STRUCTURAL", "TREATMENT", "OTHER"] as const;
export type EventGroup = (typeof EVENT_GROUPS)[number];

export const TREATMENT_GROUPS = ["PCI", "CABG", "VALVE", "DEVICE", "NONE_OR_OTHER"] as const;
export type TreatmentGroup = (typeof TREATMENT_GROUPS)[number];

/** How far the rehabilitation came; each includes having been referred. */
export const STAGES = ["REFERRED_ONLY", "STARTED_NOT_COMPLETED", "COMPLETED"] as const;
export type Stage = (typeof STAGES)[number];

/** The sixteen groups of the 2001 census in the six of its first level; both ways of not knowing are one. */
export const ETHNIC_GROUP_OF: Readonly<Record<CodeKey<"EthnicGroup">, EthnicGroup>> = {
  WHITE_BRITISH: "WHITE",
  WHITE_IRISH: "WHITE",
  WHITE_OTHER: "WHITE",
  WHITE_BLACK_CARIBBEAN: "MIXED",
  WHITE_BLACK_AFRICAN: "MIXED",
  WHITE_ASIAN: "MIXED",
  ANY_OTHER_MIXED: "MIXED",
  INDIAN: "ASIAN",
  PAKISTANI: "ASIAN",
  BANGLADESHI: "ASIAN",
  OTHER_ASIAN: "ASIAN",
  BLACK_CARIBBEAN: "BLACK",
  BLACK_AFRICAN: "BLACK",
  BLACK_OTHER: "BLACK",
  CHINESE: "CHINESE_OR_OTHER",
  OTHER_ETHNIC_GROUP: "CHINESE_OR_OTHER",
  NOT_STATED: "NOT_STATED",
  NOT_KNOWN: "NOT_STATED",
};

/** An infarction with heart failure counts as heart failure (dataset.md, Decision 27: heart failure comes first). */
export const EVENT_GROUP_OF: Readonly<Record<CodeKey<"EventType">, EventGroup>> = {
  MI_STEMI: "MI",
  MI_NSTEMI: "MI",
  MI_UNKNOWN: "MI",
  SCAD: "MI",
  MI_WITH_HEART_FAILURE: "HEART_FAILURE",
  HEART_FAILURE: "HEART_FAILURE",
  CARDIOMYOPATHY: "HEART_FAILURE",
  UNSTABLE_ANGINA: "ANGINA",
  ANGINA: "ANGINA",
  ARRHYTHMIA: "RHYTHM",
  CARDIAC_ARREST: "RHYTHM",
  VALVE_DISEASE: "STRUCTURAL",
  CONGENITAL_HEART: "STRUCTURAL",
  USE_TREATMENT: "TREATMENT",
  PERIPHERAL_ARTERIAL_DISEASE: "OTHER",
  HIGH_RISK: "OTHER",
  OTHER: "OTHER",
  UNKNOWN: "OTHER",
};

/** Unknown says nothing of a treatment, so it is in no group. */
export const TREATMENT_GROUP_OF: Readonly<Record<CodeKey<"TreatmentType">, TreatmentGroup | null>> = {
  PCI: "PCI",
  PRIMARY_PCI: "PCI",
  STAGED_PCI: "PCI",
  BYPASS_SURGERY: "CABG",
  AORTIC_VALVE_REPAIR_REPLACE: "VALVE",
  MITRAL_VALVE_REPAIR_REPLACE: "VALVE",
  TRICUSPID_VALVE_REPAIR_REPLACE: "VALVE",
  TAVI: "VALVE",
  LV_ASSIST_DEVICE: "DEVICE",
  PACEMAKER: "DEVICE",
  ICD: "DEVICE",
  CRT: "DEVICE",
  TRANSPLANT: "NONE_OR_OTHER",
  OTHER_SURGERY: "NONE_OR_OTHER",
  MEDICAL_MANAGEMENT: "NONE_OR_OTHER",
  NONE: "NONE_OR_OTHER",
  UNKNOWN: null,
};

/** The group of a stored key; null for a key that no list has, and for none. */
export function groupOf<Group>(groups: Readonly<Record<string, Group>>, key: string | null): Group | null {
  return key !== null && Object.hasOwn(groups, key) ? (groups[key] ?? null) : null;
}
