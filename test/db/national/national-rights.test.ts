/** What the schema national can hold, and who can reach what: from the catalogue, and by trying. */
import { describe, expect, it } from "vitest";
import { toColumnName } from "../../../src/dataset/compile-dictionary.ts";
import { NATIONAL_TABLES, type NationalColumn } from "../../../src/national/national-columns.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import type { UnitSettings } from "../../../src/persistence/database/unit.ts";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const query = (text: string) => testDatabase().query(text);
const DENIED = { state: "42501" };
const run = (role: UnitSettings["role"], text: string) =>
  testDatabase().database.withRole({ role }, (tx) => tx.$queryRaw(constantSql(text)([])));

const TYPES: Readonly<Record<NationalColumn["kind"], string>> = {
  code: "text",
  codes: "text[]",
  registered: "text",
  integer: "integer",
  number: "integer",
  decimal: "double precision",
  month: "date",
  pseudonym: "bytea",
};
/** Numbers that the feed gives. */
const PLACE = ["subject bigint", "journey integer"];

const declared = Object.entries(NATIONAL_TABLES).flatMap(([table, columns]) => [
  ...PLACE.map((column) => `${table}.${column}`),
  ...Object.entries<NationalColumn>(columns).map(([name, { kind }]) => `${table}.${toColumnName(name)} ${TYPES[kind]}`),
]);
const stored = async (): Promise<readonly string[]> => {
  const rows = await query(`
    select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, null) as name
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'national' and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped`);
  return rows.map(({ name }) => String(name)).toSorted();
};

/** Checks of one column alone, by `table.column`. */
const checks = async (): Promise<ReadonlyMap<string, string>> => {
  const rows = await query(`
    select c.relname || '.' || a.attname as name, pg_get_constraintdef(k.oid) as "check"
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and k.conkey = array[a.attnum]
    where n.nspname = 'national' and k.contype = 'c'`);
  return new Map(rows.map((row) => [String(row.name), String(row.check)]));
};
const UNCHECKED_TEXT = `
  select c.relname || '.' || a.attname as name
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'national' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    and a.atttypid::regtype not in ('bigint', 'date')
    and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum])`;

describe("the schema national", () => {
  it("has the declared columns, each of the type of its kind, and no other", async () => {
    expect(await stored()).toEqual(declared.toSorted());
  });

  it("checks every column but the number the feed gives and the month", async () => {
    expect(await query(UNCHECKED_TEXT)).toEqual([]);
    await query("alter table national.journey add column remarks text");
    expect(await query(UNCHECKED_TEXT)).toEqual([{ name: "journey.remarks" }]);
    expect(await stored()).not.toEqual(declared.toSorted());
    await query("alter table national.journey drop column remarks");
  });

  it("takes in each column of codes those of its list, and no other", async () => {
    const found = await checks();
    const codes = Object.entries(NATIONAL_TABLES).flatMap(([table, columns]) =>
      Object.entries<NationalColumn>(columns).flatMap(([name, column]) =>
        "codes" in column ? [[`${table}.${toColumnName(name)}`, column.codes.toSorted()] as const] : [],
      ),
    );
    const checked = codes.map(([name]) => [
      name,
      [...(found.get(name) ?? "").matchAll(/'([A-Z0-9_]+)'/g)].map(([, code]) => code).toSorted(),
    ]);
    expect(checked).toEqual(codes);
  });

  it.each([
    "programme = '9434765919'",
    "programme = 'Ann Lark'",
    "trust = '943 476'",
    "gender = 'YO10 5DD'",
    "event_month = '1951-03-14'",
    "comorbidities = array['wants no letters']",
    "components = array['EDUCATION', 'H-1']",
    "age = 91",
    "duration_days = 943476591",
    "pseudonym = '9434765919'",
  ])("refuses what identifies somebody: %s", async (change) => {
    await query(`insert into national.journey (subject, journey, pseudonym, key_version, event_group, event_month, treatment_groups, components, comorbidities)
      values (0, 1, sha256('x'), 1, 'MI', '2026-01-01', '{}', '{}', '{}')`);
    await expect(query(`update national.journey set ${change} where subject = 0`)).rejects.toThrow(/check/);
    await query("delete from national.journey");
  });
});

const READABLE = `
  select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
    and has_schema_privilege('nacr_national', n.oid, 'usage') and case when c.relkind = 'S'
      then has_sequence_privilege('nacr_national', c.oid, 'usage, select, update')
      else has_table_privilege('nacr_national', c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege('nacr_national', c.oid, 'select, insert, update, references') end
  order by 1`;

const UNFORCED = `
  select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('national', 'national_feed') and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`;

describe("both schemas", () => {
  it("force row-level security on every table", async () => {
    expect(await query(UNFORCED)).toEqual([]);
    await query("create table national_feed.forgotten (ods text)");
    expect(await query(UNFORCED)).toEqual([{ name: "national_feed.forgotten" }]);
    await query("drop table national_feed.forgotten");
  });
});

describe("who reads the national side", () => {
  it("has a right on the four tables and on nothing else of any schema", async () => {
    const four = ["acute_event", "assessment", "drug_class", "journey"].map((table) => ({ name: `national.${table}` }));
    expect(await query(READABLE)).toEqual(four);
    await query("grant usage on schema public to nacr_national");
    await query("grant select (gender) on public.patient to nacr_national");
    expect(await query(READABLE)).toEqual([...four, { name: "public.patient" }]);
    await query("revoke select (gender) on public.patient from nacr_national");
    await query("revoke usage on schema public from nacr_national");
  });

  it("belongs to no role that has more, and no role that has less belongs to it", async () => {
    const related = `select r.rolname from pg_auth_members m join pg_roles r on r.oid in (m.roleid, m.member)
      where 'nacr_national'::regrole in (m.roleid, m.member) and r.rolname like 'nacr%' and r.rolname <> 'nacr_national'`;
    expect(await query(related)).toEqual([]);
  });

  it.each(["journey", "assessment", "acute_event", "drug_class"])("reads %s and writes nothing there", async (table) => {
    expect(await run("nacr_national", `select * from national.${table}`)).toEqual([]);
    await expect(run("nacr_national", `delete from national.${table}`)).rejects.toMatchObject(DENIED);
  });

  it.each([
    "public.patient",
    "public.submission",
    "identity.patient_identity",
    "link.person_member",
    "national_feed.member",
    "national_feed.due",
    "audit.event",
    "keys.data_key",
    "access.client",
  ])("is refused %s", async (table) => {
    await expect(run("nacr_national", `select * from ${table}`)).rejects.toMatchObject(DENIED);
  });
});

describe("who makes the rows", () => {
  it.each([
    "select sealed from identity.patient_identity",
    "select dob_hmac from identity.patient_identity",
    "select hospital_hmac from identity.patient_identity",
    "select * from identity.source_id",
    "select gp_practice_code from public.patient",
    "select created_submission_id from public.patient",
    "select client_id from public.submission",
    "select source_hmac from public.submission_record",
    "select sealed from public.record_tombstone",
    "select * from public.submission_report",
    "select * from keys.data_key",
    "update public.patient set gender = 'MALE'",
    "select * from audit.event",
  ])("is refused: %s", async (statement) => {
    await expect(run("nacr_feed", statement)).rejects.toMatchObject(DENIED);
  });

  it("says of others only that they are due", async () => {
    const due = "insert into national_feed.due (ods, patient_id) values ('RAA', gen_random_uuid())";
    await expect(run("nacr_app", due)).rejects.toThrow();
    await run("nacr_linker", due);
    await expect(run("nacr_linker", "select * from national_feed.due")).rejects.toMatchObject(DENIED);
    await expect(run("nacr_app", "select * from national.journey")).rejects.toMatchObject(DENIED);
  });
});
