/** Withdrawing one stored record: what the use case needs of the store, besides what every submission needs. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { SourceIdKey, UnitOfWork } from "./ports.ts";

/** Where a stored record stands. */
export interface RecordPlace {
  /** From the patient down to the record itself. */
  readonly path: readonly { readonly recordType: RecordTypeName; readonly id: string }[];
  readonly version: number;
}

export interface RecordUnit extends UnitOfWork {
  /** Null where there is none, or none that the actor may write. */
  locateRecord(recordType: RecordTypeName, recordId: string): Promise<RecordPlace | null>;
  /** Whether a record of this id, or one that the sender knew by this id of his own, was withdrawn and is not back. */
  wasWithdrawn(
    record: { readonly recordType: RecordTypeName; readonly recordId: string } | SourceIdKey,
    programmeCode: string,
  ): Promise<boolean>;
}

export interface RecordStore {
  /** See `SubmissionStore.transaction`. */
  transaction<T>(actor: OrganisationActor, work: (unit: RecordUnit) => Promise<T>, alone?: boolean): Promise<T>;
}

/** Which record a submission withdrew. */
export interface RemovedRecord {
  readonly submissionId: string;
  readonly recordId: string;
}

/** What remains of a record that was withdrawn. */
export interface RecordWithdrawal extends RemovedRecord {
  /** ISO instants. */
  readonly withdrawnAt: string;
  readonly restorableUntil: string;
  readonly restoredAt: string | null;
  /** In the words of whoever withdrew it; null where the sender marked it as deleted, and of rows that fell with another one. */
  readonly reason: string | null;
}

/** Of those among the records that the actor may see. */
export type ReadRecordWithdrawals = (
  actor: OrganisationActor,
  records: readonly RemovedRecord[],
) => Promise<readonly RecordWithdrawal[]>;
