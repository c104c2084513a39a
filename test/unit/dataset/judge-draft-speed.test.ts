import { expect, it } from "vitest";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import { sampleDrafts } from "./sample-drafts.ts";

/** Ten times what an idle machine needs, so that only a change of kind (a reader made per value, a scan per code) fails. */
const LIMIT_MS = 60;

it("judges the 3,000 records of a full request in a small part of its time", () => {
  const { drafts, dictionary } = sampleDrafts(500);
  const durations = Array.from({ length: 30 }, () => {
    const started = performance.now();
    for (const draft of drafts) judgeDraft(draft, dictionary.recordType(draft.recordType), "STATED", "2026-11-21");
    return performance.now() - started;
  });
  const median = durations.sort((a, b) => a - b)[15] ?? Number.NaN;
  console.info(
    `${drafts.length} records in ${median.toFixed(1)} ms: ${(drafts.length / median).toFixed(0)} records a millisecond`,
  );
  expect(drafts).toHaveLength(3000);
  expect(median).toBeLessThan(LIMIT_MS);
});
