/** Merging patients by hand, and reading who was merged. */
import { systemClock } from "../lib/system-clock.ts";
import { createReadMergedPatients } from "../persistence/merged-patients.ts";
import { createUnitRunner } from "../persistence/unit-runner.ts";
import { type ChangeMerge, createPatientMerging, type PatientMerging } from "../submission/merge-patients.ts";
import type { ReadMergedPatients } from "../submission/merged-patients-ports.ts";
import type { Parts } from "./parts.ts";

export interface Merging {
  readonly merging: PatientMerging;
  readonly mergedPatients: ReadMergedPatients;
}

export function wireMerging(parts: Parts): Merging {
  const { newId, dictionary, metrics } = parts;
  const { merge, unmerge } = createPatientMerging({
    store: { transaction: createUnitRunner(parts) },
    clock: systemClock,
    newId,
    dictionary,
  });
  const counted =
    (change: ChangeMerge): ChangeMerge =>
    async (command) => {
      const answer = await change(command);
      const { channel, outcome, counts } = answer.header;
      const { received: _received, withheld: _withheld, ...outcomes } = counts;
      metrics.submissionDone(channel, outcome ?? "NONE", outcomes);
      return answer;
    };
  return { merging: { merge: counted(merge), unmerge: counted(unmerge) }, mergedPatients: createReadMergedPatients(parts) };
}
