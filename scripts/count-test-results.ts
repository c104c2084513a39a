/**
 * Sums vitest's JSON results of several runs into one line, `N passed, N failed`: `tsx scripts/count-test-results.ts FILE…`.
 *
 * What fails without being a test counts as a failure too: a test file that does not load, an error outside any test, and a run that
 * left no readable results, so that a run that broke can never look like one that passed.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

const resultsSchema = z.object({
  success: z.boolean(),
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

/** Counts one run. `text`: what vitest's JSON reporter wrote; null where it wrote nothing. */
export function countTestResults(text: string | null): TestCount {
  const results = text === null ? null : readResults(text);
  if (results === null) return { passed: 0, failed: 1 };
  const { success, numPassedTests: passed, numFailedTests, testResults } = results;
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = numFailedTests + brokenFiles.length;
  return { passed, failed: failed === 0 && !success ? 1 : failed };
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

if (import.meta.main) {
  const counts = process.argv.slice(2).map((path) => countTestResults(readOptional(path)));
  const total = (key: keyof TestCount): number => counts.reduce((sum, count) => sum + count[key], 0);
  console.log(`${total("passed")} passed, ${total("failed")} failed`);
}
