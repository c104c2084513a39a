import { describe, expect, it } from "vitest";
import { meaningOfBuiltIn, meaningOfCode } from "../../../src/sources/files/excel/number-formats.ts";
import { numberToText, serialToDate, toPlainDigits } from "../../../src/sources/files/excel/number-text.ts";

describe("the format of a cell", () => {
  it.each([
    ["dd/mm/yyyy", "day"],
    ["[$-809]d mmmm yyyy;@", "day"],
    ["yyyy\\-mm\\-dd hh:mm:ss", "day"],
    ["mmm-yy", "month"],
    ["mm/yyyy", "month"],
    ["yyyy", "year"],
  ])("%s means a date to the %s", (code, precision) => {
    expect(meaningOfCode(code)).toEqual({ kind: "date", precision });
  });

  it.each([
    "General",
    "0.00",
    '0.0"days"',
    "0.0 \\d",
    "[Red]0;[Blue]-0",
    "[h]:mm",
    "mm:ss",
    "#,##0",
    '0"mmHg"',
    "@",
    "",
    "0.00E+00",
  ])("%s means a number", (code) => {
    expect(meaningOfCode(code)).toEqual({ kind: "number" });
  });

  it.each([
    ["0000000", 7],
    ["000 000 0000", 10],
    ["000\\-000\\-0000", 10],
    ['000" "000" "0000', 10],
  ])("%s means a number of so many digits", (code, digits) => {
    expect(meaningOfCode(code)).toEqual({ kind: "padded", digits });
  });

  it("may be one of those that no workbook declares", () => {
    expect([14, 22, 17, 0, 2, 49, 45].map((id) => meaningOfBuiltIn(id))).toEqual([
      { kind: "date", precision: "day" },
      { kind: "date", precision: "day" },
      { kind: "date", precision: "month" },
      ...Array.from({ length: 4 }, () => ({ kind: "number" })),
    ]);
  });
});

describe("a number of days", () => {
  it.each([
    [1, 1900, "1900-01-01"],
    [59, 1900, "1900-02-28"],
    [61, 1900, "1900-03-01"],
    [45_000, 1900, "2023-03-15"],
    [45_000.5, 1900, "2023-03-15 12:00:00"],
    [45_000.999_999_9, 1900, "2023-03-16"],
    [43_538, 1904, "2023-03-15"],
    [0, 1904, "1904-01-01"],
    [2_958_465, 1900, "9999-12-31"],
  ] as const)("%d counted from %d is %s", (serial, system, date) => {
    expect(serialToDate(serial, system)).toBe(date);
  });

  it.each([
    [0.5, 1900],
    [60, 1900],
    [-1, 1904],
    [2_958_466, 1900],
    [Number.NaN, 1900],
  ] as const)("%d counted from %d is none", (serial, system) => {
    expect(serialToDate(serial, system)).toBeNull();
  });

  it("that is shown without its day is a month where it is the first of one, else the day that it is", () => {
    const month = { kind: "date", precision: "month" } as const;
    expect(numberToText(44_986, month, 1900)).toEqual({ type: "date", text: "2023-03" });
    expect(numberToText(45_000, month, 1900)).toEqual({ type: "date", text: "2023-03-15" });
    expect(numberToText(44_927, { kind: "date", precision: "year" }, 1900)).toEqual({ type: "date", text: "2023" });
  });
});

describe("a number as text", () => {
  it.each([
    [27.3, "27.3"],
    [27.299_999_999_999_997, "27.3"],
    [0.1 + 0.2, "0.3"],
    [1e-7, "0.0000001"],
    [9_434_765_919, "9434765919"],
    [100_000, "100000"],
    [-1.5, "-1.5"],
    [1_234_567_890_123_456, "1.234567890123456E+15"],
  ])("of %d is %s", (number, text) => {
    expect(toPlainDigits(number)).toBe(text);
  });

  it("has the zeros that its format shows", () => {
    expect(numberToText(123, { kind: "padded", digits: 7 }, 1900)).toEqual({ type: "text", text: "0000123" });
    expect(numberToText(12.5, { kind: "padded", digits: 7 }, 1900)).toEqual({ type: "number", text: "12.5" });
  });
});
