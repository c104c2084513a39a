/** Rows of the dataset tables as the use cases see them. */
import type { Value } from "../dataset/define.ts";
import type { StoredRow } from "../submission/ports.ts";
import type { RecordNode } from "../submission/status-ports.ts";
import type { DatasetStatements } from "./sql/dataset-statements.ts";
import { itemValueOf, numberOf, optionalNumberOf, optionalTextOf, type SqlRow, textOf } from "./sql-row.ts";

/** Identity items by name, decrypted. */
export type IdentityValues = Readonly<Record<string, Value | null>>;

/** A stored row with the time of its last write, which the use case has no need of. */
export interface ReadRow extends StoredRow {
  readonly updatedAt: string;
}

/** Reads a row selected with `selectList`. Identity items are empty where no identity is given. */
export function readStoredRow({ recordType, table }: DatasetStatements, row: SqlRow, identity: IdentityValues | null): ReadRow {
  const values = recordType.items.map((item) =>
    item.identifying ? (identity?.[item.name] ?? null) : itemValueOf(row, item.column),
  );
  return {
    recordType: recordType.name,
    id: textOf(row, "id"),
    parentId: table.parent === null ? null : textOf(row, table.parent.column),
    version: numberOf(row, "version"),
    programmeCode: textOf(row, "programme_code"),
    values,
    anchorDate: recordType.name === "REHABILITATION" ? optionalTextOf(row, "anchor_date") : null,
    sourceTime: textOf(row, "source_time"),
    submissionId: textOf(row, "submission_id"),
    createdSubmissionId: textOf(row, "created_submission_id"),
    updatedAt: textOf(row, "updated_at"),
  };
}

/** The same row for reading: values by name, identity items only where an identity is given. */
export function readRecordNode(
  { recordType, table }: DatasetStatements,
  row: SqlRow,
  identity: IdentityValues | null,
): RecordNode {
  const values: Record<string, Value | null> = {};
  for (const item of recordType.items) {
    if (!item.identifying) values[item.name] = itemValueOf(row, item.column);
    else if (identity !== null) values[item.name] = identity[item.name] ?? null;
  }
  return {
    recordType: recordType.name,
    id: textOf(row, "id"),
    parentId: table.parent === null ? null : textOf(row, table.parent.column),
    version: numberOf(row, "version"),
    programmeCode: textOf(row, "programme_code"),
    updatedAt: textOf(row, "updated_at"),
    yearOfBirth: recordType.name === "PATIENT" ? optionalNumberOf(row, "year_of_birth") : null,
    values,
  };
}
