/** The creation of the dataset's tables, with what Prisma cannot express: keys over nulls and row-level security. */
import type { Dictionary } from "../../src/dataset/dictionary.ts";
import { type DatasetTable, describeTable, type TableColumn } from "../../src/persistence/database/dataset-table.ts";

const HEADER = `-- The dataset's tables (dictionary gw-1.0). Written by \`generate-prisma.ts --migration\` before the first release;
-- from then on append-only: a changed dictionary gets a migration of its own.
-- Nulls are equal in the natural keys: two treatments of one type without a date are one treatment.
-- They begin with the parent, not with ods: on a table nobody has analysed yet, two indexes that begin with ods look equally good for
-- (ods, id), and a connection that settles on this one checks every foreign key by reading all the organisation's rows: COPY of 7,000
-- rows fell from 60,000 to 1,500 rows/s within 15,000 patients, and stays there on the embedded database, which never analyses.
-- The policies' sub-selects make PostgreSQL read each setting once per statement, not once per row; after a transaction a setting
-- is '' rather than null.
`;
const OWN_ROWS = "ods = (select nullif(current_setting('app.ods', true), ''))";
const OWN_PROGRAMMES =
  "programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[])";

function renderColumn(column: TableColumn): string {
  const type = column.type === "timestamptz" ? "timestamptz(6)" : column.type;
  return `  ${column.name} ${type}${column.nullable ? "" : " not null"}`;
}

function renderConstraints(table: DatasetTable): string[] {
  const primary = `  constraint ${table.name}_pkey primary key (ods, id)`;
  if (table.parent === null) return [primary];
  const { column, table: parent } = table.parent;
  return [
    primary,
    `  constraint ${table.name}_ods_${column}_fkey foreign key (ods, ${column}) references public.${parent} (ods, id)`,
  ];
}

function renderTable(table: DatasetTable): string {
  const name = `public.${table.name}`;
  const rule = table.programmeScoped ? `${OWN_ROWS}\n    and ${OWN_PROGRAMMES}` : OWN_ROWS;
  const lines = [`create table ${name} (`, [...table.columns.map(renderColumn), ...renderConstraints(table)].join(",\n"), ");"];
  if (table.parent !== null) {
    const key = [table.parent.column, "ods", ...table.keyColumns].join(", ");
    lines.push(`create unique index ${table.name}_natural_key on ${name} (${key}) nulls not distinct;`);
  }
  lines.push(
    `alter table ${name} enable row level security;`,
    `alter table ${name} force row level security;`,
    `create policy own_rows on ${name}`,
    `  using (${rule})`,
    `  with check (${rule});`,
    `grant select, insert, update, delete on ${name} to nacr_app;`,
    "",
  );
  return lines.join("\n");
}

/** The text of the first migration of the dataset's tables. */
export function renderMigration(dictionary: Dictionary): string {
  const tables = dictionary.recordTypes.map((recordType) => describeTable(dictionary, recordType));
  return [HEADER, ...tables.map(renderTable)].join("\n");
}
