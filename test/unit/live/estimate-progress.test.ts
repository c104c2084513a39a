import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateProgress } from "../../../src/graphql/estimate-progress.ts";
import { SUBMISSION_STATUSES } from "../../../src/records/submission-record.ts";
import { JOB_PHASES, type JobProgress } from "../../../src/submission/job-ports.ts";
import { headerOf } from "../graphql/fake-deps.ts";

const BEGAN = "2026-03-02T09:00:00.000Z";
const jobOf = (more: Partial<JobProgress> = {}): JobProgress => ({
  phase: "IMPORTING",
  entriesDone: 10,
  bytesDone: 250,
  bytesTotal: 1_000,
  nextIndex: 60,
  nextPage: 1,
  rejectedWhenChecked: null,
  startedAt: BEGAN,
  updatedAt: "2026-03-02T09:00:10.000Z",
  ...more,
});
const inWork = headerOf({ status: "PROCESSING", outcome: null, completedAt: null });

describe("the estimate of a job's progress", () => {
  it("takes the rest of the file for the same as what was read of it", () => {
    expect(estimateProgress(inWork, jobOf())).toEqual({
      phase: "IMPORTING",
      processed: 60,
      total: 240,
      estimated: true,
      startedAt: BEGAN,
      estimatedCompletionAt: "2026-03-02T09:00:40.000Z",
    });
  });

  it("counts a file twice that is judged as a whole first", () => {
    const whole = { ...inWork, errorPolicy: "ALL_OR_NOTHING" } as const;
    expect(estimateProgress(whole, jobOf({ phase: "CHECKING" })).estimatedCompletionAt).toBe("2026-03-02T09:01:20.000Z");
    expect(estimateProgress(whole, jobOf({ bytesDone: 1_000 })).estimatedCompletionAt).toBe("2026-03-02T09:00:10.000Z");
    const dryRun = { ...whole, mode: "VALIDATE_ONLY" } as const;
    expect(estimateProgress(dryRun, jobOf({ phase: "CHECKING" })).estimatedCompletionAt).toBe("2026-03-02T09:00:40.000Z");
  });

  it("says nothing of an end where nothing was read, or the size is not known", () => {
    for (const job of [jobOf({ bytesDone: 0, nextIndex: 0, startedAt: null, phase: "WAITING" }), jobOf({ bytesTotal: null })])
      expect(estimateProgress(inWork, job)).toMatchObject({ estimated: true, estimatedCompletionAt: null });
  });

  it("is the counts of what is finished", () => {
    expect(estimateProgress(headerOf(), null)).toEqual({
      phase: "DONE",
      processed: 2,
      total: 2,
      estimated: false,
      startedAt: "2026-03-02T09:00:00.000Z",
      estimatedCompletionAt: "2026-03-02T09:00:01.000Z",
    });
  });

  it("is a number not less than nothing, and the total not less than what is done, whatever the job says", () => {
    const count = fc.integer({ min: 0, max: 2_000_000 });
    const job = fc.record({
      phase: fc.constantFrom(...JOB_PHASES),
      bytesDone: fc.integer({ min: 0, max: 2 ** 42 }),
      bytesTotal: fc.option(fc.integer({ min: 0, max: 2 ** 42 })),
      nextIndex: count,
      startedAt: fc.option(fc.constant(BEGAN)),
      updatedAt: fc.constantFrom(BEGAN, "2026-03-02T08:59:59.000Z", "2026-03-02T12:00:00.000Z"),
    });
    fc.assert(
      fc.property(fc.constantFrom(...SUBMISSION_STATUSES), job, (status, more) => {
        const { processed, total, estimatedCompletionAt } = estimateProgress(headerOf({ status }), jobOf(more));
        expect(Number.isInteger(processed) && Number.isInteger(total)).toBe(true);
        expect(total).toBeGreaterThanOrEqual(processed);
        expect(total).toBeLessThanOrEqual(2 ** 31 - 1);
        if (estimatedCompletionAt !== null) expect(Date.parse(estimatedCompletionAt)).not.toBeNaN();
      }),
    );
  });
});
