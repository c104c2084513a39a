/** How a record type of the dictionary is stored: the one description its Prisma model, its migration and its SQL are made from. */
import type { ItemKind, RecordTypeName } from "../../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../dataset/dictionary.ts";

export type SqlType = "text" | "text[]" | "uuid" | "date" | "integer" | "double precision" | "boolean" | "timestamptz";

export interface TableColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** The item the column holds; null for a column of the gateway's own. */
  readonly item: CompiledItem | null;
}

export interface DatasetTable {
  readonly recordType: RecordTypeName;
  /** In schema `public`. */
  readonly name: string;
  readonly parent: { readonly table: string; readonly column: string } | null;
  readonly columns: readonly TableColumn[];
  /** With `ods` and the parent, what makes a row unique (nulls are equal). Empty for the patient, whom the identity tables find. */
  readonly keyColumns: readonly string[];
  readonly programmeScoped: boolean;
}

/** A partial date has no SQL type that keeps "only the year is known": it stays text. */
const SQL_TYPES: Readonly<Record<ItemKind, SqlType>> = {
  nhsNumber: "text",
  text: "text",
  postcode: "text",
  organisation: "text",
  gpPractice: "text",
  programme: "text",
  code: "text",
  partialDate: "text",
  codes: "text[]",
  date: "date",
  integer: "integer",
  decimal: "double precision",
  boolean: "boolean",
};

/** The referral or core start date of the first sending, which identifies a rehabilitation for ever (dataset Decision 11). */
const ANCHOR_COLUMN = "anchor_date";
const PROGRAMME_COLUMN = "programme_code";

const own = (name: string, type: SqlType, nullable = false): TableColumn => ({ name, type, nullable, item: null });

function parentOf(dictionary: Dictionary, recordType: CompiledRecordType): DatasetTable["parent"] {
  const { parent } = recordType.definition;
  if (parent === null) return null;
  const { table } = dictionary.recordType(parent).definition;
  return { table, column: `${table}_id` };
}

function ownColumns(recordType: CompiledRecordType, parent: DatasetTable["parent"]): TableColumn[] {
  const programme = recordType.clinicalItems.find((item) => item.column === PROGRAMME_COLUMN) ?? null;
  return [
    own("ods", "text"),
    own("id", "uuid"),
    ...(parent === null ? [] : [own(parent.column, "uuid")]),
    ...(recordType.name === "PATIENT" ? [own("year_of_birth", "integer", true)] : []),
    { ...own(PROGRAMME_COLUMN, "text"), item: programme },
    ...(recordType.name === "REHABILITATION" ? [own(ANCHOR_COLUMN, "date")] : []),
    own("version", "integer"),
    own("created_submission_id", "uuid"),
    own("submission_id", "uuid"),
    own("source_time", "timestamptz"),
    own("updated_at", "timestamptz"),
  ];
}

const keyColumnsOf = (recordType: CompiledRecordType): string[] =>
  recordType.name === "REHABILITATION" ? [PROGRAMME_COLUMN, ANCHOR_COLUMN] : recordType.naturalKey.map((item) => item.column);

/** Describes the table of a record type: the gateway's own columns first, then one column for each item that is not identifying. */
export function describeTable(dictionary: Dictionary, recordType: CompiledRecordType): DatasetTable {
  const parent = parentOf(dictionary, recordType);
  const columns = ownColumns(recordType, parent);
  const taken = new Set(columns.map((column) => column.name));
  const keyColumns = parent === null ? [] : keyColumnsOf(recordType);
  for (const item of recordType.clinicalItems) {
    if (taken.has(item.column)) continue;
    const nullable = !(item.mandatory === true && keyColumns.includes(item.column));
    columns.push({ name: item.column, type: SQL_TYPES[item.kind], nullable, item });
  }
  const { table, programmeScoped } = recordType.definition;
  return { recordType: recordType.name, name: table, parent, columns, keyColumns, programmeScoped };
}
