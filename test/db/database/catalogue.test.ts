import { describe, expect, it } from "vitest";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();

/** Tables with an `ods` column that row-level security does not bind as it must; only `organisation` and `programme` name no patient. */
const UNGUARDED = `
  select format('%s.%s', n.nspname, c.relname) as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'identity') and c.relkind in ('r', 'p')
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'ods' and not a.attisdropped)
    and not (
      c.relrowsecurity and c.relforcerowsecurity
      and exists (
        select from pg_policy p
        where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*'
          and pg_get_expr(p.polqual, p.polrelid) like '%app.ods%' and pg_get_expr(p.polwithcheck, p.polrelid) like '%app.ods%')
      and (select count(*) from pg_policy p where p.polrelid = c.oid) = 1)
  order by 1`;

const PROGRAMME_BOUND = `
  select p.polrelid::regclass::text as name
  from pg_policy p
  where pg_get_expr(p.polqual, p.polrelid) like '%app.programmes%' and pg_get_expr(p.polwithcheck, p.polrelid) like '%app.programmes%'
  order by 1`;

const OWNED_BY_ROLES = `
  select c.relname as name from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname like 'nacr%'
  union all select n.nspname from pg_namespace n join pg_roles r on r.oid = n.nspowner where r.rolname like 'nacr%'
  union all select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner where r.rolname like 'nacr%'`;

const namesOf = (rows: readonly Readonly<Record<string, unknown>>[]) => rows.map((row) => String(row.name));

describe("the catalogue", () => {
  it("forces row-level security with USING and WITH CHECK on every table that belongs to organisations", async () => {
    expect(namesOf(await testDatabase().query(UNGUARDED))).toEqual([]);
  });

  it("finds a table whose security was left off (control)", async () => {
    await testDatabase().query("create table public.forgotten (ods text)");
    expect(namesOf(await testDatabase().query(UNGUARDED))).toEqual(["public.forgotten"]);
    await testDatabase().query("drop table public.forgotten");
  });

  it("finds a table whose owner escapes its policy (control)", async () => {
    await testDatabase().query("alter table public.drug no force row level security");
    expect(namesOf(await testDatabase().query(UNGUARDED))).toEqual(["public.drug"]);
    await testDatabase().query("alter table public.drug force row level security");
  });

  it("binds to the programme what belongs to the programme", async () => {
    expect(namesOf(await testDatabase().query(PROGRAMME_BOUND))).toEqual([
      "acute_event",
      "assessment",
      "drug",
      "record_change",
      "rehabilitation",
      "submission",
      "submission_envelope",
      "submission_record",
      "submission_report",
    ]);
  });

  it("lets the application roles own nothing, log in nowhere and bypass nothing", async () => {
    expect(namesOf(await testDatabase().query(OWNED_BY_ROLES))).toEqual([]);
    const roles = await testDatabase().query(
      "select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname in ('nacr_app', 'nacr_access') order by 1",
    );
    const powerless = { rolcanlogin: false, rolsuper: false, rolbypassrls: false, rolcreaterole: false };
    expect(roles).toEqual([
      { rolname: "nacr_access", ...powerless },
      { rolname: "nacr_app", ...powerless },
    ]);
  });

  it("keeps keys from both roles, access from the one and patients from the other", async () => {
    const [rights] = await testDatabase().query(`select
      has_schema_privilege('nacr_app', 'keys', 'usage') or has_schema_privilege('nacr_access', 'keys', 'usage') as keys,
      has_schema_privilege('nacr_app', 'access', 'usage') as access,
      has_schema_privilege('nacr_access', 'identity', 'usage') or has_table_privilege('nacr_access', 'public.patient', 'select') as patients,
      has_table_privilege('nacr_app', 'public.record_change', 'update, delete, truncate') as history`);
    expect(rights).toEqual({ keys: false, access: false, patients: false, history: false });
  });

  it("has no view or function that would lift row-level security", async () => {
    const lifting = await testDatabase().query(`
      select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('v', 'm') and n.nspname in ('public', 'identity', 'access', 'keys')
      union all select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname in ('public', 'identity', 'access', 'keys')`);
    expect(lifting).toEqual([]);
  });
});
