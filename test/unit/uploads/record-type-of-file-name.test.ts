import { describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import { recordTypeOfFileName } from "../../../src/dataset/record-type-of-file-name.ts";

const dictionary = compileDictionary(gw10);

describe("what a file's name says it holds", () => {
  it.each([
    ["assessment_2026.csv", "ASSESSMENT"],
    ["Assessments 2026-01.csv", "ASSESSMENT"],
    ["patient.csv", "PATIENT"],
    ["acuteEvent_jan.csv", "ACUTE_EVENT"],
    ["acute_event_jan.csv", "ACUTE_EVENT"],
    ["ACUTE-EVENTS.CSV", "ACUTE_EVENT"],
    ["initiating_event.csv", "INITIATING_EVENT"],
    ["comorbidities_2026.csv", "COMORBIDITY"],
    ["C:\\exports\\drug_1.csv", "DRUG"],
    ["monthly/treatment_1.csv", "TREATMENT"],
    ["patients-of-the-year.csv", null],
    ["drugs", "DRUG"],
    ["drugstore.csv", null],
    ["my_assessment.csv", null],
    ["export.zip", null],
    ["", null],
    [null, null],
  ])("%j: %s", (name, recordType) => {
    expect(recordTypeOfFileName(name, dictionary)).toBe(recordType);
  });

  it("is known for every record type by its name", () => {
    for (const { name } of dictionary.recordTypes) {
      expect(recordTypeOfFileName(`${name.toLowerCase()}_x.csv`, dictionary)).toBe(name);
    }
  });
});
