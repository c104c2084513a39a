/** Looks a clinical code up in the concept maps. */

import type { CodedTarget, CodeSystem } from "../support/coded-target.ts";
import { normaliseCode } from "../support/normalise-code.ts";
import { type ConceptGroup, type ConceptMaps, codesOf } from "./concept-group.ts";
import { ICD10_COMORBIDITY_MAP } from "./icd10-comorbidity-map.ts";
import { ICD10_MAP } from "./icd10-map.ts";
import { OPCS4_MAP } from "./opcs4-map.ts";
import { SNOMED_CARDIAC_MAP } from "./snomed-cardiac-map.ts";
import { SNOMED_COMORBIDITY_MAP } from "./snomed-comorbidity-map.ts";
import { SNOMED_HISTORY_MAP } from "./snomed-history-map.ts";
import { SNOMED_ISCHAEMIC_MAP } from "./snomed-ischaemic-map.ts";
import { SNOMED_PROCEDURE_MAP } from "./snomed-procedure-map.ts";
import { SNOMED_VASCULAR_RISK_MAP } from "./snomed-vascular-risk-map.ts";

/** What a code means for NACR, in the order of the maps; empty where the maps do not know it or it is malformed. */
export type LookUpCode = (system: CodeSystem, code: string) => readonly CodedTarget[];

/** The project's own selection; a site may build a look-up from other groups with `createLookUp`. */
export const CONCEPT_MAPS: ConceptMaps = {
  ICD10: [...ICD10_MAP, ...ICD10_COMORBIDITY_MAP],
  OPCS4: OPCS4_MAP,
  SNOMED: [
    ...SNOMED_ISCHAEMIC_MAP,
    ...SNOMED_CARDIAC_MAP,
    ...SNOMED_PROCEDURE_MAP,
    ...SNOMED_HISTORY_MAP,
    ...SNOMED_VASCULAR_RISK_MAP,
    ...SNOMED_COMORBIDITY_MAP,
  ],
};

const indexGroups = (groups: readonly ConceptGroup[]): ReadonlyMap<string, readonly CodedTarget[]> => {
  const index = new Map<string, CodedTarget[]>();
  for (const group of groups) {
    const target: CodedTarget = { role: group.role, key: group.key, group: group.group };
    for (const code of codesOf(group)) index.set(code, [...(index.get(code) ?? []), target]);
  }
  return index;
};

/** Builds a look-up over concept maps. A code that no group names takes the meaning of its category (ICD-10, OPCS-4). */
export const createLookUp = (maps: ConceptMaps): LookUpCode => {
  const index = { ICD10: indexGroups(maps.ICD10), OPCS4: indexGroups(maps.OPCS4), SNOMED: indexGroups(maps.SNOMED) };
  return (system, text) => {
    const normalised = normaliseCode(system, text);
    if (!normalised.ok) return [];
    const { code } = normalised;
    const category = system === "SNOMED" ? code : code.slice(0, 3);
    return index[system].get(code) ?? index[system].get(category) ?? [];
  };
};

/** The project's own concept maps. Any spelling of a code is taken (`normaliseCode`). */
export const lookUpCode: LookUpCode = createLookUp(CONCEPT_MAPS);
