import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StandardName } from "../../../src/records/standard-movement.ts";
import { certify, colourOf } from "../../../src/reporting/certify.ts";
import { chooseThreshold } from "../../../src/reporting/choose-threshold.ts";
import { discloseCertification } from "../../../src/reporting/disclose-certification.ts";
import { latenessOf } from "../../../src/reporting/lateness.ts";
import { auditYearIn, readPeriod } from "../../../src/reporting/period.ts";
import { quartilesOf } from "../../../src/reporting/quartiles.ts";
import { SHIPPED_THRESHOLDS } from "../../../src/reporting/shipped-thresholds.ts";
import type { Threshold } from "../../../src/reporting/threshold.ts";
import { naiveMedian } from "../../support/reporting-oracle.ts";

const staff = ["Nurse", "Dietitian", "Physiotherapist"].map((profession) => ({ profession, wte: 1, regular: true }));
const survey = {
  id: "1",
  auditYear: 2020,
  recordedAt: "",
  staff,
  groupsOffered: ["MI", "MI_PCI", "PCI", "CABG", "HEART_FAILURE"] as const,
};
const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);
/** England 2020: everything met to the day and the per cent. */
const JUST: Readonly<Record<string, readonly number[]>> = {
  DURATION: [55, 57],
  ASSESSMENT_1: [...times(80, 1), ...times(20, 0)],
  CABG_WAIT: times(20, 46),
  MI_PCI_WAIT: times(20, 33),
  ASSESSMENT_2: [...times(57, 1), ...times(43, 0)],
};
const certified = (values: Readonly<Record<string, readonly number[]>>, thresholds: readonly Threshold[] = []) =>
  certify({
    auditYear: 2020,
    nation: "ENGLAND",
    survey,
    thresholds,
    values: new Map(Object.entries(values) as [StandardName, readonly number[]][]),
  });

describe("the colour", () => {
  it("is green at the thresholds themselves, and provisional as long as one is not confirmed", () => {
    const { colour, provisional, next } = certified(JUST);
    expect({ colour, next }).toEqual({ colour: "GREEN", next: null });
    expect(provisional.map(({ standard, code }) => [standard, code])).toEqual([["ASSESSMENT_2", "UNCONFIRMED_THRESHOLD"]]);
  });

  it.each([
    ["DURATION", [55, 56.5]],
    ["ASSESSMENT_1", [...times(79, 1), ...times(21, 0)]],
    ["CABG_WAIT", times(20, 47)],
    ["MI_PCI_WAIT", times(20, 34)],
    ["ASSESSMENT_2", [...times(56, 1), ...times(44, 0)]],
  ])("is amber, one standard from green, when %s just fails", (standard, values) => {
    const { colour, next, standards } = certified({ ...JUST, [standard]: values });
    expect({ colour, next }).toEqual({ colour: "AMBER", next: { colour: "GREEN", standards: 1 } });
    expect(standards.find(({ verdict }) => verdict === "NOT_MET")).toMatchObject({ standard });
  });

  it("goes by the number of standards met", () => {
    expect([0, 1, 3, 4, 6, 7].map(colourOf)).toEqual(["FAIL", "RED", "RED", "AMBER", "AMBER", "GREEN"]);
  });

  it("counts a standard without data as not met, and says so", () => {
    const { met, provisional } = certified({ ...JUST, CABG_WAIT: [] });
    expect(met).toBe(6);
    expect(provisional).toContainEqual(expect.objectContaining({ standard: "CABG_WAIT", code: "NO_DATA" }));
  });

  it("needs as many more assessments as it says", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, share) => {
        const has = Math.floor(count * share);
        const result = (extra: number) =>
          certified({ ...JUST, ASSESSMENT_1: [...times(has + extra, 1), ...times(count - has - extra, 0)] }).standards[3];
        const amount = result(0)?.shortfall?.amount;
        if (amount === undefined) return result(0)?.verdict === "MET";
        return result(amount)?.verdict === "MET" && result(amount - 1)?.verdict === "NOT_MET";
      }),
      { numRuns: 200 },
    );
  });
});

describe("thresholds", () => {
  it("are the published ones, three nations and seven standards for each of five years", () => {
    expect(SHIPPED_THRESHOLDS).toHaveLength(105);
    expect(chooseThreshold([], { standard: "CABG_WAIT", nation: "NORTHERN_IRELAND", auditYear: 2019 })?.value).toBe(52);
  });

  it("of an earlier year stand in for a year without, and a site's row comes first", () => {
    const wanted = { standard: "DURATION", nation: "WALES", auditYear: 2025 } as const;
    expect(chooseThreshold([], wanted)).toMatchObject({ auditYear: 2022, isEarlier: true });
    const row: Threshold = { ...wanted, operator: "AT_LEAST", value: 50, basis: "COMPUTED", status: "CONFIRMED", source: "cut" };
    expect(chooseThreshold([row], wanted)).toMatchObject({ value: 50, isEarlier: false });
    expect(chooseThreshold([{ ...row, auditYear: 2022 }], { ...wanted, auditYear: 2022 })?.value).toBe(50);
    expect(chooseThreshold([row], { ...wanted, auditYear: 2017 })).toBeNull();
  });
});

describe("quartiles", () => {
  it("have the median that a sorted list has, between their neighbours", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 365 }), { minLength: 1, maxLength: 60 }), (values) => {
        const quartiles = quartilesOf(values);
        if (quartiles === null) return false;
        const { lower, median, upper, count } = quartiles;
        return median === naiveMedian(values) && lower <= median && median <= upper && count === values.length;
      }),
    );
    expect(quartilesOf([])).toBeNull();
    expect(quartilesOf([1, 2, 3, 4])).toEqual({ count: 4, lower: 1.75, median: 2.5, upper: 3.25 });
  });

  it("are not the median of the list as it came (control)", () => {
    expect(quartilesOf([9, 1, 5])?.median).not.toBe(1);
  });
});

describe("what is shown outside of the programme", () => {
  it("is nothing of fewer than eight, and never a figure that was not rounded", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (met, unmet) => {
        const shown = discloseCertification(certified({ ...JUST, ASSESSMENT_1: [...times(met, 1), ...times(unmet, 0)] }))
          .standards[3];
        if (shown === undefined || shown.shortfall !== null) return false;
        if (met + unmet < 8) return shown.denominator === null && shown.value === null && shown.verdict === "NO_DATA";
        const isRounded = (count: number | null): boolean => count === null || (count >= 8 && count % 5 === 0);
        return isRounded(shown.denominator) && isRounded(shown.numerator) && (met >= 8 || shown.value === null);
      }),
    );
  });

  it("would be a figure of three without the rule (control)", () => {
    expect(certified({ ...JUST, ASSESSMENT_1: [1, 1, 0] }).standards[3]).toMatchObject({ numerator: 2, denominator: 3 });
  });
});

describe("lateness", () => {
  it.each([
    ["MONTHLY", 31, 0],
    ["MONTHLY", 32, 1],
    ["WEEKLY", 8, 1],
    ["DAILY", 1, 0],
    ["DAILY", 3, 2],
  ] as const)("of a programme that agreed to %s and sent %i days ago is %i", (frequency, days, daysLate) => {
    const sent = new Date(Date.parse("2026-03-31T10:00:00.000Z") - days * 86_400_000).toISOString();
    expect(latenessOf(frequency, sent, "2026-03-31T10:00:00.000Z")).toMatchObject({
      daysSince: days,
      daysLate,
      isLate: daysLate > 0,
    });
  });
});

describe("a period", () => {
  it("is an audit year from April to March, leap day or not", () => {
    expect(auditYearIn({ from: "2023-04-01", to: "2024-03-31" })).toBe(2023);
    expect(auditYearIn({ from: "2023-04-01", to: "2024-03-30" })).toBeNull();
  });

  it("has two days that exist, in their order", () => {
    expect(() => readPeriod({ from: "2025-02-29", to: "2025-03-01" })).toThrow(/two calendar dates/);
    expect(() => readPeriod({ from: "2025-03-02", to: "2025-03-01" })).toThrow(/ends after/);
    expect(readPeriod({ from: "2024-02-29", to: "2024-02-29" })).toEqual({ from: "2024-02-29", to: "2024-02-29" });
  });
});
