import { describe, expect, it } from "vitest";
import { countTestResults } from "../../../scripts/count-test-results.ts";

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) });
const results = (numPassedTests: number, numFailedTests: number, ...testResults: object[]) =>
  JSON.stringify({ numPassedTests, numFailedTests, testResults });

describe("the count of test results", () => {
  it("is the count of the tests where every file was run", () => {
    const text = results(2, 1, file("passed", "passed"), file("failed", "passed", "failed"));
    expect(countTestResults(text, false)).toEqual({ passed: 2, failed: 1 });
  });

  it("has no failure where there was none", () => {
    expect(countTestResults(results(1, 0, file("passed", "passed", "skipped")), true)).toEqual({ passed: 1, failed: 0 });
  });

  it.each([
    ["a file that does not load", results(1, 0, file("passed", "passed"), file("failed"))],
    ["a file that fails outside its tests", results(1, 0, file("failed", "passed"))],
    ["an error outside any file", results(1, 0, file("passed", "passed"))],
  ])("counts %s as a failure", (_what, text) => {
    expect(countTestResults(text, false)).toEqual({ passed: 1, failed: 1 });
  });

  it.each([
    ["no results", null],
    ["half a file", '{"numPassedTests": 3, "numFail'],
    ["something else", "{}"],
  ])("counts a run that left %s as a failure", (_what, text) => {
    expect(countTestResults(text, true)).toEqual({ passed: 0, failed: 1 });
  });
});
