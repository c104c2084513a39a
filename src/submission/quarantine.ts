/**
 * A record that makes us stumble must not take its file with it. Before a job is given up, the patients of the chunk that cannot be
 * stored are tried one by one, and what fails alone is answered `NOT_PROCESSED` and left out; the others are stored.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import type { DraftRecord, MappedSource } from "../records/draft-record.ts";
import { JobLost } from "./job-ports.ts";

/** Whether a failure may be a record's: it is nobody's outage, and nobody took the job away. */
export const mayBeOfARecord = (error: unknown, signal: AbortSignal): boolean =>
  !(error instanceof GatewayError || error instanceof JobLost || signal.aborted);

/** A patient's draft with everything below it. */
type Family = readonly DraftRecord[];

function familiesOf(drafts: readonly DraftRecord[]): readonly Family[] {
  const families = new Map<DraftRecord, DraftRecord[]>();
  for (const draft of drafts) {
    const root = rootOf(draft);
    const family = families.get(root);
    if (family) family.push(draft);
    else families.set(root, [draft]);
  }
  return [...families.values()];
}

const rootOf = (draft: DraftRecord): DraftRecord => (draft.parent === null ? draft : rootOf(draft.parent));

/** The same records, unread: nothing of them is looked at again. */
function setAside(family: Family): readonly DraftRecord[] {
  const replaced = new Map<DraftRecord, DraftRecord>();
  for (const draft of family) {
    replaced.set(draft, {
      recordType: draft.recordType,
      parent: draft.parent === null ? null : (replaced.get(draft.parent) ?? null),
      sourceRecordId: draft.sourceRecordId,
      expression: draft.expression,
      values: {},
      clear: [],
      unreadable: true,
      issues: [{ severity: "ERROR", code: "NOT_PROCESSED", field: null, expression: draft.expression }],
      mappingReport: [],
    });
  }
  return [...replaced.values()];
}

/**
 * Tries each patient alone.
 * @param tryOut stores nothing, and throws where the source given to it could not be stored
 * @throws what `tryOut` throws that is not a record's fault
 */
export async function quarantine(
  source: MappedSource,
  tryOut: (source: MappedSource) => Promise<void>,
  signal: AbortSignal,
): Promise<MappedSource> {
  const drafts: DraftRecord[] = [];
  for (const family of familiesOf(source.drafts)) {
    try {
      await tryOut({ ...source, drafts: family });
      drafts.push(...family);
    } catch (error) {
      if (!mayBeOfARecord(error, signal)) throw error;
      drafts.push(...setAside(family));
    }
  }
  return { ...source, drafts };
}
