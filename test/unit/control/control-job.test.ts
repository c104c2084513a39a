/** Cancelling and redriving: what the job store says, in the words of the edge. */
import { describe, expect, it } from "vitest";
import { requireOrganisation } from "../../../src/graphql/access-policy.ts";
import { createCancelSubmission, createRedriveSubmission } from "../../../src/submission/control-job.ts";
import type { JobStore } from "../../../src/submission/job-ports.ts";
import { actorOf, headerOf, SUBMISSION_ID } from "../graphql/fake-deps.ts";

const actor = requireOrganisation(actorOf("SUBMITTER"));
const header = headerOf({ status: "FAILED", faultId: "fault-1" });
const status = { submission: async () => header };
const codeOf = (change: Promise<unknown>): Promise<unknown> =>
  change.then(
    () => "no refusal",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
const cancelWith = (answer: Awaited<ReturnType<JobStore["cancel"]>>) =>
  createCancelSubmission({ status, jobs: { cancel: async () => answer, redrive: async () => false } })(actor, SUBMISSION_ID);
const redriveWith = (redriven: boolean) =>
  createRedriveSubmission({ status, jobs: { cancel: async () => null, redrive: async () => redriven } })(actor, SUBMISSION_ID);

describe("cancelling", () => {
  it("answers with the submission as it is now, and refuses where it is finished or gone", async () => {
    const cancelled = headerOf({ status: "CANCELLED" });
    expect(await cancelWith({ header: cancelled, tooLate: false })).toBe(cancelled);
    expect(await codeOf(cancelWith({ header, tooLate: true }))).toBe("CONFLICT");
    expect(await codeOf(cancelWith(null))).toBe("NOT_FOUND");
  });
});

describe("redriving", () => {
  it("answers with the submission in work again, and refuses where it has not failed", async () => {
    expect(await redriveWith(true)).toEqual({ ...header, status: "PROCESSING", completedAt: null, faultId: null });
    expect(await codeOf(redriveWith(false))).toBe("CONFLICT");
  });

  it("is for whoever sent it, and the clinical team", async () => {
    const redrive = createRedriveSubmission({ status, jobs: { cancel: async () => null, redrive: async () => true } });
    expect(await codeOf(redrive({ ...actor, clientId: "other" }, SUBMISSION_ID))).toBe("FORBIDDEN");
    expect(await codeOf(redrive({ ...actor, clientId: "other", role: "CLINICAL_TEAM" }, SUBMISSION_ID))).toBe("no refusal");
    const unseen = createRedriveSubmission({
      status: { submission: async () => null },
      jobs: { cancel: async () => null, redrive: async () => true },
    });
    expect(await codeOf(unseen(actor, SUBMISSION_ID))).toBe("NOT_FOUND");
  });
});
