-- What patients decided, what the National Data Opt-out check answered, and under which reference the national side is fed (ADR 0031).

do $$
begin
  -- nacr_consent judges who may go to the national side, and keeps what that rests on. It sees digests of every organisation, no value.
  if not exists (select from pg_roles where rolname = 'nacr_consent') then
    begin
      execute 'create role nacr_consent nologin';
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'nacr_consent', 'member') then
    execute 'grant nacr_consent to current_user';
  end if;
end
$$;
create schema consent;
grant usage on schema consent to nacr_app, nacr_access, nacr_consent;
grant usage on schema public, identity, link, audit to nacr_consent;

-- One objection, as the organisation's own team heard it. Never deleted: it outlives the patient's rows.
create table consent.objection (
  id uuid not null,
  ods text not null,
  -- Of the organisation; null where it has no record of the patient.
  patient_id uuid,
  scope text not null check (scope in ('NATIONAL', 'ALL')),
  -- By a person, or as an item of a record that was sent.
  origin text not null check (origin in ('STATED', 'SUBMITTED')),
  stated_on date,
  recorded_at timestamptz(6) not null,
  recorded_by text not null,
  -- Null: the gateway, for a record that said so.
  recorded_role text,
  -- The reason, in the words of whoever recorded it; null: none was given.
  sealed bytea,
  -- Scope ALL: when the own rows were gone and their keys destroyed; null until then. And what certifies it.
  carried_out_at timestamptz(6),
  certificate_id text,
  withdrawn_at timestamptz(6),
  withdrawn_by text,
  withdrawal bytea,
  -- The ledger outside the database does not have its latest state yet.
  ledger_due boolean not null default true,
  constraint objection_pkey primary key (id),
  -- For the keys of its subjects: row-level security does not bind the check of a foreign key, so the organisation is part of it.
  constraint objection_id_ods_key unique (id, ods)
);
alter table consent.objection alter column sealed set storage external;
alter table consent.objection alter column withdrawal set storage external;
create index objection_ods_recorded_at_idx on consent.objection (ods, recorded_at desc, id desc);
create index objection_ledger_due_idx on consent.objection (id) where ledger_due;
create index objection_to_carry_out_idx on consent.objection (id)
  where scope = 'ALL' and carried_out_at is null and withdrawn_at is null;

-- Whom an objection that stands is about, as keyed digests: an NHS number (link key), a hospital number (the organisation's key), or the
-- 16 bytes of a patient's id. Gone when the objection is withdrawn.
create table consent.subject (
  objection_id uuid not null,
  ods text not null,
  kind text not null check (kind in ('NHS', 'HOSPITAL', 'PATIENT')),
  digest bytea not null,
  constraint subject_pkey primary key (objection_id, kind, digest),
  constraint subject_objection_id_ods_fkey foreign key (objection_id, ods) references consent.objection (id, ods)
);
create index subject_kind_digest_idx on consent.subject (kind, digest);
create index subject_ods_idx on consent.subject (ods);

-- Answers of the check, by a keyed digest of the digest of the NHS number: nothing joins them to a patient without the key.
create table consent.opt_out_answer (
  key bytea not null,
  may_be_used boolean not null,
  expires_at timestamptz(6) not null,
  constraint opt_out_answer_pkey primary key (key)
);
create index opt_out_answer_expires_at_idx on consent.opt_out_answer (expires_at);

create table consent.opt_out_request (
  id uuid not null,
  ods text not null,
  -- Names the request in the exchange, and its answer.
  reference text not null,
  state text not null check (state in ('SENT', 'ANSWERED', 'REFUSED', 'LAPSED')),
  requested_at timestamptz(6) not null,
  settled_at timestamptz(6),
  asked integer not null,
  -- Keys of the answers that are expected; emptied when it is settled.
  keys bytea[] not null,
  constraint opt_out_request_pkey primary key (id)
);
create unique index opt_out_request_reference_key on consent.opt_out_request (reference);
create index opt_out_request_ods_requested_at_idx on consent.opt_out_request (ods, requested_at desc, id desc);

-- Support under section 251 of the NHS Act 2006, renewed each year.
create table consent.section_251 (
  id uuid not null,
  reference text not null,
  valid_from date not null,
  valid_to date not null,
  evidence text not null,
  recorded_by text not null,
  recorded_at timestamptz(6) not null,
  constraint section_251_pkey primary key (id),
  constraint section_251_order check (valid_from <= valid_to)
);

-- What records said before this migration. The tables' owner may be no superuser: their own rows are hidden from it, too.
alter table public.patient no force row level security;
alter table identity.patient_identity no force row level security;
alter table identity.former_nhs_number no force row level security;
insert into consent.objection (id, ods, patient_id, scope, origin, stated_on, recorded_at, recorded_by)
  select gen_random_uuid(), p.ods, p.id, 'NATIONAL', 'SUBMITTED', p.audit_objection_date, clock_timestamp(), 'gateway'
  from public.patient p where p.audit_objection;
insert into consent.subject (objection_id, ods, kind, digest)
  select o.id, o.ods, x.kind, x.digest from consent.objection o
  join identity.patient_identity i on i.ods = o.ods and i.patient_id = o.patient_id
  cross join lateral (
    values ('PATIENT', uuid_send(o.patient_id)), ('NHS', i.nhs_hmac), ('HOSPITAL', i.hospital_hmac)
    union
    select 'NHS', f.nhs_hmac from identity.former_nhs_number f where f.ods = o.ods and f.patient_id = o.patient_id) x(kind, digest)
  where x.digest is not null;
alter table public.patient force row level security;
alter table identity.patient_identity force row level security;
alter table identity.former_nhs_number force row level security;

do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))$p$;
  target text;
begin
  foreach target in array array['objection', 'subject', 'opt_out_answer', 'opt_out_request', 'section_251'] loop
    execute format('alter table consent.%I enable row level security', target);
    execute format('alter table consent.%I force row level security', target);
    execute format('create policy kept_rows on consent.%I to nacr_consent using (true) with check (true)', target);
  end loop;
  foreach target in array array['objection', 'subject'] loop
    execute format('create policy own_rows on consent.%I to nacr_app using (%s) with check (%s)', target, own, own);
  end loop;
  execute format('create policy own_rows on consent.opt_out_request for select to nacr_app using (%s)', own);
  foreach target in array array['identity.patient_identity', 'identity.former_nhs_number', 'identity.patient_merge',
    'link.person_member'] loop
    execute format('create policy judged_rows on %s for select to nacr_consent using (true)', target);
  end loop;
  -- What is done on a patient's behalf, in whosever log.
  execute 'create policy consent_rows on audit.event for insert to nacr_consent with check (agent_role is null)';
end
$$;
create policy administered_rows on consent.section_251 to nacr_access using (true) with check (true);

grant select, insert, update on consent.objection to nacr_app, nacr_consent;
grant select, insert, delete on consent.subject to nacr_app, nacr_consent;
grant select, insert, update, delete on consent.opt_out_answer to nacr_consent;
grant select, insert, update on consent.opt_out_request to nacr_consent;
grant select (id, ods, reference, state, requested_at, settled_at, asked) on consent.opt_out_request to nacr_app;
grant select, insert on consent.section_251 to nacr_access;
grant select on consent.section_251 to nacr_consent;
grant select (ods, patient_id, nhs_hmac, hospital_hmac) on identity.patient_identity to nacr_consent;
grant select on identity.former_nhs_number, identity.patient_merge, link.person_member to nacr_consent;
grant select on public.organisation, public.programme to nacr_consent;
grant insert on audit.event to nacr_consent;
