/** The SQL of the nine dataset tables, made once from the dictionary: what is inserted, replaced and read of each record type. */
import type { RecordTypeName, Value } from "../../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../dataset/dictionary.ts";
import type { RowToWrite } from "../../submission/ports.ts";
import { constantSql } from "../database/constant-sql.ts";
import { type DatasetTable, describeTable, type TableColumn } from "../database/dataset-table.ts";
import type { Cell } from "./array-literal.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql, ScalarName, ShapeColumn, TableShape } from "./table-shape.ts";
import { compileUpdate, type UpdateStatement } from "./update-statement.ts";

export interface DatasetStatements {
  readonly recordType: CompiledRecordType;
  readonly table: DatasetTable;
  readonly insert: TableShape<RowToWrite>;
  readonly update: UpdateStatement<RowToWrite>;
  /** `$1` organisation, `$2` parent ids (`uuid[]`); null for the patient, who has no parent. */
  readonly selectChildren: ConstantSql | null;
  /** The select list of a whole row of the table under the alias `t`, as `readStoredRow` reads it. */
  readonly selectList: string;
}

const SCALAR_COLUMNS: ReadonlyMap<string, ScalarName> = new Map([
  ["ods", "ods"],
  ["submission_id", "submissionId"],
  ["created_submission_id", "submissionId"],
  ["updated_at", "writtenAt"],
]);

/** What an update leaves as it is, besides the row's place in the tree: what identifies a rehabilitation for ever. */
const LASTING_COLUMNS: ReadonlySet<string> = new Set(["anchor_date"]);

const itemCell =
  (item: CompiledItem) =>
  (row: RowToWrite): Cell =>
    row.values[item.index] ?? null;

/** Years are four digits in every ISO date. */
const yearOf = (value: Value | null | undefined): number | null => (typeof value === "string" ? Number(value.slice(0, 4)) : null);

function yearOfBirthCell(recordType: CompiledRecordType): (row: RowToWrite) => Cell {
  const dateOfBirth = recordType.byName.get("dateOfBirth");
  return (row) => (dateOfBirth === undefined ? null : yearOf(row.values[dateOfBirth.index]));
}

/** Where the value of a column that is not an item's comes from. */
function gatewayCell(table: DatasetTable, recordType: CompiledRecordType, name: string): (row: RowToWrite) => Cell {
  if (name === table.parent?.column) return (row) => row.parentId;
  switch (name) {
    case "id":
      return (row) => row.id;
    case "version":
      return (row) => row.version;
    case "programme_code":
      return (row) => row.programmeCode;
    case "anchor_date":
      return (row) => row.anchorDate;
    case "source_time":
      return (row) => row.sourceTime;
    case "year_of_birth":
      return yearOfBirthCell(recordType);
    default:
      throw new Error(`Nothing fills the column ${name} of ${table.name}`);
  }
}

/** `programme_code` is the row's own even where an item of the rehabilitation shows it: row-level security rests on it. */
const isItemColumn = (column: TableColumn): column is TableColumn & { item: CompiledItem } =>
  column.item !== null && column.name !== "programme_code";

function shapeColumns(table: DatasetTable, recordType: CompiledRecordType): readonly ShapeColumn<RowToWrite>[] {
  return table.columns
    .filter((column) => !SCALAR_COLUMNS.has(column.name))
    .map((column) => ({
      name: column.name,
      type: column.type,
      read: isItemColumn(column) ? itemCell(column.item) : gatewayCell(table, recordType, column.name),
    }));
}

function insertShape(table: DatasetTable, columns: readonly ShapeColumn<RowToWrite>[]): TableShape<RowToWrite> {
  const scalars = [...SCALAR_COLUMNS].filter(([name]) => table.columns.some((column) => column.name === name));
  return { table: `public.${table.name}`, scalars, columns };
}

/**
 * Replaces whole merged rows by primary key. The version in the condition makes a row that somebody else changed meanwhile a
 * row that is not found, which the caller counts.
 */
function updateStatement(table: DatasetTable, columns: readonly ShapeColumn<RowToWrite>[]): UpdateStatement<RowToWrite> {
  const lasting = (name: string): boolean => LASTING_COLUMNS.has(name) || name === table.parent?.column;
  return compileUpdate({
    table: `public.${table.name}`,
    key: "id",
    scalars: [
      ["submission_id", "submissionId"],
      ["updated_at", "writtenAt"],
    ],
    columns: columns.filter((column) => !lasting(column.name)),
    condition: "t.version = x.version - 1",
  });
}

function selectList(table: DatasetTable): string {
  const selected = table.columns.map(({ name, type }) => {
    if (type === "timestamptz") return `${isoInstant(`t.${name}`)} as ${name}`;
    return type === "date" || type === "uuid" ? `t.${name}::text as ${name}` : `t.${name}`;
  });
  return selected.join(", ");
}

function compileRecordType(dictionary: Dictionary, recordType: CompiledRecordType): DatasetStatements {
  if (recordType.name !== "PATIENT" && recordType.identityItems.length > 0) {
    throw new Error(`${recordType.name} has identifying items: only the patient has a place to seal them in`);
  }
  const table = describeTable(dictionary, recordType);
  const columns = shapeColumns(table, recordType);
  const list = selectList(table);
  // One look-up in the natural key for each parent; `offset 0` keeps the planner from making a join of it, which read all rows of the
  // organisation wherever statistics were missing: 1,000 of 109,000 assessments took 48 ms instead of 7.
  const children =
    table.parent &&
    `select t.* from unnest($2::uuid[]) wanted(id) cross join lateral (
       select ${list} from public.${table.name} t
       where t.ods = $1 and t.${table.parent.column} = wanted.id offset 0) t order by t.id`;
  return {
    recordType,
    table,
    insert: insertShape(table, columns),
    update: updateStatement(table, columns),
    selectChildren: children === null ? null : constantSql(children),
    selectList: list,
  };
}

/** One entry per record type, parents before children. */
export type DatasetSql = ReadonlyMap<RecordTypeName, DatasetStatements>;

/** @throws Error for a dictionary whose identifying items have no place to be sealed in. */
export function compileDatasetSql(dictionary: Dictionary): DatasetSql {
  return new Map(dictionary.recordTypes.map((recordType) => [recordType.name, compileRecordType(dictionary, recordType)]));
}

/** @throws Error for a record type the dictionary does not have: names come from code. */
export function statementsOf(sql: DatasetSql, name: RecordTypeName): DatasetStatements {
  const statements = sql.get(name);
  if (statements === undefined) throw new Error(`The dictionary has no record type ${name}`);
  return statements;
}
