-- The operational tables. Sealed columns are not compressed: ciphertext does not shrink (storage external).

create table public.deployment (
  id integer not null,
  mode text not null,
  created_at timestamptz(6) not null default current_timestamp,
  constraint deployment_pkey primary key (id),
  constraint deployment_single check (id = 1)
);

create table public.organisation (
  ods_code text not null,
  name text not null,
  nation text not null,
  constraint organisation_pkey primary key (ods_code)
);

create table public.programme (
  code text not null,
  ods_code text not null,
  name text not null,
  constraint programme_pkey primary key (code),
  constraint programme_ods_code_fkey foreign key (ods_code) references public.organisation (ods_code)
);
create index programme_ods_code_idx on public.programme (ods_code);

create table access.client (
  id text not null,
  name text not null,
  vendor text,
  product text,
  active boolean not null,
  created_at timestamptz(6) not null default current_timestamp,
  constraint client_pkey primary key (id)
);

create table access.client_key (
  client_id text not null,
  kid text not null,
  jwk jsonb not null,
  not_before timestamptz(6) not null,
  revoked_at timestamptz(6),
  constraint client_key_pkey primary key (client_id, kid),
  constraint client_key_client_id_fkey foreign key (client_id) references access.client (id)
);

create table access.client_organisation (
  client_id text not null,
  ods_code text not null,
  role text not null,
  programmes text[],
  scopes text[] not null,
  starts_on date,
  ends_on date,
  constraint client_organisation_pkey primary key (client_id, ods_code),
  -- Null means every programme, and Prisma reads null as an empty list: so that it can mean nothing else, none is stored.
  constraint client_organisation_programmes_named check (cardinality(programmes) > 0),
  constraint client_organisation_client_id_fkey foreign key (client_id) references access.client (id),
  constraint client_organisation_ods_code_fkey foreign key (ods_code) references public.organisation (ods_code)
);

create table access.used_assertion (
  client_id text not null,
  jti text not null,
  expires_at timestamptz(6) not null,
  constraint used_assertion_pkey primary key (client_id, jti),
  constraint used_assertion_client_id_fkey foreign key (client_id) references access.client (id)
);
create index used_assertion_expires_at_idx on access.used_assertion (expires_at);

create table identity.patient_identity (
  ods text not null,
  patient_id uuid not null,
  nhs_hmac bytea,
  hospital_hmac bytea,
  dob_hmac bytea,
  key_version integer not null,
  sealed bytea not null,
  constraint patient_identity_pkey primary key (ods, patient_id),
  constraint patient_identity_ods_patient_id_fkey foreign key (ods, patient_id) references public.patient (ods, id)
);
create unique index patient_identity_ods_nhs_hmac_key on identity.patient_identity (ods, nhs_hmac);
create unique index patient_identity_ods_hospital_hmac_key on identity.patient_identity (ods, hospital_hmac);
alter table identity.patient_identity alter column sealed set storage external;

create table identity.source_id (
  ods text not null,
  programme_code text not null,
  product text not null,
  record_type text not null,
  source_hmac bytea not null,
  record_id uuid not null,
  constraint source_id_pkey primary key (ods, programme_code, product, record_type, source_hmac)
);

create table public.submission (
  ods text not null,
  id uuid not null,
  programme_code text not null,
  client_id text not null,
  idempotency_key text,
  payload_digest bytea,
  channel text not null,
  mode text not null,
  error_policy text not null,
  status text not null,
  outcome text,
  vendor text not null,
  product text not null,
  product_version text not null,
  dataset_version text not null,
  mapping_version text not null,
  received_at timestamptz(6) not null,
  completed_at timestamptz(6),
  counts jsonb not null,
  issues jsonb not null,
  issue_groups jsonb not null,
  mapping_summary jsonb not null,
  receipt_digest bytea,
  receipt_key_id text,
  replay_of uuid,
  expires_at timestamptz(6),
  constraint submission_pkey primary key (ods, id)
);
-- Null keys stay distinct: a submission without an idempotency key repeats nothing.
create unique index submission_ods_client_id_idempotency_key_key on public.submission (ods, client_id, idempotency_key);
create index submission_ods_received_at_id_idx on public.submission (ods, received_at desc, id desc);

-- Results, pages and envelope have no foreign key to the submission: one transaction writes them together,
-- and the check alone cost 17 of 125 ms of the write of 500 patients.
create table public.submission_record (
  ods text not null,
  submission_id uuid not null,
  idx integer not null,
  programme_code text not null,
  record_type text not null,
  outcome text not null,
  record_id uuid,
  source_hmac bytea,
  constraint submission_record_pkey primary key (ods, submission_id, idx)
);
create index submission_record_ods_source_hmac_idx on public.submission_record (ods, source_hmac);

create table public.submission_report (
  ods text not null,
  submission_id uuid not null,
  page integer not null,
  programme_code text not null,
  first_idx integer not null,
  outcomes jsonb not null,
  sealed bytea not null,
  constraint submission_report_pkey primary key (ods, submission_id, page)
);
alter table public.submission_report alter column sealed set storage external;

create table public.submission_envelope (
  ods text not null,
  submission_id uuid not null,
  chunk integer not null,
  programme_code text not null,
  sealed bytea not null,
  constraint submission_envelope_pkey primary key (ods, submission_id, chunk)
);
alter table public.submission_envelope alter column sealed set storage external;

create table public.record_change (
  ods text not null,
  record_id uuid not null,
  version integer not null,
  record_type text not null,
  programme_code text not null,
  submission_id uuid not null,
  changed_at timestamptz(6) not null,
  changes jsonb not null,
  sealed bytea,
  constraint record_change_pkey primary key (ods, record_id, version)
);
alter table public.record_change alter column sealed set storage external;

create table keys.data_key (
  scope text not null,
  version integer not null,
  wrapped bytea not null,
  created_at timestamptz(6) not null default current_timestamp,
  constraint data_key_pkey primary key (scope, version)
);

-- Row-level security. The sub-selects make PostgreSQL read each setting once per statement, not once per row.
-- After a transaction a setting is '' rather than null: nullif, so that no row ever belongs to nobody.
do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))$p$;
  programme constant text :=
    $p$programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[])$p$;
  -- The rehabilitation and what hangs below it belong to the programme that wrote them; their history does too.
  history constant text :=
    $p$(record_type not in ('REHABILITATION', 'ASSESSMENT', 'DRUG', 'ACUTE_EVENT') or $p$ || programme || ')';
  target record;
begin
  for target in
    select * from (values
      ('identity.patient_identity', own),
      ('identity.source_id', own),
      ('public.submission', own || ' and ' || programme),
      ('public.submission_record', own || ' and ' || programme),
      ('public.submission_report', own || ' and ' || programme),
      ('public.submission_envelope', own || ' and ' || programme),
      ('public.record_change', own || ' and ' || history)
    ) as listed (name, rule)
  loop
    execute format('alter table %s enable row level security', target.name);
    execute format('alter table %s force row level security', target.name);
    execute format('create policy own_rows on %s using (%s) with check (%s)', target.name, target.rule, target.rule);
  end loop;
end
$$;

grant select, insert, update, delete on identity.patient_identity, identity.source_id to nacr_app;
grant select, insert, update, delete
  on public.submission, public.submission_record, public.submission_report, public.submission_envelope to nacr_app;
-- History is only ever added to.
grant select, insert on public.record_change to nacr_app;
grant select on public.organisation, public.programme to nacr_app, nacr_access;
grant select, insert, update, delete on all tables in schema access to nacr_access;
