import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkNhsNumber, isTestNhsNumber, toCheckDigit, toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";

/** Valid by computation; the second half is of the test range. */
const VALID = ["9434765919", "9434765870", "9990000018", "9990000026", "9990000034"];
const SENTINELS = ["0000000000", "9999999999", "1111111111", "0123456789"];

const nineDigits = fc.integer({ min: 100_000_000, max: 998_999_999 }).map(String);
const valid = nineDigits
  .map((stem) => ({ stem, check: toCheckDigit(stem) }))
  .filter(({ check }) => check !== null)
  .map(({ stem, check }) => `${stem}${check}`)
  .filter((number) => new Set(number).size > 1);

describe("NHS numbers", () => {
  it.each(VALID)("accepts the published fixture %s", (number) => {
    expect(checkNhsNumber(number)).toEqual({ ok: true, value: number });
  });

  it.each([...SENTINELS, "2222222222", "3333333333"])("calls %s a placeholder, although most pass the check digit", (number) => {
    expect(checkNhsNumber(number)).toEqual({ ok: false, code: "NHS_NUMBER_PLACEHOLDER" });
  });

  it.each(["9434765918", "9219068409", "8024037631"])("refuses %s, which fails the check digit", (number) => {
    expect(checkNhsNumber(number)).toEqual({ ok: false, code: "NHS_NUMBER_CHECKSUM" });
  });

  it.each(["943476591", "94347659190", "943476591O", "943.476.5919", "٩٤٣٤٧٦٥٩١٩", "", " ".repeat(50_000)])(
    "cannot read %j as ten digits",
    (number) => {
      expect(checkNhsNumber(number)).toEqual({ ok: false, code: "FORMAT_INVALID" });
    },
  );

  it("reads a number whatever spaces and hyphens stand in it", () => {
    const spacing = fc.array(fc.constantFrom("", " ", "-", " - "), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(valid, spacing, (number, gaps) => {
        const written = [...number].map((digit, i) => digit + gaps[i]).join("");
        expect(checkNhsNumber(written)).toEqual({ ok: true, value: number });
      }),
    );
  });

  it("notices every wrong digit", () => {
    fc.assert(
      fc.property(valid, fc.nat(9), fc.integer({ min: 1, max: 9 }), (number, at, shift) => {
        const digits = [...number];
        digits[at] = String((Number(digits[at]) + shift) % 10);
        expect(checkNhsNumber(digits.join("")).ok).toBe(false);
      }),
    );
  });

  it("notices two swapped neighbours that differ", () => {
    fc.assert(
      fc.property(valid, fc.nat(8), (number, at) => {
        const swapped = number.slice(0, at) + number[at + 1] + number[at] + number.slice(at + 2);
        fc.pre(swapped !== number);
        expect(checkNhsNumber(swapped).ok).toBe(false);
      }),
    );
  });

  it("knows the test range by its first three digits", () => {
    expect(isTestNhsNumber("9990000018")).toBe(true);
    expect(isTestNhsNumber("9434765919")).toBe(false);
  });

  it("makes valid test numbers, another one for every index", () => {
    const indexes = fc.uniqueArray(fc.nat(899_990), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(indexes, (chosen) => {
        const numbers = chosen.map(toTestNhsNumber);
        expect(new Set(numbers).size).toBe(chosen.length);
        for (const number of numbers) expect([checkNhsNumber(number).ok, isTestNhsNumber(number)]).toEqual([true, true]);
      }),
    );
    const first = Array.from({ length: 20_000 }, (_, index) => toTestNhsNumber(index));
    expect(new Set(first).size).toBe(20_000);
  });
});
