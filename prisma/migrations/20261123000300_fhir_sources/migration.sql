-- Hospital FHIR servers the gateway reads by itself: which ones, how far each was read, and the pulls (ADR 0019).

-- What was registered is never changed: another address or cohort is another source, which is to be confirmed anew.
create table public.fhir_source (
  ods text not null,
  id uuid not null,
  programme_code text not null,
  name text not null,
  base_url text not null,
  -- PROPOSED, CONFIRMED, REMOVED.
  state text not null,
  -- CONFIGURED: by the operator's file. REGISTERED: by the clinical team.
  origin text not null,
  vendor text not null,
  product text not null,
  product_version text not null,
  profile text,
  -- Types, cohort, group, manner, authentication: as the use case reads them.
  settings jsonb not null,
  interval_minutes integer,
  -- The private key of the gateway as the server's client (JWK), sealed; null: the server asks for none.
  secret bytea,
  public_key jsonb,
  created_at timestamptz(6) not null,
  created_by text not null,
  confirmed_at timestamptz(6),
  confirmed_by text,
  -- What the server said it can do, when it was last read.
  capability jsonb,
  -- Everything the server changed before this was read and accepted.
  read_until timestamptz(6),
  -- Turns in a row that ended because the server could not be read; until `open_until` it is left in peace.
  failures integer not null,
  open_until timestamptz(6),
  next_pull_at timestamptz(6),
  constraint fhir_source_pkey primary key (ods, id)
);

-- Reading a source for one submission, which a job works on once everything is read. `attempt` fences: a worker that was taken for dead
-- writes no more.
create table public.fhir_pull (
  ods text not null,
  submission_id uuid not null,
  programme_code text not null,
  source_id uuid not null,
  -- What the caller asked for; null: where the last pull ended.
  since timestamptz(6),
  attempt integer not null,
  failures integer not null,
  next_attempt_at timestamptz(6) not null,
  leased_until timestamptz(6),
  -- What is to be read (patients, or an export with its files), sealed; and how much of it is in the upload.
  plan bytea,
  plan_done integer not null,
  upload_id uuid,
  upload_bytes bigint not null,
  resources bigint not null,
  patients integer not null,
  unchanged integer not null,
  deleted integer not null,
  created_at timestamptz(6) not null,
  finished_at timestamptz(6),
  failure text,
  constraint fhir_pull_pkey primary key (ods, submission_id),
  constraint fhir_pull_ods_source_id_fkey foreign key (ods, source_id) references public.fhir_source (ods, id)
);
-- One at a time of each source.
create unique index fhir_pull_open_key on public.fhir_pull (source_id, ods) where finished_at is null;
create index fhir_pull_due_idx on public.fhir_pull (next_attempt_at) where finished_at is null;
create index fhir_pull_source_id_ods_created_at_idx on public.fhir_pull (source_id, ods, created_at desc);

-- For each patient that was read one by one: a keyed digest of the server's id, and one of the versions of everything that was read. The
-- same versions are not submitted again.
create table public.fhir_source_patient (
  ods text not null,
  source_id uuid not null,
  patient bytea not null,
  programme_code text not null,
  versions bytea not null,
  read_at timestamptz(6) not null,
  constraint fhir_source_patient_pkey primary key (ods, source_id, patient),
  constraint fhir_source_patient_ods_source_id_fkey foreign key (ods, source_id) references public.fhir_source (ods, id)
);

do $$
declare
  rule constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[])$p$;
  target text;
begin
  foreach target in array array['fhir_source', 'fhir_pull', 'fhir_source_patient']
  loop
    execute format('alter table public.%I enable row level security', target);
    execute format('alter table public.%I force row level security', target);
    execute format('create policy own_rows on public.%I using (%s) with check (%s)', target, rule, rule);
  end loop;
end
$$;
grant select, insert, update on public.fhir_source, public.fhir_pull, public.fhir_source_patient to nacr_app;

-- The worker sees when something is to be done, for whom, and nothing else; what is to be done it reads as the organisation.
create policy worker_rows on public.fhir_source to nacr_worker using (true) with check (true);
create policy worker_rows on public.fhir_pull to nacr_worker using (true) with check (true);
grant select (ods, id, programme_code, state, origin, interval_minutes, next_pull_at, open_until) on public.fhir_source to nacr_worker;
grant select (ods, submission_id, programme_code, source_id, attempt, next_attempt_at, leased_until, finished_at),
  update (attempt, leased_until) on public.fhir_pull to nacr_worker;
