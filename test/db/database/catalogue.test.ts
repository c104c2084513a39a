import { describe, expect, it } from "vitest";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();

/** Roles that work for no organisation, or read over a link: what their own policies let them see is listed below, table by table. */
const NARROW = "array['nacr_worker'::regrole::oid, 'nacr_linker'::regrole::oid, 'nacr_journey'::regrole::oid]";

/**
 * Tables of organisations (`ods`, or two of it) that row-level security does not bind as it must: forced, and every policy but those of the
 * narrow roles asks for the organisation in what it shows and in what it takes. Only `organisation` and `programme` name no patient.
 */
const UNGUARDED = `
  select format('%s.%s', n.nspname, c.relname) as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'identity', 'link', 'audit') and c.relkind in ('r', 'p')
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('ods', 'a_ods', 'reader_ods') and not a.attisdropped)
    and not (
      c.relrowsecurity and c.relforcerowsecurity
      and exists (select from pg_policy p where p.polrelid = c.oid and not p.polroles <@ ${NARROW})
      and not exists (
        select from pg_policy p
        where p.polrelid = c.oid and not p.polroles <@ ${NARROW} and not (
          (p.polcmd = 'a' or coalesce(pg_get_expr(p.polqual, p.polrelid) like '%app.ods%', false))
          and (p.polcmd in ('r', 'd') or coalesce(pg_get_expr(p.polwithcheck, p.polrelid) like '%app.ods%', false)))))
  order by 1`;

const PROGRAMME_BOUND = `
  select p.polrelid::regclass::text as name
  from pg_policy p
  where pg_get_expr(p.polqual, p.polrelid) like '%app.programmes%' and pg_get_expr(p.polwithcheck, p.polrelid) like '%app.programmes%'
  order by 1`;

/** Rows a narrow role sees of all organisations: of the worker what is swept or sent, of the linker what links follow from. */
const rowsOf = (role: string) => `
  select format('%s: %s (%s)', p.polrelid::regclass, p.polname, p.polcmd) as name
  from pg_policy p where p.polroles = array['${role}'::regrole::oid] order by 1`;

/** A right that is for some columns only names them. */
const rightsOf = (role: string) => `
  with held as (
    select table_schema, table_name, lower(privilege_type) as "right" from information_schema.table_privileges where grantee = '${role}'
    union all
    select c.table_schema, c.table_name, format('%s (%s)', lower(c.privilege_type), string_agg(c.column_name, ', ' order by c.column_name))
    from information_schema.column_privileges c
    where c.grantee = '${role}' and not exists (
      select from information_schema.table_privileges t
      where (t.grantee, t.table_schema, t.table_name, t.privilege_type) = (c.grantee, c.table_schema, c.table_name, c.privilege_type))
    group by c.table_schema, c.table_name, c.privilege_type)
  select format('%s.%s: %s', table_schema, table_name, string_agg("right", ', ' order by "right")) as name
  from held group by table_schema, table_name order by 1`;

/** Policies of who reads over a link that ask for neither the grant nor the reader. */
const UNGRANTED = `
  select format('%s: %s', p.polrelid::regclass, p.polname) as name
  from pg_policy p
  where p.polroles = array['nacr_journey'::regrole::oid]
    and not (p.polcmd = 'r' and pg_get_expr(p.polqual, p.polrelid) like '%link_grant%' and pg_get_expr(p.polqual, p.polrelid) like '%app.ods%')
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
      "fhir_pull",
      "fhir_source",
      "fhir_source_patient",
      "mapping_trend",
      "mllp_lane",
      "mllp_listener",
      "mllp_message",
      "programme_event",
      "programme_sequence",
      "record_change",
      "record_tombstone",
      "rehabilitation",
      "submission",
      "submission_envelope",
      "submission_job",
      "submission_record",
      "submission_report",
      "webhook_cursor",
      "webhook_delivery",
    ]);
  });

  it("lets the application roles own nothing, log in nowhere and bypass nothing", async () => {
    expect(namesOf(await testDatabase().query(OWNED_BY_ROLES))).toEqual([]);
    const roles = await testDatabase().query(
      "select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname like 'nacr%' order by 1",
    );
    const powerless = { rolcanlogin: false, rolsuper: false, rolbypassrls: false, rolcreaterole: false };
    expect(roles).toEqual([
      { rolname: "nacr_access", ...powerless },
      { rolname: "nacr_app", ...powerless },
      { rolname: "nacr_journey", ...powerless },
      { rolname: "nacr_linker", ...powerless },
      { rolname: "nacr_worker", ...powerless },
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

  it("shows the worker of all organisations what it sweeps and sends, and no dataset row, identity, answer or input", async () => {
    expect(namesOf(await testDatabase().query(rowsOf("nacr_worker")))).toEqual([
      "fhir_pull: worker_rows (*)",
      "fhir_source: worker_rows (*)",
      "mapping_trend: worker_rows (*)",
      "mllp_lane: worker_rows (*)",
      "mllp_message: worker_rows (*)",
      "programme_event: worker_rows (*)",
      "submission: completed_rows (r)",
      "submission: expired_rows (*)",
      "submission: old_keys (w)",
      "submission: old_rows (r)",
      "submission_job: worker_rows (*)",
      "submission_report: expired_rows (*)",
      "upload: worker_rows (*)",
      "upload_part: worker_rows (*)",
      "webhook: worker_rows (*)",
      "webhook_cursor: worker_rows (*)",
      "webhook_delivery: worker_rows (*)",
    ]);
    expect(namesOf(await testDatabase().query(rightsOf("nacr_worker")))).toEqual([
      "public.fhir_pull: select (attempt, finished_at, leased_until, next_attempt_at, ods, programme_code, source_id, submission_id), update (attempt, leased_until)",
      "public.fhir_source: select (id, interval_minutes, next_pull_at, ods, open_until, origin, programme_code, state)",
      "public.mapping_trend: insert, select, update",
      "public.mapping_trend_cursor: select, update",
      "public.mllp_lane: select, update",
      "public.mllp_message: delete, select (id, ods, programme_code, received_at, settled_at, state)",
      "public.programme_event: select",
      "public.submission: delete, select (completed_at, expires_at, id, idempotency_key, mapping_summary, mode, ods, product, product_version, programme_code, received_at, replay_of, status, vendor), update (idempotency_key)",
      "public.submission_job: delete, select",
      "public.submission_report: delete, select (ods, submission_id)",
      "public.upload: delete, select",
      "public.upload_part: delete, select",
      "public.webhook: select",
      "public.webhook_cursor: insert, select, update",
      "public.webhook_delivery: delete, insert, select, update",
    ]);
    const [schemas] = await testDatabase().query(`select has_schema_privilege('nacr_worker', 'identity', 'usage')
      or has_schema_privilege('nacr_worker', 'access', 'usage') or has_schema_privilege('nacr_worker', 'keys', 'usage') as more`);
    expect(schemas).toEqual({ more: false });
  });

  it("shows the linker of all organisations digests, types and dates, and lets it write links only", async () => {
    expect(namesOf(await testDatabase().query(rowsOf("nacr_linker")))).toEqual([
      "identity.former_nhs_number: linker_rows (r)",
      "identity.patient_identity: linker_rows (r)",
      "identity.patient_merge: linker_rows (r)",
      "initiating_event: linker_rows (r)",
      "link.decision: linker_rows (r)",
      "link.due: linker_rows (*)",
      "link.episode_member: linker_rows (*)",
      "link.link_grant: linker_rows (*)",
      "link.pair: linker_rows (*)",
      "link.person_member: linker_rows (*)",
      "patient: linker_rows (r)",
      "treatment: linker_rows (r)",
    ]);
    expect(namesOf(await testDatabase().query(rightsOf("nacr_linker")))).toEqual([
      "identity.former_nhs_number: select",
      "identity.patient_identity: select (dob_hmac, name_hmac, nhs_hmac, ods, patient_id)",
      "identity.patient_merge: select",
      "link.decision: select (a_id, a_ods, b_id, b_ods, decided_at, decided_by_ods, decision, id, kind)",
      "link.due: delete, insert, select",
      "link.episode_member: delete, insert, select, update",
      "link.link_grant: delete, insert, select, update",
      "link.pair: delete, insert, select, update",
      "link.person_member: delete, insert, select, update",
      "public.initiating_event: select (event_date, event_type, id, ods, patient_id)",
      "public.organisation: select",
      "public.patient: select (id, ods)",
      "public.treatment: select (date, id, initiating_event_id, ods, type)",
    ]);
  });

  it("shows who reads over a link what a grant is there for, in columns that identify nobody", async () => {
    expect(namesOf(await testDatabase().query(rowsOf("nacr_journey")))).toEqual([
      "initiating_event: granted_rows (r)",
      "link.episode_member: granted_rows (r)",
      "link.pair: granted_links (r)",
      "patient: granted_rows (r)",
      "treatment: granted_rows (r)",
    ]);
    expect(namesOf(await testDatabase().query(rightsOf("nacr_journey")))).toEqual([
      "audit.access_line: insert, select",
      "link.decision: select",
      "link.episode_member: select",
      "link.link_grant: select",
      "link.pair: select",
      "link.person_member: select",
      "public.initiating_event: select (event_date, event_type, id, ods, patient_id, referring_organisation, source_time, updated_at)",
      "public.organisation: select",
      "public.patient: select (ethnic_group, gender, id, marital_status, ods, source_time, updated_at)",
      "public.treatment: select (date, id, initiating_event_id, ods, source_time, type, updated_at)",
    ]);
    expect(namesOf(await testDatabase().query(UNGRANTED))).toEqual([]);
  });

  it("finds a policy that shows rows over a link without a grant (control)", async () => {
    await testDatabase().query("create policy careless on public.rehabilitation for select to nacr_journey using (true)");
    expect(namesOf(await testDatabase().query(UNGRANTED))).toEqual(["rehabilitation: careless"]);
    await testDatabase().query("drop policy careless on public.rehabilitation");
  });

  it("has no view or function that would lift row-level security", async () => {
    const lifting = await testDatabase().query(`
      select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('v', 'm') and n.nspname in ('public', 'identity', 'link', 'audit', 'access', 'keys')
      union all select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname in ('public', 'identity', 'link', 'audit', 'access', 'keys')`);
    expect(lifting).toEqual([]);
  });
});
