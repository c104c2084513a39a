/**
 * What the targets of reference code tables are called in our maps, and which of their rows are not believed (interop, Decisions:
 * "Corrections before use"). A table names a target and often an action or role; a target that is not listed here has our name already.
 */
import type { CodeSystem } from "../support/coded-target.ts";

/**
 * Groups a row may mean. Where the maps know the code in one of them already, that is the meaning (a biventricular pacemaker is a CRT);
 * a code the maps do not know goes to the first. Empty: known, and no matter of these maps.
 */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  "CABG revision": ["CABG_REVISION"],
  "TRANSPLANT revision": ["TRANSPLANT_REVISION"],
  "MITRAL_VALVE revision": ["VALVE_REVISION"],
  "AORTIC_VALVE revision": ["VALVE_REVISION"],
  "TRICUSPID_VALVE revision": ["VALVE_REVISION"],
  "PULMONARY_VALVE revision": ["VALVE_REVISION"],
  "VALVE_UNSPECIFIED revision": ["VALVE_REVISION"],
  "ICD renewal": ["ICD_RENEWAL"],
  "ICD none": ["ICD_REMOVAL"],
  "PACEMAKER renewal": ["PACEMAKER_RENEWAL"],
  "PACEMAKER none": ["PACEMAKER_REMOVAL"],
  "PACEMAKER new": ["PACEMAKER", "CRT"],
  "LVAD removal": ["LVAD_REMOVAL"],
  "LVAD review": ["LVAD_UNCLEAR"],
  "CORONARY_THROMBOLYSIS_OR_INJECTION review": ["CORONARY_INJECTION"],
  "AORTIC_VALVE treatment": ["AORTIC_VALVE", "TAVI"],
  COPD: ["CHRONIC_BRONCHITIS_COPD", "EMPHYSEMA_COPD"],
  // Which of the two a code is cannot be told from the target: codes the maps do not know are refused.
  TAVI_APPROACH: [],
  // Care plans, services, roles and findings of smoking are read elsewhere (fhir-systems, lifestyle-codes).
  CAREPLAN_CARDIAC: [],
  CAREPLAN_HF: [],
  REHAB_NURSE: [],
  SMOKER: [],
  EX_SMOKER: [],
  NEVER_SMOKED: [],
  NONE: [],
};

/** @returns the groups a row's target may mean; the target itself where it is not listed */
export const groupsOfTarget = (target: string, action: string): readonly string[] =>
  TARGETS[`${target} ${action}`] ?? TARGETS[target] ?? [target];

interface Correction {
  readonly system: CodeSystem;
  /** Codes in normal form; of ICD-10 and OPCS-4 also categories, for all their codes. */
  readonly codes: readonly string[];
  readonly why: string;
}

/** Codes for which the shipped maps stand, whatever a site's table says; a code they do not know then has no meaning. */
const CORRECTIONS: readonly Correction[] = [
  {
    system: "SNOMED",
    codes: ["408546009", "440332008", "726011000", "175066001", "175006004"],
    why: "listed as bypass; an occluded graft, an angiogram, two angioplasties and an unnamed operation",
  },
  {
    system: "SNOMED",
    codes: ["175036008", "175037004", "175038009", "175039001", "175040004"],
    why: "listed as bypass; revisions of one, as in OPCS-4",
  },
  { system: "SNOMED", codes: ["864091000000103", "160613002"], why: "listed as smoker; say nothing about status" },
  { system: "ICD10", codes: ["M05", "M06"], why: "listed as rheumatism; rheumatoid arthritis" },
  { system: "ICD10", codes: ["I461"], why: "sudden death is no event for rehabilitation" },
  { system: "ICD10", codes: ["C44"], why: "skin cancer other than melanoma does not count" },
];

/** Whether the shipped meaning of a code stands against a site's table. */
export function isCorrected(system: CodeSystem, code: string): boolean {
  return CORRECTIONS.some(
    (correction) =>
      correction.system === system &&
      (correction.codes.includes(code) || (system !== "SNOMED" && correction.codes.includes(code.slice(0, 3)))),
  );
}

/** Tables have rheumatoid disease under rheumatism; its own name tells. */
export const correctTarget = (target: string, label: string): string =>
  target === "RHEUMATISM" && /rheumatoid/i.test(label) ? "ARTHRITIS_RHEUMATOID" : target;

/** Drug classes of reference tables, by the keys of the dictionary's list. */
export const DRUG_CLASS_OF_TARGET: Readonly<Record<string, string>> = {
  ANTIPLATELET: "OTHER_ANTIPLATELET",
  CLOPIDOGREL: "OTHER_ANTIPLATELET",
  WARFARIN: "ANTICOAGULANT",
  DIGOXIN: "OTHER",
};
