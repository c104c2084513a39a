/** The past of stored records, under the actor's row-level security. */
import type { HistoryStore } from "../submission/history-ports.ts";
import { RecordHistory } from "./record-history.ts";
import { RecordsAsOf } from "./record-history-as-of.ts";
import { compileDatasetSql } from "./sql/dataset-statements.ts";
import { createStatusReader } from "./status-reader.ts";
import type { StoreDependencies } from "./unit-runner.ts";

/** Compiles the dictionary's SQL once; keeps no other state. */
export function createHistoryStore({ database, keys, dictionary }: Omit<StoreDependencies, "enqueue">): HistoryStore {
  const datasetSql = compileDatasetSql(dictionary);
  const reader = createStatusReader(database, keys, dictionary.recordType("PATIENT"));
  const changes = new RecordHistory(reader, datasetSql, dictionary);
  const asOf = new RecordsAsOf(reader, datasetSql, dictionary);
  return {
    history: (actor, request, withIdentity) => changes.history(actor, request, withIdentity),
    patientAsOf: (actor, lookup, instant, withIdentity) => asOf.patientAsOf(actor, lookup, instant, withIdentity),
    childrenAsOf: (actor, recordType, parentIds, instant) => asOf.childrenAsOf(actor, recordType, parentIds, instant),
  };
}
