/** The store of submissions that are answered at once. */
import type { SubmissionStore } from "../submission/ports.ts";
import { createUnitRunner, type StoreDependencies } from "./unit-runner.ts";

export const createSubmissionStore = (dependencies: StoreDependencies): SubmissionStore => ({
  transaction: createUnitRunner(dependencies),
});
