/** Reading the past of stored records: who changed what, and how a record was. Every call is under the actor's row-level security. */
import type { RecordTypeName, Value } from "../dataset/define.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { MergeDecision, ValueSource } from "../records/submission-record.ts";
import type { Page, PageRequest, PatientLookup, RecordNode } from "./status-ports.ts";

export const HISTORY_KINDS = ["CREATION", "CHANGE", "WITHDRAWAL"] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** What one version of a record did to one item. */
export interface FieldHistory {
  /** The version that the change made; 1 is the creation. */
  readonly version: number;
  readonly field: string;
  /** Values of identifying items only where they were asked for, else null. */
  readonly before: Value | null;
  readonly after: Value | null;
  readonly decision: MergeDecision;
  /** ISO instant: `record_change.changed_at`. */
  readonly at: string;
  /** Of a withdrawal: the submission that was withdrawn. */
  readonly source: ValueSource;
  readonly kind: HistoryKind;
  /** Its submission was withdrawn since, so that the change is undone. */
  readonly withdrawn: boolean;
}

export interface HistoryRequest {
  readonly recordId: string;
  /** An item of the record's type; null: all of them. */
  readonly field: string | null;
  readonly page: PageRequest;
}

export interface HistoryStore {
  /**
   * Latest version first, its items by name. Null for a record that the actor may not see or that never was; one that a withdrawal
   * removed keeps its history. `withIdentity` decrypts identifying items; only for roles that may see them.
   * @throws GatewayError BAD_USER_INPUT where the record's type has no such item, or the cursor is none
   */
  history(actor: OrganisationActor, request: HistoryRequest, withIdentity: boolean): Promise<Page<FieldHistory> | null>;
  /**
   * The patient as it was at an instant (ISO), found by the number it has now; null where it was not there then.
   * One that was removed since is found by its id.
   */
  patientAsOf(actor: OrganisationActor, lookup: PatientLookup, asOf: string, withIdentity: boolean): Promise<RecordNode | null>;
  /** The children that there were then, those removed since too, in one read. */
  childrenAsOf(
    actor: OrganisationActor,
    recordType: RecordTypeName,
    parentIds: readonly string[],
    asOf: string,
  ): Promise<readonly RecordNode[]>;
}
