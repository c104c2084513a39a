import { describe, expect, it } from "vitest";
import { CONCEPT_MAPS, createLookUp, lookUpCode } from "../../../mappings/concept-maps/clinical-codes.ts";
import { codesOf } from "../../../mappings/concept-maps/concept-group.ts";
import { findMapFaults } from "../../../mappings/concept-maps/map-faults.ts";
import type { CodeSystem } from "../../../mappings/support/coded-target.ts";

const meaningsOf = (system: CodeSystem, code: string): readonly string[] =>
  lookUpCode(system, code).map(({ role, key }) => (key === null ? role : `${role} ${key}`));

describe("The shipped concept maps", () => {
  it("name only options of the dictionary, well-formed codes and no meaning twice", () => {
    expect(findMapFaults(CONCEPT_MAPS)).toEqual([]);
  });

  it("hold a selection, not a whole terminology", () => {
    const concepts = new Set(CONCEPT_MAPS.SNOMED.flatMap(codesOf));
    expect(concepts.size).toBeGreaterThan(400);
    expect(concepts.size).toBeLessThan(800);
  });

  it("never let a code be an event and have no option at once", () => {
    for (const system of ["ICD10", "OPCS4", "SNOMED"] as const) {
      for (const code of CONCEPT_MAPS[system].flatMap(codesOf)) {
        const roles = new Set(lookUpCode(system, code).map(({ role }) => role));
        expect(roles.has("NO_OPTION") && roles.size > 1, `${system} ${code}`).toBe(false);
      }
    }
  });

  it("control: spoilt maps are found out", () => {
    const [first] = CONCEPT_MAPS.SNOMED;
    if (first === undefined) throw new Error("no group");
    const spoil = (group: object) => findMapFaults({ ...CONCEPT_MAPS, SNOMED: [{ ...first, ...group }] });
    expect(spoil({ key: "HEART_ATTACK" })).toHaveLength(1);
    expect(spoil({ source: " " })).toHaveLength(1);
    expect(spoil({ codes: [["22298007", "wrong check digit"]] })).toHaveLength(1);
    expect(spoil({ codes: [["37436014", "a description"]] })).toHaveLength(1);
    expect(
      spoil({
        codes: [
          ["22298006", "once"],
          ["22298006", "twice"],
        ],
      }),
    ).not.toEqual([]);
    const otherMeaning = { ...first, group: "OTHER", role: "NO_OPTION" as const, key: null };
    expect(findMapFaults({ ...CONCEPT_MAPS, SNOMED: [first, otherMeaning] }).length).toBe(first.codes.length);
    expect(spoil({})).toEqual([]);
  });
});

describe("A code has its meaning", () => {
  const meanings: readonly [CodeSystem, string, readonly string[]][] = [
    ["ICD10", "I21.0", ["INDEX MI_STEMI"]],
    ["ICD10", "I21.3", ["INDEX MI_STEMI"]],
    ["ICD10", "I21.4", ["INDEX MI_NSTEMI"]],
    ["ICD10", "I21.9", ["INDEX MI_UNKNOWN"]],
    ["ICD10", "I22.8", ["INDEX MI_UNKNOWN"]],
    ["ICD10", "I23.0", ["SUPPORT"]],
    ["ICD10", "I24.1", ["SUPPORT"]],
    ["ICD10", "I25.1", ["NO_OPTION"]],
    ["ICD10", "I25.2", ["PREVIOUS_EVENT MI"]],
    ["ICD10", "I11.0", ["INDEX HEART_FAILURE"]],
    ["ICD10", "I11.9", ["COMORBIDITY HYPERTENSION"]],
    ["ICD10", "I10X", ["COMORBIDITY HYPERTENSION"]],
    ["ICD10", "I48.9", ["NO_OPTION"]],
    ["ICD10", "I48X", ["NO_OPTION"]],
    ["ICD10", "I46.0", ["INDEX CARDIAC_ARREST"]],
    ["ICD10", "I46.1", ["NOT_AN_EVENT"]],
    ["ICD10", "I42.0", ["INDEX CARDIOMYOPATHY"]],
    ["ICD10", "I73.9", ["INDEX PERIPHERAL_ARTERIAL_DISEASE", "COMORBIDITY CLAUDICATION"]],
    ["ICD10", "F41.2", ["COMORBIDITY ANXIETY", "COMORBIDITY DEPRESSION_HISTORY"]],
    ["ICD10", "M06.9", ["COMORBIDITY ARTHRITIS_RHEUMATOID"]],
    ["ICD10", "M79.0", ["COMORBIDITY RHEUMATISM"]],
    ["ICD10", "Z86.7", ["REVIEW"]],
    ["ICD10", "Q26.0", ["REVIEW"]],
    ["ICD10", "C43.9", ["COMORBIDITY CANCER"]],
    ["ICD10", "C44.3", ["NO_OPTION"]],
    ["ICD10", "Z50.0", ["REHABILITATION"]],
    ["OPCS4", "K75.1", ["TREATMENT PCI"]],
    ["OPCS4", "K50.2", ["REVIEW"]],
    ["OPCS4", "K44.1", ["TREATMENT BYPASS_SURGERY"]],
    ["OPCS4", "K44.2", ["NOT_AN_EVENT"]],
    ["OPCS4", "K47.1", ["TREATMENT OTHER_SURGERY"]],
    ["OPCS4", "K63.1", ["NOT_AN_EVENT"]],
    ["OPCS4", "K54.1", ["TREATMENT LV_ASSIST_DEVICE"]],
    ["OPCS4", "K54.2", ["NOT_AN_EVENT"]],
    ["OPCS4", "K59.6", ["TREATMENT ICD"]],
    ["OPCS4", "K59.4", ["NOT_AN_EVENT"]],
    ["OPCS4", "K60.7", ["TREATMENT CRT"]],
    ["OPCS4", "K60.3", ["NOT_AN_EVENT"]],
    ["OPCS4", "K57.1", ["NO_OPTION"]],
    ["OPCS4", "L54.1", ["NO_OPTION"]],
    ["OPCS4", "U54.1", ["REHABILITATION"]],
    ["SNOMED", "401303003", ["INDEX MI_STEMI"]],
    ["SNOMED", "401314000", ["INDEX MI_NSTEMI"]],
    ["SNOMED", "304914007", ["INDEX MI_UNKNOWN"]],
    ["SNOMED", "394659003", ["REVIEW"]],
    ["SNOMED", "371068009", ["SUPPORT"]],
    ["SNOMED", "53741008", ["NO_OPTION"]],
    ["SNOMED", "130541000119100", ["PREVIOUS_EVENT BYPASS_SURGERY", "PREVIOUS_EVENT ANGIOPLASTY_PCI"]],
    ["SNOMED", "231504006", ["COMORBIDITY ANXIETY", "COMORBIDITY DEPRESSION_HISTORY"]],
    ["SNOMED", "10692761000119107", ["COMORBIDITY CHRONIC_BRONCHITIS_COPD", "COMORBIDITY ASTHMA"]],
    ["SNOMED", "726011000", ["TREATMENT PCI"]],
    ["SNOMED", "175066001", ["TREATMENT PCI"]],
    ["SNOMED", "725351001", ["TREATMENT TAVI"]],
    ["SNOMED", "733459009", ["REHABILITATION"]],
  ];
  it.each(meanings)("%s %s", (system, code, expected) => {
    expect(meaningsOf(system, code)).toEqual(expected);
  });

  const without: readonly [CodeSystem, string, string][] = [
    ["SNOMED", "408546009", "occlusion of a bypass graft is no bypass"],
    ["SNOMED", "175006004", "an unnamed coronary operation is no bypass"],
    ["SNOMED", "15777000", "prediabetes"],
    ["SNOMED", "11687002", "gestational diabetes"],
    ["SNOMED", "22298007", "wrong check digit"],
    ["ICD10", "I73.0", "Raynaud's syndrome is no peripheral arterial disease"],
    ["ICD10", "I44.0", "first degree block"],
    ["ICD10", "O24.4", "gestational diabetes"],
    ["ICD10", "I62.0", "subdural haemorrhage is no stroke"],
    ["OPCS4", "W37.1", "hip replacement"],
  ];
  it.each(without)("%s %s has none: %s", (system, code) => {
    expect(meaningsOf(system, code)).toEqual([]);
  });

  it("counts the graft angiogram 440332008 as a test, not as a bypass", () => {
    expect(meaningsOf("SNOMED", "440332008")).toEqual(["NOT_AN_EVENT"]);
  });
});

describe("A site's own maps", () => {
  it("replace the project's", () => {
    const lookUp = createLookUp({
      ICD10: [],
      OPCS4: [],
      SNOMED: [
        { group: "AF", label: "AF", role: "INDEX", key: "ARRHYTHMIA", status: "D", source: "site", codes: [["49436004", "AF"]] },
      ],
    });
    expect(lookUp("SNOMED", "49436004")).toEqual([{ role: "INDEX", key: "ARRHYTHMIA", group: "AF" }]);
    expect(lookUp("ICD10", "I21.0")).toEqual([]);
  });
});
