/** Looks for faults in concept maps; used on our own maps, and on spoilt ones as a control. */

import type { ConceptMaps } from "../../../mappings/concept-maps/clinical-codes.ts";
import { codesOf } from "../../../mappings/concept-maps/concept-group.ts";
import type { CodeSystem } from "../../../mappings/support/coded-target.ts";
import { normaliseCode } from "../../../mappings/support/normalise-code.ts";
import { comorbidityType, eventType, previousEventType, treatmentType } from "../../../schema/nacr/gw-1.0/code-lists-clinical.ts";

const keysOf = (list: { readonly options: readonly { readonly key: string }[] }): ReadonlySet<string> =>
  new Set(list.options.map(({ key }) => key));

const LISTS: Readonly<Record<string, ReadonlySet<string>>> = {
  INDEX: keysOf(eventType),
  PREVIOUS_EVENT: keysOf(previousEventType),
  COMORBIDITY: keysOf(comorbidityType),
  TREATMENT: keysOf(treatmentType),
};

const SYSTEMS: readonly CodeSystem[] = ["ICD10", "OPCS4", "SNOMED"];

/** One text per fault: a key outside its list, a code that is none or not in normal form, a code twice in one role, no source. */
export const findMapFaults = (maps: ConceptMaps): readonly string[] =>
  SYSTEMS.flatMap((system) => {
    const seen = new Map<string, string>();
    return maps[system].flatMap((group) => {
      const faults: string[] = [];
      const list = LISTS[group.role];
      if (list === undefined ? group.key !== null : !list.has(String(group.key))) faults.push(`${group.group}: key ${group.key}`);
      if (group.source.trim() === "" || group.label.trim() === "") faults.push(`${group.group}: no source or label`);
      for (const code of codesOf(group)) {
        const normalised = normaliseCode(system, code);
        if (!normalised.ok) faults.push(`${group.group}: ${code} ${normalised.reason}`);
        else if (normalised.code !== code) faults.push(`${group.group}: ${code} is not in normal form`);
        const meaning = `${code} ${group.role} ${group.key}`;
        if (seen.has(meaning)) faults.push(`${group.group}: ${code} also in ${seen.get(meaning)}`);
        seen.set(meaning, group.group);
      }
      return faults;
    });
  });
