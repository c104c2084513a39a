/** What one rehabilitation counts for: each case is written from the published rules, not from the code (dataset page 5.2 and 6). */
import { describe, expect, it } from "vitest";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import { STANDARD_NAMES } from "../../../src/records/standard-movement.ts";
import { auditYearOf, contributionsOf, priorityGroupOf, type RehabilitationFacts } from "../../../src/standards/contributions.ts";
import { STANDARD_ITEMS, STANDARDS } from "../../../src/standards/standards-data.ts";

const facts = (more: Partial<RehabilitationFacts> = {}): RehabilitationFacts => ({
  eventType: "MI_STEMI",
  eventReferralDate: null,
  treatmentTypes: [],
  referralDate: "2025-05-01",
  coreStartDate: "2025-06-01",
  coreEndDate: "2025-08-10",
  assessments: [],
  ...more,
});

const valuesOf = (more: Partial<RehabilitationFacts>): Readonly<Record<string, number>> =>
  Object.fromEntries(contributionsOf(facts(more)).map(({ standard, value }) => [standard, value]));

describe("the audit year", () => {
  it.each([
    ["2025-03-31", 2024],
    ["2025-04-01", 2025],
    ["2026-01-15", 2025],
  ])("of %s began in %i", (date, year) => {
    expect(auditYearOf(date)).toBe(year);
  });

  it("is that of the core start, for every standard", () => {
    const years = contributionsOf(facts({ coreStartDate: "2026-03-31", coreEndDate: "2026-06-30", assessments: [] }));
    expect(new Set(years.map(({ auditYear }) => auditYear))).toEqual(new Set([2025]));
  });
});

describe("the priority group", () => {
  it.each([
    ["HEART_FAILURE", ["BYPASS_SURGERY"], "HEART_FAILURE"],
    ["MI_WITH_HEART_FAILURE", ["PCI"], "HEART_FAILURE"],
    ["MI_NSTEMI", ["PCI", "BYPASS_SURGERY"], "CABG"],
    ["MI_UNKNOWN", ["PRIMARY_PCI"], "MI_PCI"],
    ["ANGINA", ["STAGED_PCI"], "PCI"],
    ["MI_STEMI", ["MEDICAL_MANAGEMENT"], "MI"],
    ["VALVE_DISEASE", ["TAVI"], null],
  ] as const)("of %s with %j is %s", (eventType, treatmentTypes, group) => {
    expect(priorityGroupOf({ eventType, treatmentTypes })).toBe(group);
  });
});

describe("a rehabilitation", () => {
  it("counts for nothing before its core has started", () => {
    expect(contributionsOf(facts({ coreStartDate: null }))).toEqual([]);
  });

  it("after an infarction counts its wait, its duration and its assessments", () => {
    expect(valuesOf({ assessments: [{ number: 1, date: "2025-05-20" }] })).toEqual({
      DURATION: 70,
      ASSESSMENT_1: 1,
      MI_PCI_WAIT: 31,
      ASSESSMENT_2: 0,
    });
  });

  it("after bypass surgery has its wait with the others of its group only", () => {
    const values = valuesOf({ treatmentTypes: ["BYPASS_SURGERY"] });
    expect(values).toMatchObject({ CABG_WAIT: 31 });
    expect(values).not.toHaveProperty("MI_PCI_WAIT");
  });

  it("waits from the referral of its event where it has none of its own", () => {
    expect(valuesOf({ referralDate: null, eventReferralDate: "2025-05-22" })).toMatchObject({ MI_PCI_WAIT: 10 });
    expect(valuesOf({ eventReferralDate: "2025-05-22" })).toMatchObject({ MI_PCI_WAIT: 31 });
    expect(valuesOf({ referralDate: null })).not.toHaveProperty("MI_PCI_WAIT");
  });

  it.each([
    ["2024-06-01", 365],
    ["2025-06-01", 0],
  ])("referred on %s waits %i days, which still counts", (referralDate, days) => {
    expect(valuesOf({ referralDate })).toMatchObject({ MI_PCI_WAIT: days });
  });

  it.each(["2024-05-31", "2025-06-02"])("referred on %s has a wait that is left out", (referralDate) => {
    expect(valuesOf({ referralDate })).not.toHaveProperty("MI_PCI_WAIT");
  });

  it.each([
    ["2025-10-08", 1],
    ["2025-10-09", 0],
  ])("with assessment 2 on %s, after one on 21 May, counts %i for it: 20 weeks", (date, value) => {
    const assessments = [
      { number: 1, date: "2025-05-21" },
      { number: 2, date },
    ];
    expect(valuesOf({ assessments })).toMatchObject({ ASSESSMENT_1: 1, ASSESSMENT_2: value });
  });

  it("counts assessment 2 also without assessment 1", () => {
    expect(valuesOf({ assessments: [{ number: 2, date: "2025-08-20" }] })).toMatchObject({ ASSESSMENT_1: 0, ASSESSMENT_2: 1 });
  });
});

describe("the standards as data", () => {
  it("are the seven published ones, in their order", () => {
    expect(STANDARDS.map(({ name }) => name)).toEqual(STANDARD_NAMES);
    expect(STANDARDS.map(({ kpi }) => kpi)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("name items that the dictionary has", () => {
    const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
    const missing = Object.entries(STANDARD_ITEMS).flatMap(([type, names]) =>
      names.filter((name) => !dictionary?.recordTypes.find((known) => known.name === type)?.byName.has(name)),
    );
    expect(missing).toEqual([]);
  });
});
