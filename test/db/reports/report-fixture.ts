/** Submissions of any number of results, without their dataset rows. */
import { randomUUID } from "node:crypto";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { RecordOutcome, RecordResult } from "../../../src/records/submission-record.ts";
import type { SubmissionStore } from "../../../src/submission/ports.ts";
import { writeSet } from "../stores/store-fixture.ts";

/** One rejected record in each thousand, with the child that falls with it; one warning in fifty. */
export function resultAt(index: number): RecordResult {
  const outcome = outcomeAt(index);
  const failed = outcome === "REJECTED";
  return {
    index,
    recordType: outcome === "REJECTED_PARENT" ? "INITIATING_EVENT" : "PATIENT",
    outcome,
    sourceRecordId: null,
    expression: `line ${index + 1}`,
    parentIndex: null,
    matchedBy: null,
    recordId: null,
    issues: [
      ...(failed
        ? [{ severity: "ERROR" as const, code: "MANDATORY_MISSING", field: "gender", expression: `line ${index + 1}.gender` }]
        : []),
      ...(index % 50 === 1
        ? [{ severity: "WARNING" as const, code: "UNKNOWN_IGNORED", field: "ethnicGroup", expression: `line ${index + 1}` }]
        : []),
    ],
    changes: [],
    links: [],
    mappingReport: [],
  };
}

function outcomeAt(index: number): RecordOutcome {
  if (index % 1000 === 998) return "REJECTED";
  return index % 1000 === 999 ? "REJECTED_PARENT" : "UPDATED";
}

export const resultsUpTo = (count: number): readonly RecordResult[] =>
  Array.from({ length: count }, (_, index) => resultAt(index));

export async function storeResults(
  store: SubmissionStore,
  actor: OrganisationActor,
  results: readonly RecordResult[],
): Promise<string> {
  const set = writeSet(actor, { results, claim: { clientId: actor.clientId, key: randomUUID(), payload: "{}" } });
  return (await store.transaction(actor, (unit) => unit.write(set))).id;
}
