/** Reads what was stored, under the actor's row-level security. */
import type { StatusStore } from "../submission/status-ports.ts";
import { EventStatus } from "./event-status.ts";
import { createHeaderCache } from "./header-cache.ts";
import { PatientStatus } from "./patient-status.ts";
import { ReportStatus } from "./report-status.ts";
import { compileDatasetSql } from "./sql/dataset-statements.ts";
import { createStatusReader } from "./status-reader.ts";
import { SubmissionStatus } from "./submission-status.ts";
import type { StoreDependencies } from "./unit-runner.ts";

/** The store, and the way to tell it that a finished submission's answer has changed after all. */
export interface CachedStatusStore extends StatusStore {
  /** Drops the cached answer of this process; the others hear of the change from `announceChange`. */
  forget(ods: string, id: string): void;
  /** Drops every cached answer: changes may have gone unheard. */
  clear(): void;
}

/** Compiles the dictionary's SQL once and keeps finished headers in memory (see `header-cache.ts`). */
export function createStatusStore({ database, keys, dictionary }: StoreDependencies): CachedStatusStore {
  const datasetSql = compileDatasetSql(dictionary);
  const reader = createStatusReader(database, keys, dictionary.recordType("PATIENT"));
  const cache = createHeaderCache();
  const submissions = new SubmissionStatus(reader, cache);
  const reports = new ReportStatus(reader);
  const events = new EventStatus(reader);
  const patients = new PatientStatus(reader, datasetSql, dictionary);
  return {
    submission: (actor, id) => submissions.submission(actor, id),
    submissionsByIds: (actor, ids) => submissions.submissionsByIds(actor, ids),
    submissions: (actor, filter, page) => submissions.submissions(actor, filter, page),
    results: (actor, requests) => reports.results(actor, requests),
    resultsAt: (actor, places) => reports.resultsAt(actor, places),
    recordStatus: (actor, sourceRecordId, programmeCode) => submissions.recordStatus(actor, sourceRecordId, programmeCode),
    patient: (actor, lookup, withIdentity) => patients.patient(actor, lookup, withIdentity),
    patients: (actor, filter, page, withIdentity) => patients.patients(actor, filter, page, withIdentity),
    children: (actor, recordType, parentIds) => patients.children(actor, recordType, parentIds),
    eventsAfter: (actor, programmeCode, sequence, limit) => events.eventsAfter(actor, programmeCode, sequence, limit),
    lastSequence: (actor, programmeCode) => events.lastSequence(actor, programmeCode),
    forget: (ods, id) => cache.forget(ods, id),
    clear: () => cache.clear(),
  };
}
