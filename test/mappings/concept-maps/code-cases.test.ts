import { describe, expect, it } from "vitest";
import { answerOf, type CodeCase, readCodeCases } from "./code-case.ts";

const cases = readCodeCases();

describe("What a code means", () => {
  it.each(cases)("%s %s: %j", (...item: CodeCase) => {
    expect(answerOf(item)).toEqual(item[2]);
  });

  it("is said once of each code of a table", () => {
    const keys = cases.map(([table, code]) => `${table} ${code}`);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  it("control: another meaning is noticed", () => {
    const [table = "ICD10", code = ""] = cases[0] ?? [];
    expect(answerOf([table, code, ["INDEX HEART_FAILURE"]])).not.toEqual(["INDEX HEART_FAILURE"]);
  });
});
