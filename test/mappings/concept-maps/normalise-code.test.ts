import { describe, expect, it } from "vitest";
import type { CodeSystem } from "../../../mappings/support/coded-target.ts";
import { isVerhoeffValid, normaliseCode } from "../../../mappings/support/normalise-code.ts";

describe("A clinical code is brought to one spelling", () => {
  const spellings: readonly [CodeSystem, string, string][] = [
    ["ICD10", "I21.0", "I210"],
    ["ICD10", "i210", "I210"],
    ["ICD10", " I21 . 0 ", "I210"],
    ["ICD10", "I64X", "I64"],
    ["ICD10", "I38.X", "I38"],
    ["ICD10", "I10", "I10"],
    ["ICD10", "M79.10", "M791"],
    ["ICD10", "M7919", "M791"],
    ["ICD10", "I21.0D", "I210"],
    ["ICD10", "E10.4+", "E104"],
    ["ICD10", "G63.2*", "G632"],
    ["ICD10", "G632A", "G632"],
    ["ICD10", "G59.0†", "G590"],
    ["OPCS4", "K75.1", "K751"],
    ["OPCS4", "k751", "K751"],
    ["OPCS4", "K75", "K75"],
    ["SNOMED", "22298006", "22298006"],
    ["SNOMED", " 401303003 ", "401303003"],
    ["SNOMED", "1089471000000109", "1089471000000109"],
  ];
  it.each(spellings)("%s %s is %s", (system, text, code) => {
    expect(normaliseCode(system, text)).toEqual({ ok: true, code });
  });
});

describe("A text that is no code says why", () => {
  const faults: readonly [CodeSystem, string, string][] = [
    ["ICD10", "", "MALFORMED"],
    ["ICD10", "21.0", "MALFORMED"],
    ["ICD10", "I2", "MALFORMED"],
    ["ICD10", "I21.0.1", "MALFORMED"],
    ["ICD10", "heart attack", "MALFORMED"],
    ["OPCS4", "ZZS4", "MALFORMED"],
    ["OPCS4", "K75.12", "MALFORMED"],
    ["SNOMED", "", "MALFORMED"],
    ["SNOMED", "22298", "MALFORMED"],
    ["SNOMED", "I210", "MALFORMED"],
    ["SNOMED", "1234567890123456789", "MALFORMED"],
    ["SNOMED", "22298007", "CHECK_DIGIT"],
    ["SNOMED", "22289006", "CHECK_DIGIT"],
    ["SNOMED", "37436014", "DESCRIPTION_ID"],
  ];
  it.each(faults)("%s '%s': %s", (system, text, reason) => {
    expect(normaliseCode(system, text)).toEqual({ ok: false, reason });
  });

  const components: readonly [string, string][] = [
    ["1000000000010001", "DESCRIPTION_ID"],
    ["100000000001011", "DESCRIPTION_ID"],
    ["10000002", "NOT_A_CONCEPT"],
    ["100000000001012", "NOT_A_CONCEPT"],
    ["10000003", "NOT_A_CONCEPT"],
  ];
  it.each(components)("a valid component %s and its check digit: %s", (base, reason) => {
    const id = [..."0123456789"].map((digit) => base + digit).find(isVerhoeffValid);
    expect(normaliseCode("SNOMED", String(id))).toEqual({ ok: false, reason });
  });
});

describe("The Verhoeff check", () => {
  it("finds every single wrong digit and every swap of neighbours", () => {
    const code = "401303003";
    expect(isVerhoeffValid(code)).toBe(true);
    for (let i = 0; i < code.length; i++) {
      for (const digit of "0123456789") {
        const changed = code.slice(0, i) + digit + code.slice(i + 1);
        expect(isVerhoeffValid(changed)).toBe(changed === code);
      }
      const swapped = code.slice(0, i) + code.slice(i + 1, i + 2) + code.slice(i, i + 1) + code.slice(i + 2);
      expect(isVerhoeffValid(swapped)).toBe(swapped === code);
    }
  });
});
