-- Destroying single patients (ADR 0034): who may, and what remains of it. The secrets that are destroyed stand in no database.

do $$
begin
  -- nacr_eraser is nacr_app that may also remove what is otherwise only ever added to: history, tombstones, answers, inputs.
  if not exists (select from pg_roles where rolname = 'nacr_eraser') then
    begin
      create role nacr_eraser nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role('nacr_eraser', 'nacr_app', 'member') then
    grant nacr_app to nacr_eraser;
  end if;
  if not pg_has_role(current_user, 'nacr_eraser', 'member') then
    grant nacr_eraser to current_user;
  end if;
end
$$;

create schema destruction;
grant usage on schema destruction to nacr_eraser, nacr_app, nacr_access, nacr_worker;

-- One line for each destruction. Names no patient: what it was about is told by keyed digests, and by places in a tree of secrets.
create table destruction.certificate (
  ods text not null,
  id uuid not null,
  -- Keyed digests of the ids of the patient, and of those that were merged with it.
  subjects text[] not null,
  -- Where the destroyed secrets were in the tree.
  leaves text[] not null,
  -- What was destroyed, by kind.
  counts jsonb not null,
  authorised_by text not null,
  -- Null: the gateway itself, which destroys again what a restored database brought back.
  authorised_role text,
  -- Of the entry in the audit trail.
  audit_event_id uuid not null,
  -- Why, sealed.
  reason bytea not null,
  erased_at timestamptz(6) not null,
  -- Null until the secrets are destroyed: whoever finds it so goes on.
  certified_at timestamptz(6),
  -- How many destructions the secrets had seen by then: a database that knows of fewer than they have seen was restored.
  generation integer,
  document text,
  signature text,
  constraint certificate_pkey primary key (ods, id),
  constraint certificate_whole check (num_nulls(certified_at, generation, document, signature) in (0, 4))
);
alter table destruction.certificate alter column reason set storage external;
create index certificate_erased_at_idx on destruction.certificate (ods, erased_at desc, id desc);
create index certificate_subjects_idx on destruction.certificate using gin (subjects);
create index certificate_unfinished_idx on destruction.certificate (erased_at) where certified_at is null;

do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))$p$;
  name text;
begin
  -- Of every programme, also of one that is registered no more.
  foreach name in array array['rehabilitation', 'assessment', 'drug', 'acute_event', 'record_change', 'record_tombstone', 'submission',
    'submission_record', 'submission_report', 'submission_envelope', 'submission_job', 'mllp_message', 'fhir_pull']
  loop
    execute format('create policy erased_rows on public.%I to nacr_eraser using (%s) with check (%2$s)', name, own);
  end loop;
  alter table destruction.certificate enable row level security;
  alter table destruction.certificate force row level security;
  execute format('create policy own_rows on destruction.certificate for select to nacr_app using (%s)', own);
  execute format('create policy written_rows on destruction.certificate for insert to nacr_eraser with check (%s)', own);
  -- The audit administration sees that destruction happened, in every organisation.
  create policy administered_rows on destruction.certificate for select to nacr_access using (true);
  -- A worker finishes what a process began that died.
  create policy unfinished_rows on destruction.certificate to nacr_worker using (true) with check (true);
  -- What people decided about the patient's links, whoever decided.
  execute format('create policy erased_rows on link.decision for delete to nacr_eraser using (a_%1$s or b_%1$s)', own);
end
$$;
grant select on destruction.certificate to nacr_app, nacr_access, nacr_worker;
grant insert on destruction.certificate to nacr_eraser;
grant update (certified_at, generation, document, signature) on destruction.certificate to nacr_worker;

grant delete on public.record_change, public.record_tombstone, public.submission_envelope, link.decision to nacr_eraser;
grant update (record_id, source_hmac) on public.submission_record to nacr_eraser;
grant update (sealed) on public.submission_report to nacr_eraser;

-- What a tombstone kept to bring its record back goes when nobody may bring it back any more. That the record was withdrawn, when, and by
-- which submission stays, and the sender's ids as digests: who withdraws it again is told so.
create index record_tombstone_expired_idx on public.record_tombstone (restorable_until) where stored <> '{}';
create policy expired_rows on public.record_tombstone for update to nacr_worker
  using (restorable_until < now()) with check (restorable_until < now() and stored = '{}');
create policy expiring_rows on public.record_tombstone for select to nacr_worker using (restorable_until < now());
grant select (ods, record_id, version, restorable_until, stored, beside), update (stored, beside) on public.record_tombstone to nacr_worker;

-- Sealed anew when the organisation's key is replaced (migration `keys`).
grant usage on schema destruction to nacr_resealer;
grant select (ods, id, reason), update (reason) on destruction.certificate to nacr_resealer;
create policy sealed_rows on destruction.certificate to nacr_resealer
  using (ods = (select nullif(current_setting('app.ods', true), '')))
  with check (ods = (select nullif(current_setting('app.ods', true), '')));
