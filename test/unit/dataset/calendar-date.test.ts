import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, daysBetween, parseCalendarDate, toDayNumber, wholeYearsBetween } from "../../../src/lib/calendar-date.ts";

const dates = fc
  .date({ min: new Date("1000-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe("calendar dates", () => {
  it("reads every day of the calendar back as it was written, in both forms", () => {
    fc.assert(
      fc.property(dates, (date) => {
        const [year, month, day] = date.split("-");
        expect(parseCalendarDate(date)).toBe(date);
        expect(parseCalendarDate(`${day}/${month}/${year}`)).toBe(date);
      }),
    );
  });

  it("accepts a day of a month exactly where the platform's own calendar has it", () => {
    const anyDay = fc.record({
      y: fc.integer({ min: 1000, max: 9999 }),
      m: fc.integer({ min: 0, max: 13 }),
      d: fc.integer({ min: 0, max: 32 }),
    });
    fc.assert(
      fc.property(anyDay, ({ y, m, d }) => {
        const text = `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
        const real = new Date(Date.UTC(y, m - 1, d)).toISOString().startsWith(text);
        expect(parseCalendarDate(text)).toBe(real ? text : null);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["2026-03-02T09:30", "2026-03-02"],
    ["2026-03-02 09:30:00", "2026-03-02"],
    ["02/03/2026 00:00:00", "2026-03-02"],
    ["2026-03-02T23:30:00.123+01:00", "2026-03-02"],
    ["2026-06-01T00:30:00-05:00", "2026-06-01"],
    ["2026-01-31T23:30:00Z", "2026-01-31"],
    ["2026-05-31T23:00:00.000Z", "2026-06-01"],
    ["2026-05-31T23:00:00+00:00", "2026-06-01"],
    ["2026-05-31T22:59:00Z", "2026-05-31"],
    ["1943-06-30T22:00:00Z", "1943-07-01"],
  ])("reads %s as %s", (written, date) => {
    expect(parseCalendarDate(written)).toBe(date);
  });

  it.each([
    "2026-02-31",
    "2025-02-29",
    "1900-02-29",
    "02/03/26",
    "26-03-02",
    "2026-3-2",
    "2/3/2026",
    "03/13/2026",
    "2026-W10-1",
    "2026-061",
    "20260302",
    "2026/03/02",
    "02-03-2026",
    "2026-03-02T",
    "2026-03-02T24:00:00",
    "2026-03-02T09",
    "2026-03-02x",
    "0000-01-01",
    "٢٠٢٦-٠٣-٠٢",
    "",
  ])("does not read %j", (text) => {
    expect(parseCalendarDate(text)).toBeNull();
  });

  it("counts days as the platform's own calendar does", () => {
    fc.assert(
      fc.property(dates, dates, (from, to) => {
        expect(daysBetween(from, to)).toBe((Date.parse(to) - Date.parse(from)) / 86_400_000);
        expect(toDayNumber(addDays("2000-01-01", 59))).toBe(toDayNumber("2000-01-01") + 59);
      }),
    );
  });

  it("is a year older on the birthday, and not the day before", () => {
    expect(wholeYearsBetween("1951-03-14", "2026-03-13")).toBe(74);
    expect(wholeYearsBetween("1951-03-14", "2026-03-14")).toBe(75);
    expect(wholeYearsBetween("2008-02-29", "2026-02-28")).toBe(17);
    expect(wholeYearsBetween("2008-02-29", "2026-03-01")).toBe(18);
  });
});
