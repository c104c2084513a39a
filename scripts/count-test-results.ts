/**
 * Sums vitest's JSON results of several runs into one line, `N passed, N failed`. Arguments: the results file of each run, each followed by
 * `passed` or `failed`, which is how the run as a whole ended.
 *
 * What fails without being a test counts as a failure too: a test file that does not load, an error outside any test (vitest then ends
 * with 1, though its results say success), and a run that left no readable results. So a run that broke never looks like one that passed.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

const resultsSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

/** Counts one run. `text`: what vitest's JSON reporter wrote, null where it wrote nothing; `passed`: the run as a whole did. */
export function countTestResults(text: string | null, passed: boolean): TestCount {
  const results = text === null ? null : readResults(text);
  if (results === null) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = results;
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = numFailedTests + brokenFiles.length;
  return { passed: numPassedTests, failed: failed === 0 && !passed ? 1 : failed };
}

function readResults(text: string): z.infer<typeof resultsSchema> | null {
  try {
    return resultsSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** `[file, "passed" | "failed", file, …]`. */
function countRuns([file, ended, ...rest]: readonly string[]): TestCount {
  if (file === undefined) return { passed: 0, failed: 0 };
  const own = countTestResults(readOptional(file), ended === "passed");
  const others = countRuns(rest);
  return { passed: own.passed + others.passed, failed: own.failed + others.failed };
}

if (import.meta.main) {
  const { passed, failed } = countRuns(process.argv.slice(2));
  console.log(`${passed} passed, ${failed} failed`);
}
