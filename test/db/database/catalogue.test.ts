import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();

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

/** What is decided about a breach; what was reported is never told otherwise. */
const BREACH_DECISIONS = `acknowledged_at, acknowledged_by, ico_decided_at, ico_decided_by, ico_reasons, ico_reference, ico_reportable, \
ico_reported_at, last_chased_at, outcome, outcome_at, outcome_by, outcome_reasons, times_chased`;

describe("the catalogue", () => {
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
      "reporting.denominator",
      "reporting.frequency",
      "reporting.survey",
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
      { rolname: "nacr_agreements", ...powerless },
      { rolname: "nacr_analyst", ...powerless },
      { rolname: "nacr_app", ...powerless },
      { rolname: "nacr_audit_retention", ...powerless },
      { rolname: "nacr_auditor", ...powerless },
      { rolname: "nacr_consent", ...powerless },
      { rolname: "nacr_eraser", ...powerless },
      { rolname: "nacr_extractor", ...powerless },
      { rolname: "nacr_extracts", ...powerless },
      { rolname: "nacr_feed", ...powerless },
      { rolname: "nacr_geographer", ...powerless },
      { rolname: "nacr_journey", ...powerless },
      { rolname: "nacr_linker", ...powerless },
      { rolname: "nacr_national", ...powerless },
      { rolname: "nacr_placer", ...powerless },
      { rolname: "nacr_publisher", ...powerless },
      { rolname: "nacr_questions", ...powerless },
      { rolname: "nacr_reporter", ...powerless },
      { rolname: "nacr_resealer", ...powerless },
      { rolname: "nacr_worker", ...powerless },
    ]);
    // A login that may make no roles gets them from whoever follows the runbook.
    const runbook = await readFile(new URL("../../../docs/runbook.md", import.meta.url), "utf8");
    const [, granted = ""] = /^grant ([^;]+) to nacr_gateway;/m.exec(runbook) ?? [];
    expect(granted.split(/,\s+/).sort()).toEqual(roles.map(({ rolname }) => rolname));
    for (const { rolname } of roles) expect(runbook).toContain(`create role ${String(rolname)} nologin;`);
  });

  it("keeps keys from both roles, access from the one and patients from the other", async () => {
    const [rights] = await testDatabase().query(`select
      has_schema_privilege('nacr_app', 'keys', 'usage') or has_schema_privilege('nacr_access', 'keys', 'usage') as keys,
      has_schema_privilege('nacr_app', 'access', 'usage') as access,
      has_schema_privilege('nacr_access', 'identity', 'usage') or has_table_privilege('nacr_access', 'public.patient', 'select') as patients,
      has_table_privilege('nacr_app', 'public.record_change', 'update, delete, truncate') as history`);
    expect(rights).toEqual({ keys: false, access: false, patients: false, history: false });
  });

  it("lets who decides about registrations change what is decided, never who asked to be what, and where", async () => {
    const rights = (await testDatabase().query(rightsOf("nacr_access"))).map(({ name }) => String(name));
    expect(rights.filter((name) => /^(access\.(person|registration)|public\.(organisation|programme)):/.test(name))).toEqual([
      "access.person: insert, select, update (last_seen)",
      "access.registration: insert, select, update (attested_at, attested_by, decided_at, decided_by, decision_reason, effective_at, end_proposed_at, end_proposed_by, end_reason, ended_at, ended_by, ends_on, last_used_at, programmes, scopes, starts_on, state)",
      "public.organisation: insert, select, update (name)",
      "public.programme: insert, select, update (name)",
    ]);
  });

  it("shows the worker of all organisations what it sweeps and sends, and no identity, answer, input or dataset row but on a tombstone whose time is over", async () => {
    expect(namesOf(await testDatabase().query(rowsOf("nacr_worker")))).toEqual([
      "destruction.certificate: unfinished_rows (*)",
      "fhir_pull: worker_rows (*)",
      "fhir_source: worker_rows (*)",
      "mapping_trend: worker_rows (*)",
      "mllp_lane: worker_rows (*)",
      "mllp_message: worker_rows (*)",
      "programme_event: worker_rows (*)",
      "record_tombstone: expired_rows (w)",
      "record_tombstone: expiring_rows (r)",
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
      "audit.event: insert",
      "destruction.certificate: select, update (certified_at, document, generation, signature)",
      "national_feed.due: insert",
      "public.fhir_pull: select (attempt, finished_at, leased_until, next_attempt_at, ods, programme_code, source_id, submission_id), update (attempt, leased_until)",
      "public.fhir_source: select (id, interval_minutes, next_pull_at, ods, open_until, origin, programme_code, state)",
      "public.mapping_trend: insert, select, update",
      "public.mapping_trend_cursor: select, update",
      "public.mllp_lane: select, update",
      "public.mllp_message: delete, select (id, ods, programme_code, received_at, settled_at, state)",
      "public.programme_event: select",
      "public.record_tombstone: select (beside, ods, record_id, restorable_until, stored, version), update (beside, stored)",
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

  it("shows the gate of consent of all organisations digests and links, and lets it keep objections and answers only", async () => {
    expect(namesOf(await testDatabase().query(rowsOf("nacr_consent")))).toEqual([
      "audit.event: consent_rows (a)",
      "consent.objection: kept_rows (*)",
      "consent.opt_out_answer: kept_rows (*)",
      "consent.opt_out_request: kept_rows (*)",
      "consent.section_251: kept_rows (*)",
      "consent.subject: kept_rows (*)",
      "identity.former_nhs_number: judged_rows (r)",
      "identity.patient_identity: judged_rows (r)",
      "identity.patient_merge: judged_rows (r)",
      "link.person_member: judged_rows (r)",
    ]);
    expect(namesOf(await testDatabase().query(rightsOf("nacr_consent")))).toEqual([
      "audit.event: insert",
      "consent.objection: insert, select, update",
      "consent.opt_out_answer: delete, insert, select, update",
      "consent.opt_out_request: insert, select, update",
      "consent.section_251: select",
      "consent.subject: delete, insert, select",
      "identity.former_nhs_number: select",
      "identity.patient_identity: select (hospital_hmac, nhs_hmac, ods, patient_id)",
      "identity.patient_merge: select",
      "link.person_member: select",
      "national_feed.due: insert",
      "public.organisation: select",
      "public.programme: select",
    ]);
  });

  it("shows the auditor and who shortens the trail nothing but the trail", async () => {
    expect(namesOf(await testDatabase().query(rightsOf("nacr_auditor")))).toEqual([
      "audit.chain: insert, select",
      "audit.checkpoint: select",
      "audit.event: insert, select",
    ]);
    expect(namesOf(await testDatabase().query(rightsOf("nacr_audit_retention")))).toEqual([
      "audit.chain: delete, select",
      "audit.checkpoint: insert, select",
      "audit.event: delete, insert, select",
    ]);
  });

  it("lets who seals anew see ids and boxes, of one organisation at a time", async () => {
    expect(namesOf(await testDatabase().query(rightsOf("nacr_resealer")))).toEqual([
      "consent.objection: select (id, ods, sealed, withdrawal), update (sealed, withdrawal)",
      "destruction.certificate: select (id, ods, reason), update (reason)",
      "identity.patient_identity: select (key_version, ods, patient_id, sealed), update (key_version, sealed)",
      "link.decision: select (decided_by_ods, id, sealed), update (sealed)",
      "link.due: insert (ods, patient_id)",
      "public.fhir_pull: select (ods, plan, submission_id), update (plan)",
      "public.fhir_source: select (id, ods, secret), update (secret)",
      "public.mllp_message: select (content, id, ods), update (content)",
      "public.record_change: select (ods, record_id, sealed, version), update (sealed)",
      "public.record_tombstone: select (beside, ods, record_id, sealed, version), update (beside, sealed)",
      "public.submission: select (id, ods, withdrawal), update (withdrawal)",
      "public.submission_envelope: select (chunk, ods, sealed, submission_id), update (sealed)",
      "public.submission_report: select (ods, page, sealed, submission_id), update (sealed)",
      "public.webhook: select (id, ods, secrets), update (secrets)",
    ]);
  });

  it("shows administrators of the audit what figures are made of, of one programme at a time, and when each one sent", async () => {
    expect(namesOf(await testDatabase().query(rowsOf("nacr_reporter")))).toEqual([
      "assessment: counted_rows (r)",
      "audit.event: reporting_rows (a)",
      "initiating_event: counted_rows (r)",
      "national_feed.member: counted_rows (r)",
      "rehabilitation: counted_rows (r)",
      "reporting.denominator: administered_rows (*)",
      "reporting.frequency: administered_rows (*)",
      "reporting.survey: administered_rows (*)",
      "reporting.threshold: recorded_rows (a)",
      "submission: counted_rows (r)",
      "treatment: counted_rows (r)",
    ]);
    expect(namesOf(await testDatabase().query(rightsOf("nacr_reporter")))).toEqual([
      "audit.event: insert",
      "national_feed.member: select (ods, patient_id)",
      "public.assessment: select (date, number, ods, programme_code, rehabilitation_id)",
      "public.initiating_event: select (event_type, id, ods, patient_id, referral_date)",
      "public.organisation: select",
      "public.programme: select",
      "public.rehabilitation: select (core_end_date, core_start_date, id, initiating_event_id, ods, programme_code, referral_date)",
      "public.submission: select (completed_at, id, mode, ods, outcome, programme_code, withdrawn_at)",
      "public.treatment: select (id, initiating_event_id, ods, type)",
      "reporting.denominator: insert, select",
      "reporting.frequency: insert, select",
      "reporting.survey: select",
      "reporting.threshold: insert, select",
    ]);
  });

  it("lets who keeps agreements see nothing else, and of the trail what was done about and under them", async () => {
    expect(namesOf(await testDatabase().query(rowsOf("nacr_agreements")))).toEqual([
      "agreement.agreement: kept_rows (*)",
      "agreement.breach: kept_rows (*)",
      "agreement.destruction: kept_rows (*)",
      "agreement.framework_contract: kept_rows (*)",
      "agreement.signature: kept_rows (*)",
      "agreement.step: kept_rows (*)",
      "agreement.use: kept_rows (*)",
      "agreement.version: kept_rows (*)",
      "audit.event: agreed_rows (r)",
      "audit.event: agreement_rows (a)",
    ]);
    expect(namesOf(await testDatabase().query(rightsOf("nacr_agreements")))).toEqual([
      "agreement.agreement: insert, select, update (destroyed_at, key_destroyed_at, readers, terminated_at)",
      `agreement.breach: insert, select, update (${BREACH_DECISIONS})`,
      "agreement.destruction: insert, select, update (certified_at, certified_by, document, signature)",
      "agreement.framework_contract: insert, select",
      "agreement.signature: insert, select",
      "agreement.step: insert, select",
      "agreement.use: insert, select",
      "agreement.version: insert, select, update (approved_at, approved_by, digest, signed_at, state, submitted_at, terms)",
      "audit.event: insert, select (agent_id, agent_role, agreement_id, at, id, outcome, type)",
    ]);
  });

  it("lets who makes extracts see extracts alone: no cut, no agreement, no patient", async () => {
    expect(namesOf(await testDatabase().query(rowsOf("nacr_extracts")))).toEqual([
      '"extract"."extract": kept_rows (*)',
      '"extract".part: kept_rows (*)',
      "audit.event: extract_rows (a)",
    ]);
    expect(namesOf(await testDatabase().query(rightsOf("nacr_extracts")))).toEqual([
      "audit.event: insert",
      `extract.extract: insert, select, update (attempts, downloads, fields, files, format, handed_over_at, leased_until, location, made_at, manifest, purpose, removed_at, requested_at, requested_by, state, times_made_again, tries, withheld_since)`,
      "extract.part: delete, insert, select",
    ]);
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
      "national_feed.due: insert",
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
      "audit.event: insert, select",
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
});
