import { describe, expect, it } from "vitest";
import type { Spell } from "../../../mappings/support/coded-target.ts";
import { deriveEvents } from "../../../mappings/support/derive-events.ts";
import { loose, stay, summarise, summariseReport } from "./spell-builder.ts";

type Case = readonly [title: string, spells: readonly Spell[], expected: readonly string[]];

const check = (cases: readonly Case[]): void => {
  it.each(cases)("%s", (_title, spells, expected) => {
    expect(summarise(deriveEvents(spells))).toEqual(expected);
  });
};

const march = (facts: readonly string[], more: Partial<Spell> = {}): Spell => stay("v1", "2024-03-01", "2024-03-08", facts, more);

describe("Item 2: one event is chosen in a spell", () => {
  check([
    [
      "the primary diagnosis before a weightier one",
      [march(["ICD10:I35.0#1", "ICD10:I21.0#2"])],
      ["event 2024-03-01 VALVE_DISEASE"],
    ],
    [
      "another diagnosis where the primary one is no event",
      [march(["ICD10:J18.9#1", "ICD10:I21.4#2"])],
      ["event 2024-03-01 MI_NSTEMI"],
    ],
    [
      "the acute before the chronic where nothing is ranked",
      [march(["ICD10:I35.0", "ICD10:I46.0", "ICD10:I20.0"])],
      ["event 2024-03-01 CARDIAC_ARREST"],
    ],
    [
      "two messages of one visit are one spell",
      [march(["ICD10:I21.4#1"]), march(["OPCS4:K75.1@2024-03-02"])],
      ["event 2024-03-01 MI_NSTEMI + 2024-03-02 PCI"],
    ],
    [
      "without a visit number, one admission date is one spell",
      [
        { ...march(["ICD10:I21.4#1"]), id: null },
        { ...march(["OPCS4:K40.1@2024-03-04"]), id: null },
      ],
      ["event 2024-03-01 MI_NSTEMI + 2024-03-04 BYPASS_SURGERY"],
    ],
    [
      "two visits are two spells",
      [march(["ICD10:I21.4#1"]), stay("v2", "2024-09-01", "2024-09-03", ["ICD10:I50.0#1"])],
      ["event 2024-03-01 MI_NSTEMI", "event 2024-09-01 HEART_FAILURE"],
    ],
    [
      "a loose fact belongs to the visit during which it is dated",
      [march(["SNOMED:22298006@2024-03-01"]), loose("SNOMED:84114007@2024-03-04", "SNOMED:415070008@2024-03-05")],
      ["event 2024-03-01 MI_WITH_HEART_FAILURE + 2024-03-05 PCI"],
    ],
    ["no index diagnosis, no event", [march(["ICD10:J18.9#1", "ICD10:I10X#2"])], ["comorbidity HYPERTENSION"]],
  ]);

  it("gives the event the date of the diagnosis, where that fits the stay, and the end of a closed stay", () => {
    const derive = (facts: readonly string[], more: Partial<Spell> = {}) => {
      const [event] = deriveEvents([march(facts, more)]).events;
      return `${event?.eventDate} to ${event?.dischargeDate}`;
    };
    expect(derive(["ICD10:I21.0"])).toBe("2024-03-01 to 2024-03-08");
    expect(derive(["ICD10:I21.0@2024-03-03"])).toBe("2024-03-03 to 2024-03-08");
    expect(derive(["ICD10:I21.0@2024-02-28"])).toBe("2024-02-28 to 2024-03-08");
    expect(derive(["ICD10:I21.0@2024-04-15"])).toBe("2024-03-01 to 2024-03-08");
    expect(derive(["ICD10:I21.0"], { end: null, closed: false })).toBe("2024-03-01 to null");
    expect(derive(["ICD10:I21.0"], { closed: false })).toBe("2024-03-01 to null");
    expect(derive(["ICD10:I50.0@2019-05-05#1"])).toBe("2024-03-01 to 2024-03-08");
  });
});

describe("Item 3: the type of an infarction is never guessed", () => {
  check([
    ["transmural is STEMI", [march(["ICD10:I21.1#1"])], ["event 2024-03-01 MI_STEMI"]],
    ["subendocardial is NSTEMI", [march(["ICD10:I21.4#1"])], ["event 2024-03-01 MI_NSTEMI"]],
    ["unspecified stays unknown", [march(["ICD10:I21.9#1"])], ["event 2024-03-01 MI_UNKNOWN"]],
    ["subsequent stays unknown", [march(["ICD10:I22.0#1"])], ["event 2024-03-01 MI_UNKNOWN"]],
    ["a Q wave is not STEMI", [march(["SNOMED:304914007"])], ["event 2024-03-01 MI_UNKNOWN"]],
    [
      "an unspecified one takes the type another code states",
      [march(["SNOMED:22298006#1", "SNOMED:401303003#2"])],
      ["event 2024-03-01 MI_STEMI"],
    ],
    ["two different types are none", [march(["SNOMED:401303003", "SNOMED:401314000"])], ["event 2024-03-01 MI_UNKNOWN"]],
    ["but a primary type stands", [march(["SNOMED:401303003#1", "SNOMED:401314000#2"])], ["event 2024-03-01 MI_STEMI"]],
    ["acute coronary syndrome is for review", [march(["SNOMED:394659003#1"])], []],
    ["a complication alone is no infarction", [march(["ICD10:I23.0#1"])], []],
  ]);

  it("reports the review and the support", () => {
    expect(summariseReport(deriveEvents([march(["SNOMED:394659003", "ICD10:I23.0"])]))).toEqual([
      "394659003 DROPPED REVIEW_NEEDED",
      "I23.0 DROPPED SUPPORTS_ANOTHER_CODE",
    ]);
  });
});

describe("Item 4: an infarction with heart failure", () => {
  check([
    ["in one spell", [march(["ICD10:I21.0#1", "ICD10:I50.0#2"])], ["event 2024-03-01 MI_WITH_HEART_FAILURE"]],
    ["whichever is primary", [march(["ICD10:I50.0#1", "ICD10:I21.0#2"])], ["event 2024-03-01 MI_WITH_HEART_FAILURE"]],
    [
      "in two spells it is two events",
      [march(["ICD10:I21.0#1"]), stay("v2", "2024-06-01", "2024-06-03", ["ICD10:I50.0#1"])],
      ["event 2024-03-01 MI_STEMI", "event 2024-06-01 HEART_FAILURE"],
    ],
    [
      "an old infarction does not count",
      [march(["ICD10:I50.0#1", "ICD10:I25.2#2"])],
      ["event 2024-03-01 HEART_FAILURE", "previous null MI"],
    ],
    [
      "old heart failure does not count",
      [march(["ICD10:I21.0@2024-03-01#1", "ICD10:I50.0@2021-03-01#2"])],
      ["event 2024-03-01 MI_STEMI", "previous 2021-03-01 HEART_FAILURE"],
    ],
    [
      "nor does a history code of it",
      [march(["SNOMED:22298006#1", "SNOMED:161505003#2"])],
      ["event 2024-03-01 MI_UNKNOWN", "previous null HEART_FAILURE"],
    ],
    ["cardiomyopathy is not heart failure", [march(["ICD10:I21.0#1", "ICD10:I42.0#2"])], ["event 2024-03-01 MI_STEMI"]],
  ]);
});

describe("Item 5: history codes never open an event, and say no date", () => {
  const histories: readonly (readonly [string, string])[] = [
    ["ICD10:I25.2", "MI"],
    ["ICD10:Z95.1", "BYPASS_SURGERY"],
    ["ICD10:Z95.5", "ANGIOPLASTY_PCI"],
    ["ICD10:Z95.0", "OTHER"],
    ["ICD10:Z95.2", "OTHER_SURGERY"],
    ["ICD10:Z95.4", "OTHER_SURGERY"],
    ["ICD10:Z94.1", "TRANSPLANT"],
    ["SNOMED:399211009", "MI"],
    ["SNOMED:399261000", "BYPASS_SURGERY"],
    ["SNOMED:428375006", "ANGIOPLASTY_PCI"],
    ["SNOMED:429007001", "CARDIAC_ARREST"],
  ];
  it.each(histories)("%s is a previous %s", (code, type) => {
    expect(summarise(deriveEvents([march([`${code}@2024-03-01#1`])]))).toEqual([`previous null ${type}`]);
  });

  check([
    [
      "one code may say two",
      [march(["SNOMED:130541000119100"])],
      ["previous null ANGIOPLASTY_PCI", "previous null BYPASS_SURGERY"],
    ],
    ["two codes may say one", [march(["ICD10:I25.2"]), loose("SNOMED:399211009@2020-01-01")], ["previous null MI"]],
  ]);
});

describe("Item 8: no event where the patient died", () => {
  const spell = march(["ICD10:I21.0#1", "ICD10:I10X#2", "ICD10:Z95.1#3", "OPCS4:K75.1@2024-03-01"]);

  it("in the spell: reported as dropped, while history and comorbidities stand", () => {
    const result = deriveEvents([{ ...spell, died: true }]);
    expect(summarise(result)).toEqual(["previous null BYPASS_SURGERY", "comorbidity HYPERTENSION"]);
    expect(summariseReport(result)).toContain("I21.0 DROPPED DIED_IN_SPELL");
    expect(summariseReport(result)).toContain("K75.1 DROPPED DIED_IN_SPELL");
  });

  it.each([
    ["2024-02-01", 0],
    ["2024-03-01", 0],
    ["2024-03-08", 0],
    ["2024-03-09", 1],
    [null, 1],
  ])("date of death %s leaves %i event", (dateOfDeath, count) => {
    expect(deriveEvents([spell], { dateOfDeath }).events).toHaveLength(count);
  });

  it("leaves events of earlier spells alone", () => {
    const last = stay("v2", "2025-01-01", "2025-01-03", ["ICD10:I46.0#1"], { died: true });
    expect(summarise(deriveEvents([spell, last]))[0]).toBe("event 2024-03-01 MI_STEMI + 2024-03-01 PCI");
  });
});

describe("Item 9: contact with cardiac rehabilitation is handed over, not made into a record", () => {
  it.each(["ICD10:Z50.0", "OPCS4:U54.1", "SNOMED:733459009"])("%s", (code) => {
    const result = deriveEvents([march([`${code}@2024-03-05`])]);
    expect(result.rehabilitationContacts.map(({ date }) => date)).toEqual(["2024-03-05"]);
    expect(summarise(result)).toEqual([]);
    expect(result.report.map(({ reason }) => reason)).toEqual(["REHABILITATION_CONTACT"]);
  });
});

describe("Item 10: codes without a NACR option are reported, and make nothing", () => {
  it.each([
    "ICD10:I48.9",
    "ICD10:I25.1",
    "ICD10:I71.4",
    "ICD10:E66.9",
    "ICD10:F17.2",
    "OPCS4:K57.1",
    "OPCS4:X50.1",
    "OPCS4:L54.1",
    "SNOMED:53741008",
  ])("%s", (code) => {
    const result = deriveEvents([march([`${code}#1`])]);
    expect(summarise(result)).toEqual([]);
    expect(result.report.map(({ result: what, reason }) => `${what} ${reason}`)).toEqual(["DROPPED NO_NACR_OPTION"]);
  });

  check([
    ["COPD is chronic bronchitis", [march(["SNOMED:13645005"])], ["comorbidity CHRONIC_BRONCHITIS_COPD"]],
    ["stroke and TIA are one", [march(["ICD10:I63.9", "ICD10:G45.9"])], ["comorbidity STROKE_TIA"]],
    ["cardiomyopathy is its own event", [march(["ICD10:I42.1#1"])], ["event 2024-03-01 CARDIOMYOPATHY"]],
    [
      "a concept with two meanings sets both",
      [march(["SNOMED:231504006"])],
      ["comorbidity ANXIETY", "comorbidity DEPRESSION_HISTORY"],
    ],
    [
      "claudication is also arterial disease",
      [march(["ICD10:I73.9#1"])],
      ["event 2024-03-01 PERIPHERAL_ARTERIAL_DISEASE", "comorbidity CLAUDICATION"],
    ],
  ]);
});

describe("Item 13: medical management is never derived", () => {
  check([["a closed and coded infarction without procedure", [march(["ICD10:I21.4#1"])], ["event 2024-03-01 MI_NSTEMI"]]]);
});

describe("A diagnosis of the past", () => {
  check([
    [
      "in the spell's list but made years before is a previous event",
      [march(["ICD10:I21.0@2015-01-01#2", "ICD10:I50.0@2024-03-01#1"])],
      ["event 2024-03-01 HEART_FAILURE", "previous 2015-01-01 MI"],
    ],
    ["even as the primary one, where it is acute", [march(["ICD10:I21.0@2015-01-01#1"])], ["previous 2015-01-01 MI"]],
    ["28 days before the admission it is still the event", [march(["ICD10:I21.0@2024-02-02"])], ["event 2024-02-02 MI_STEMI"]],
    ["29 days before it no longer is", [march(["ICD10:I21.0@2024-02-01"])], ["previous 2024-02-01 MI"]],
    [
      "which stands as an event by itself is not said twice",
      [
        march(["ICD10:I21.0@2024-03-01#1"]),
        stay("v2", "2025-01-01", "2025-01-03", ["ICD10:I50.0#1", "ICD10:I21.0@2024-03-01#2"]),
      ],
      ["event 2024-03-01 MI_STEMI", "event 2025-01-01 HEART_FAILURE"],
    ],
    [
      "chronic and loose is a previous event of a later one",
      [loose("ICD10:I50.0@2018-05-01"), march(["ICD10:I21.4#1"])],
      ["event 2024-03-01 MI_NSTEMI", "previous 2018-05-01 HEART_FAILURE"],
    ],
    [
      "valve disease has no previous event of its own",
      [loose("ICD10:I35.0@2018-05-01"), march(["ICD10:I21.4#1"])],
      ["event 2024-03-01 MI_NSTEMI", "previous 2018-05-01 OTHER"],
    ],
    [
      "chronic and loose is the event where no other follows",
      [loose("ICD10:I20.9@2018-05-01", "ICD10:I50.0@2019-05-01")],
      ["event 2019-05-01 HEART_FAILURE", "previous 2018-05-01 ANGINA"],
    ],
    [
      "acute and loose is an event by itself",
      [loose("SNOMED:22298006@2018-05-01"), march(["ICD10:I21.4#1"])],
      ["event 2018-05-01 MI_UNKNOWN", "event 2024-03-01 MI_NSTEMI"],
    ],
    [
      "loose and after the event is an event",
      [loose("ICD10:I50.0@2025-05-01"), march(["ICD10:I21.4#1"])],
      ["event 2024-03-01 MI_NSTEMI", "event 2025-05-01 HEART_FAILURE"],
    ],
    [
      "loose and undated is a previous event beside a dated one",
      [loose("ICD10:I21.9"), march(["ICD10:I50.0#1"])],
      ["event 2024-03-01 HEART_FAILURE", "previous null MI"],
    ],
    ["loose, undated and alone is an event the dictionary will refuse", [loose("ICD10:I21.9")], ["event null MI_UNKNOWN"]],
    [
      "undated facts are not of one day",
      [loose("ICD10:I21.9", "ICD10:I50.0")],
      ["event null HEART_FAILURE", "event null MI_UNKNOWN"],
    ],
  ]);
});

describe("An index diagnosis that did not make the event", () => {
  it("is a comorbidity where it is angina, else has no place", () => {
    const result = deriveEvents([march(["ICD10:I21.0#1", "ICD10:I20.9#2", "ICD10:I35.0#3"])]);
    expect(summarise(result)).toEqual(["event 2024-03-01 MI_STEMI", "comorbidity ANGINA"]);
    expect(summariseReport(result)).toEqual([
      "I20.9 MAPPED COMORBIDITY ANGINA",
      "I21.0 MAPPED INITIATING_EVENT MI_STEMI",
      "I35.0 DROPPED NOT_THE_INDEX_DIAGNOSIS",
    ]);
  });
});
