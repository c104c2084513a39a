/** The dataset's tables as Prisma models. */
import type { Dictionary } from "../../src/dataset/dictionary.ts";
import {
  type DatasetTable,
  describeTable,
  type SqlType,
  type TableColumn,
} from "../../src/persistence/database/dataset-table.ts";

const HEADER =
  "// Generated from the dictionary by scripts/generate/generate-prisma.ts. Do not edit: change schema/nacr and run it again.\n";

const PRISMA_TYPES: Readonly<Record<SqlType, readonly [type: string, attribute: string]>> = {
  text: ["String", ""],
  "text[]": ["String[]", ""],
  uuid: ["String", " @db.Uuid"],
  date: ["DateTime", " @db.Date"],
  integer: ["Int", ""],
  "double precision": ["Float", ""],
  boolean: ["Boolean", ""],
  timestamptz: ["DateTime", " @db.Timestamptz(6)"],
};

const toCamelCase = (column: string): string => column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const fieldNameOf = (column: TableColumn): string => column.item?.name ?? toCamelCase(column.name);

function renderColumn(column: TableColumn): string {
  const [type, attribute] = PRISMA_TYPES[column.type];
  const name = fieldNameOf(column);
  const optional = column.nullable && column.type !== "text[]" ? "?" : "";
  const map = name === column.name ? "" : ` @map("${column.name}")`;
  return `  ${name} ${type}${optional}${map}${attribute}`;
}

function renderRelations(dictionary: Dictionary, table: DatasetTable): string[] {
  const { definition, children } = dictionary.recordType(table.recordType);
  const lines = children.map((name) => {
    const child = dictionary.recordType(name).definition;
    return `  ${child.fieldName} ${child.typeName}[]`;
  });
  if (definition.parent === null) return [...lines, "  identity PatientIdentity?"];
  if (table.parent === null) return lines;
  const parent = dictionary.recordType(definition.parent).definition;
  const fields = `fields: [ods, ${toCamelCase(table.parent.column)}], references: [ods, id]`;
  return [...lines, `  parent ${parent.typeName} @relation(${fields}, onDelete: NoAction, onUpdate: NoAction)`];
}

function renderModel(dictionary: Dictionary, table: DatasetTable): string {
  const { definition } = dictionary.recordType(table.recordType);
  const fieldOf = (name: string): string => {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new Error(`${table.name} has no column ${name}`);
    return fieldNameOf(column);
  };
  const key = table.parent === null ? null : [table.parent.column, "ods", ...table.keyColumns].map(fieldOf).join(", ");
  return [
    `/// ${definition.label}`,
    `model ${definition.typeName} {`,
    ...table.columns.map(renderColumn),
    ...renderRelations(dictionary, table),
    "",
    "  @@id([ods, id])",
    ...(key === null ? [] : [`  @@unique([${key}], map: "${table.name}_natural_key")`]),
    `  @@map("${table.name}")`,
    '  @@schema("public")',
    "}",
    "",
  ].join("\n");
}

/** The whole text of prisma/nacr.generated.prisma. */
export function renderModels(dictionary: Dictionary): string {
  const tables = dictionary.recordTypes.map((recordType) => describeTable(dictionary, recordType));
  return [HEADER, ...tables.map((table) => renderModel(dictionary, table))].join("\n");
}
