import { describe, expect, it } from "vitest";
import { chooseNearest, type DatedValue } from "../../../mappings/support/assessment-choice.ts";
import { toAssessmentWindows, toLatestWindow } from "../../../mappings/support/assessment-windows.ts";

interface Named extends DatedValue {
  readonly name: string;
}

const value = (name: string, date: string, item = "weightKg", reading = "", instant: number | null = null): Named => ({
  name,
  target: { recordType: "ASSESSMENT", item },
  date: { value: date, instant },
  reading,
});
const windowOf = (number: 1 | 2 | 3, end: string | null = null) => {
  const found = toAssessmentWindows("2024-04-15", end).find((window) => window.number === number);
  if (found === undefined) throw new Error("there are three windows");
  return found;
};
const namesOf = (values: readonly Named[]) => values.map(({ name }) => name);

describe("the windows of the three assessments", () => {
  it("stand around core start, core end and a year", () => {
    expect(toAssessmentWindows("2024-04-15", "2024-06-10")).toEqual([
      { number: 1, from: "2024-03-18", to: "2024-04-29", anchor: "2024-04-15" },
      { number: 2, from: "2024-05-27", to: "2024-09-02", anchor: "2024-06-10" },
      { number: 3, from: "2025-02-14", to: "2025-07-14", anchor: "2025-04-15" },
    ]);
  });

  it("put the second near twelve weeks where no end is stated", () => {
    expect(windowOf(2)).toEqual({ number: 2, from: "2024-06-10", to: "2024-09-02", anchor: "2024-07-08" });
  });

  it("follow a programme that ended late, and begin after the first for one that ended at once", () => {
    expect(windowOf(2, "2024-09-10")).toMatchObject({ from: "2024-08-27", to: "2024-10-08" });
    expect(windowOf(2, "2024-04-20")).toMatchObject({ from: "2024-04-30" });
  });

  it.each([null, "2024-04-16", "2024-06-10", "2024-12-01", "2026-01-01"])("never overlap, with the end %s", (end) => {
    const [first, second, third] = toAssessmentWindows("2024-04-15", end);
    expect(first !== undefined && second !== undefined && first.to < second.from).toBe(true);
    expect(second !== undefined && third !== undefined && second.to < third.from).toBe(true);
  });
});

describe("chooseNearest", () => {
  it("takes the nearest to the day, the later of two as near, and says which ones lost", () => {
    const values = [
      value("far", "2024-04-01"),
      value("before", "2024-04-13"),
      value("after", "2024-04-17"),
      value("outside", "2024-01-01"),
    ];
    const { chosen, lost } = chooseNearest(values, windowOf(1));
    expect(namesOf(chosen)).toEqual(["after"]);
    expect(namesOf(lost)).toEqual(["far", "before"]);
  });

  it("does not look at the order sent where times tell", () => {
    const values = [value("late", "2024-04-15", "weightKg", "", 2), value("early", "2024-04-15", "weightKg", "", 1)];
    expect(namesOf(chooseNearest(values, windowOf(1)).chosen)).toEqual(["late"]);
    expect(namesOf(chooseNearest(values.toReversed(), windowOf(1)).chosen)).toEqual(["late"]);
  });

  it("takes the latest for an assessment of the latest values", () => {
    const values = [value("new", "2024-04-14"), value("too new", "2024-04-16"), value("old", "2010-01-01")];
    expect(namesOf(chooseNearest(values, toLatestWindow("2024-04-15")).chosen)).toEqual(["new"]);
  });

  it("takes the halves of a blood pressure from one reading, and a lone half only where there is no whole one", () => {
    const lone = value("lone", "2024-04-15", "systolicMmHg", "a");
    const whole = [value("sys", "2024-04-18", "systolicMmHg", "b"), value("dia", "2024-04-18", "diastolicMmHg", "b")];
    expect(namesOf(chooseNearest([lone, ...whole], windowOf(1)).chosen)).toEqual(["sys", "dia"]);
    expect(namesOf(chooseNearest([lone], windowOf(1)).chosen)).toEqual(["lone"]);
  });
});
