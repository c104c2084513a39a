/**
 * Z6, for every table of every schema: what is bound by row-level security and how, what may lift it, and which keys would tell of other
 * organisations' rows. Rights and policies role by role are in `test/db/database/catalogue.test.ts`.
 */
import { describe, expect, it } from "vitest";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const OURS = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg_temp%'";

const list = async (text: string): Promise<readonly string[]> =>
  (await testDatabase().query(text)).map(({ name }) => String(name));

const UNFORCED = `
  select format('%s.%s', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity) order by 1`;
/** Tables of no organisation's patients: who may be what, keys, the public register, and the gateway's own book-keeping. */
const NOBODYS = [
  ...["client", "client_key", "client_organisation", "person", "registration", "used_assertion"].map((name) => `access.${name}`),
  "keys.data_key",
  ...["_prisma_migrations", "deployment", "mapping_trend_cursor", "organisation", "programme"].map((name) => `public.${name}`),
];

/** Of the queue's own tables; what they hold of an organisation is looked at below. */
const QUEUE = "pgboss.";
const listUnforced = async () => (await list(UNFORCED)).filter((name) => !name.startsWith(QUEUE));

/** Roles whose own policies are listed one by one elsewhere, because they work for no organisation or over a link. */
const NARROW = [
  "access",
  "agreements",
  "analyst",
  "audit_retention",
  "auditor",
  "consent",
  "extractor",
  "extracts",
  "feed",
  "geographer",
  "journey",
  "linker",
  "national",
  "placer",
  "publisher",
  "questions",
  "reporter",
  "worker",
].map((name) => `nacr_${name}`);
const POLICIES = `
  select format('%s.%s %s', n.nspname, c.relname, p.polname) as name, p.polcmd::text as command, p.polpermissive as permissive,
    array(select pg_get_userbyid(o) from unnest(p.polroles) o where o <> 0)::text[] as roles,
    pg_get_expr(p.polqual, p.polrelid) as shown, pg_get_expr(p.polwithcheck, p.polrelid) as taken
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS} order by 1`;
const OWN = /\((\w+) = \( SELECT NULLIF\(current_setting\('app\.ods'::text, true\), ''::text\) AS "nullif"\)\)/g;
/** The organisation is asked for by itself or beside other conditions, never as one of two ways. */
const BOUND = /^(own\(ods\)|\(own\(ods\) AND .*\))$/s;
const OF_EITHER = "(own(a_ods) OR own(b_ods))";
/** Rows of two organisations, rows that are bound by the row they belong to, and thresholds, which are the audit's and everybody's to read. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "audit.chain seen_rows": ["(EXISTS ( SELECT FROM audit.event e WHERE (e.id = chain.event_id)))"],
  "audit.event written_rows": ["((agent_ods IS NULL) OR own(agent_ods))"],
  "link.decision erased_rows": [OF_EITHER],
  "link.decision sealed_rows": ["own(decided_by_ods)"],
  "link.decision seen_rows": [OF_EITHER],
  "link.decision written_rows": [`(own(decided_by_ods) AND ${OF_EITHER})`],
  "link.link_grant seen_rows": ["own(reader_ods)"],
  "link.pair seen_rows": [OF_EITHER],
  "reporting.threshold read_rows": ["true"],
};

/** Policies of roles that work for an organisation, with a condition that another organisation's row could meet. */
async function listUnbound(): Promise<string[]> {
  const policies = await testDatabase().query(POLICIES);
  return policies.flatMap(({ name, command, permissive, roles, shown, taken }) => {
    if (Array.isArray(roles) && roles.length > 0 && roles.every((role) => NARROW.includes(String(role)))) return [];
    const conditions = [...(command === "a" ? [] : [shown]), ...(command === "r" || command === "d" ? [] : [taken])];
    const told = conditions.map((condition) => String(condition).replace(OWN, "own($1)").replace(/\s+/g, " "));
    const isBound = told.every((each) => BOUND.test(each) || OTHERWISE[String(name)]?.includes(each) === true);
    return isBound && permissive === true ? [] : [`${String(name)}: ${told.join(" / ")}`];
  });
}

const LIFTING = `
  select format('%s.%s', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and c.relkind in ('v', 'm', 'f')
  union all select format('%s.%s', n.nspname, p.proname) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where ${OURS} and p.prosecdef
  union all select r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and c.relkind in ('r', 'p')`;

const MEMBERSHIPS = `
  select format('%s is a %s', member::regrole, roleid::regrole) as name from pg_auth_members
  where member::regrole::text like 'nacr%'`;
const CREATING = `
  select format('%s in %s', r.rolname, n.nspname) as name from pg_roles r cross join pg_namespace n
  where r.rolname like 'nacr%' and has_schema_privilege(r.oid, n.oid, 'create')`;
const TO_EVERYBODY = `
  select distinct format('%s.%s', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a
  where ${OURS} and a.grantee = 0`;

/** A job says whose submission it is: they put jobs in, and read none. */
const READABLE_JOBS = `
  select format('%s: %s', c.relname, a.attname) as name
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace, pg_roles r
  where n.nspname = 'pgboss' and c.relkind in ('r', 'p', 'v', 'm') and a.attname in ('data', 'output', 'singleton_key')
    and r.rolname like 'nacr%' and has_column_privilege(r.oid, c.oid, a.attnum, 'select')`;

const HAS_ODS = "exists (select from pg_attribute a where a.attrelid = c.%s and a.attname = 'ods' and not a.attisdropped)";
const LOOSE_KEYS = `
  select format('%s: %s', c.conrelid::regclass, c.conname) as name from pg_constraint c
  where c.contype = 'f' and ${HAS_ODS.replace("%s", "conrelid")} and ${HAS_ODS.replace("%s", "confrelid")} and not exists (
    select from unnest(c.conkey, c.confkey) k(own, other)
    join pg_attribute o on (o.attrelid, o.attnum, o.attname) = (c.conrelid, k.own, 'ods')
    join pg_attribute t on (t.attrelid, t.attnum, t.attname) = (c.confrelid, k.other, 'ods'))`;
const TELLING_KEYS = `
  select i.indexrelid::regclass::text as name from pg_index i
  where i.indisunique and exists (select from pg_attribute a where a.attrelid = i.indrelid and a.attname in ('ods', 'a_ods'))
    and not exists (
      select from pg_attribute a where a.attrelid = i.indrelid and a.attname in ('ods', 'a_ods', 'owner_ods') and a.attnum = any (i.indkey::int2[]))
  order by 1`;

/** Keys of ids (and of a reference) that the gateway makes itself: no caller can choose one to meet another's. */
const OF_IDS = [
  "audit.event_pkey",
  "consent.objection_pkey",
  "consent.opt_out_request_pkey",
  "consent.opt_out_request_reference_key",
  "consent.subject_pkey",
  "link.decision_pkey",
  "link.due_pkey",
  "link.pair_pkey",
  "national_feed.due_pkey",
  "national_feed.review_pkey",
];

describe("every table of every schema", () => {
  it("is bound by forced row-level security, but those of nobody's patients", async () => {
    expect(await listUnforced()).toEqual(NOBODYS);
    await testDatabase().query("create table destruction.forgotten (id uuid)");
    await testDatabase().query("alter table link.pair no force row level security");
    expect(await listUnforced()).toEqual([...NOBODYS, "destruction.forgotten", "link.pair"].toSorted());
    await testDatabase().query("drop table destruction.forgotten");
    await testDatabase().query("alter table link.pair force row level security");
  });

  it("shows and takes rows of the organisation alone: no policy has another way in", async () => {
    expect(await listUnbound()).toEqual([]);
  });

  it.each([
    ["another way in", "on public.drug using (ods = 'RAA' or current_setting('app.ods', true) <> '')"],
    ["no condition on what is taken", "on consent.subject for insert to nacr_app with check (true)"],
    ["no condition on what is shown", "on identity.patient_identity for select to nacr_app, nacr_worker using (true)"],
    ["a condition that is always met", "on public.patient using (ods = ods or current_setting('app.ods', true) is null)"],
  ])("would be found with %s (control)", async (_what, policy) => {
    await testDatabase().query(`create policy careless ${policy}`);
    expect(await listUnbound()).toEqual([expect.stringContaining(" careless: ")]);
    await testDatabase().query(`drop policy careless ${policy.split(" ").slice(0, 2).join(" ")}`);
  });

  it("is reached by no view, rule or function that would lift it", async () => {
    expect(await list(LIFTING)).toEqual([]);
    await testDatabase().query("create view consent.everybody as select ods from consent.objection");
    await testDatabase().query("create function link.lift() returns int language sql security definer as 'select 1'");
    expect(await list(LIFTING)).toEqual(["consent.everybody", "link.lift"]);
    await testDatabase().query("drop view consent.everybody");
    await testDatabase().query("drop function link.lift()");
  });

  it("points at rows of its own organisation only", async () => {
    expect(await list(LOOSE_KEYS)).toEqual([]);
    await testDatabase().query(
      "alter table public.upload add constraint loose foreign key (id) references consent.objection (id)",
    );
    expect(await list(LOOSE_KEYS)).toEqual(["upload: loose"]);
    await testDatabase().query("alter table public.upload drop constraint loose");
  });

  it("is unique within the organisation, so that no conflict tells of another: all other keys are ids that the gateway makes", async () => {
    expect(await list(TELLING_KEYS)).toEqual(OF_IDS);
  });
});

describe("the roles that requests run under", () => {
  it("inherit nothing, make nothing, and have nothing that everybody has", async () => {
    expect(await list(MEMBERSHIPS)).toEqual(["nacr_eraser is a nacr_app"]);
    expect(await list(CREATING)).toEqual([]);
    expect(await list(TO_EVERYBODY)).toEqual([]);
    expect(await list(READABLE_JOBS)).toEqual([]);
  });
});
