/** Rows with sealed boxes in any table, made from what the catalogue says of it: nothing but the box matters to these tests. */
import type { OrganisationKeys } from "../../../src/keys/organisation-keys.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import type { Database } from "../../../src/persistence/database/database.ts";
import type { SealedContent } from "../../../src/persistence/resealing/sealed-columns.ts";
import { type Cell, toColumnLiteral } from "../../../src/persistence/sql/array-literal.ts";

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Of the column's type; of no meaning. */
const FILLER: Readonly<Record<string, string>> = {
  text: "'x'",
  integer: "1",
  bigint: "1",
  smallint: "1",
  boolean: "false",
  uuid: "gen_random_uuid()",
  jsonb: "'[]'",
  bytea: "n.id::text::bytea",
  date: "current_date",
  "timestamp with time zone": "now()",
  "text[]": "'{x}'",
  "uuid[]": "'{}'",
};

const NEEDED_COLUMNS = constantSql(
  `select a.attname as name, format_type(a.atttypid, null) as type from pg_attribute a
   where a.attrelid = $1::regclass and a.attnum > 0 and a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = ''`,
);

/** A row of filler keeps no rule of its table. */
const dropChecks = (table: string) =>
  constantSql(
    `do $$ declare named text; begin
       for named in select conname from pg_constraint where conrelid = '${table}'::regclass and contype = 'c' loop
         execute format('alter table ${table} drop constraint %I', named);
       end loop;
     end $$`,
  )([]);

export interface RowOfBox {
  readonly id: string;
  readonly part: number;
  /** The box, or what holds it. */
  readonly content: Uint8Array | string;
}

/** `schema.table.column` taken apart, and the columns that name a row. */
export interface ContentTable {
  readonly table: string;
  readonly column: string;
  readonly organisation: string;
  readonly id: string;
  readonly part: string | null;
}

const NAMED: Readonly<Record<string, Partial<ContentTable>>> = {
  "identity.patient_identity": { id: "patient_id" },
  "public.record_change": { id: "record_id", part: "version" },
  "public.record_tombstone": { id: "record_id", part: "version" },
  "public.submission_report": { id: "submission_id", part: "page" },
  "public.submission_envelope": { id: "submission_id", part: "chunk" },
  "public.fhir_pull": { id: "submission_id" },
  "link.decision": { organisation: "decided_by_ods" },
};

export function tableOf({ name }: Pick<SealedContent, "name">): ContentTable {
  const [schema = "", bare = "", column = ""] = name.split(".");
  const table = `${schema}.${bare}`;
  return { organisation: "ods", id: "id", part: null, ...NAMED[table], table, column };
}

/** Past foreign keys and triggers: as the tests' superuser. */
export async function insertRows(database: Database, table: ContentTable, ods: string, rows: readonly RowOfBox[]): Promise<void> {
  const { id, part, column, organisation } = table;
  const given: readonly (readonly [name: string, value: string])[] = [
    [organisation, "$1"],
    [id, "n.id"],
    ...(part === null ? [] : [[part, "n.part"] as const]),
    [column, "n.content"],
  ];
  await database.prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw(dropChecks(table.table));
      await tx.$executeRaw`select set_config('session_replication_role', 'replica', true)`;
      const needed = await tx.$queryRaw<Column[]>(NEEDED_COLUMNS([table.table]));
      const filled = needed
        .filter(({ name }) => !given.some(([taken]) => taken === name))
        .map(({ name, type }) => [name, FILLER[type] ?? "null"]);
      const columns = [...given, ...filled];
      const type = column === "beside" ? "jsonb" : "bytea";
      const insert = constantSql(
        `insert into ${table.table} (${columns.map(([name]) => name).join(", ")})
       select ${columns.map(([, value]) => value).join(", ")} from unnest($2::uuid[], $3::integer[], $4::${type}[]) n(id, part, content)
       where $1::text is not null`,
      );
      const list = (cell: (row: RowOfBox) => Cell): string => toColumnLiteral(rows, cell);
      await tx.$executeRaw(insert([ods, list((row) => row.id), list((row) => row.part), list((row) => row.content)]));
    },
    { timeout: 60_000 },
  );
}

/** What a tombstone keeps of a patient's identity. */
export const toBuried = (patientId: string, box: Uint8Array, keys: OrganisationKeys): string =>
  JSON.stringify({
    "identity.patient_identity": [
      { patient_id: patientId, sealed: `\\x${Buffer.from(box).toString("hex")}`, key_version: keys.version },
    ],
  });
