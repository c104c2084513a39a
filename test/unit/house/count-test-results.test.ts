import { describe, expect, it } from "vitest";
import { countTestResults } from "../../../scripts/count-test-results.ts";

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) });
const results = (success: boolean, passed: number, failed: number, ...testResults: object[]) =>
  JSON.stringify({ success, numPassedTests: passed, numFailedTests: failed, testResults });

describe("the count of test results", () => {
  it("is the count of the tests where every file was run", () => {
    const text = results(false, 2, 1, file("passed", "passed"), file("failed", "passed", "failed"));
    expect(countTestResults(text)).toEqual({ passed: 2, failed: 1 });
  });

  it("has no failure where there was none", () => {
    expect(countTestResults(results(true, 1, 0, file("passed", "passed", "skipped")))).toEqual({ passed: 1, failed: 0 });
  });

  it.each([
    ["a file that does not load", results(false, 1, 0, file("passed", "passed"), file("failed"))],
    ["a file that fails outside its tests", results(false, 1, 0, file("failed", "passed"))],
    ["an error outside any file", results(false, 1, 0, file("passed", "passed"))],
  ])("counts %s as a failure", (_what, text) => {
    expect(countTestResults(text)).toEqual({ passed: 1, failed: 1 });
  });

  it.each([
    ["no results", null],
    ["half a file", '{"success": true, "numPassed'],
    ["something else", "{}"],
  ])("counts a run that left %s as a failure", (_what, text) => {
    expect(countTestResults(text)).toEqual({ passed: 0, failed: 1 });
  });
});
