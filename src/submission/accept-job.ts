/** What is worked on later is stored first: key, header, job and its place in the queue are one transaction. */
import { claimKey } from "./claim-key.ts";
import type { AcceptJob } from "./job-ports.ts";
import type { SubmissionStore } from "./ports.ts";

export function createAcceptJob(store: SubmissionStore): AcceptJob {
  return (actor, job) =>
    store.transaction(actor, async (unit) => {
      const earlier = await claimKey(unit, job.claim);
      return earlier ? { header: earlier, replayed: true } : { header: await unit.accept(job), replayed: false };
    });
}
