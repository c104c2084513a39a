-- Files as jobs, status as it happens: uploads, jobs, events of a programme, webhooks. Queues of jobs stand in the schema pgboss,
-- which the queue makes and keeps itself (ADR 0012).

-- Takes on what belongs to no organisation's request: sweeping what has expired, sending webhooks. It sees no dataset row, no identity,
-- no report, no envelope.
do $$
begin
  if not exists (select from pg_roles where rolname = 'nacr_worker') then
    begin
      create role nacr_worker nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'nacr_worker', 'member') then
    grant nacr_worker to current_user;
  end if;
end
$$;
grant usage on schema public to nacr_worker;

-- A file as it came, or as far as it came. Its content stands in parts of sealed frames outside the database.
create table public.upload (
  ods text not null,
  id uuid not null,
  client_id text not null,
  -- What the file's name says it holds, where that is a record type; the name itself is not kept.
  record_type text,
  declared_bytes bigint,
  received_bytes bigint not null,
  sha256 bytea,
  created_at timestamptz(6) not null,
  completed_at timestamptz(6),
  -- Once a submission uses it, nobody removes it before it expires.
  used_at timestamptz(6),
  expires_at timestamptz(6) not null,
  constraint upload_pkey primary key (ods, id)
);
create index upload_expires_at_idx on public.upload (expires_at);

create table public.upload_part (
  ods text not null,
  upload_id uuid not null,
  part integer not null,
  first_byte bigint not null,
  bytes integer not null,
  first_frame integer not null,
  -- Names the content in the store. Each writer makes its own, so that none can overwrite what another one's row points to.
  object uuid not null,
  constraint upload_part_pkey primary key (ods, upload_id, part),
  constraint upload_part_ods_upload_id_fkey foreign key (ods, upload_id) references public.upload (ods, id)
);

-- How far a submission is that a job works on, and as whom. `attempt` fences: a worker that was taken for dead writes no more.
create table public.submission_job (
  ods text not null,
  submission_id uuid not null,
  programme_code text not null,
  role text not null,
  programmes text[] not null,
  upload_id uuid,
  format text,
  profile text,
  phase text not null,
  attempt integer not null,
  entries_done bigint not null,
  bytes_done bigint not null,
  bytes_total bigint,
  next_index integer not null,
  next_page integer not null,
  rejected_when_checked integer,
  cancel_requested boolean not null,
  started_at timestamptz(6),
  updated_at timestamptz(6) not null,
  constraint submission_job_pkey primary key (ods, submission_id)
);
create index submission_job_upload_id_ods_idx on public.submission_job (upload_id, ods);

alter table public.submission add column withdrawn_at timestamptz(6);
-- Reason and actor of the withdrawal, sealed: a reason is free text.
alter table public.submission add column withdrawal bytea;
-- The correlation id of the fault that ended a FAILED submission.
alter table public.submission add column fault_id text;
create index submission_expires_at_idx on public.submission (expires_at) where expires_at is not null;

-- What happened in a programme, numbered without a gap in the order of commit, so that a client can ask for what it missed.
create table public.programme_sequence (
  ods text not null,
  programme_code text not null,
  last bigint not null,
  constraint programme_sequence_pkey primary key (ods, programme_code)
);

create table public.programme_event (
  ods text not null,
  programme_code text not null,
  sequence bigint not null,
  id uuid not null,
  type text not null,
  occurred_at timestamptz(6) not null,
  submission_id uuid not null,
  status text not null,
  outcome text,
  counts jsonb not null,
  constraint programme_event_pkey primary key (ods, programme_code, sequence)
);

create table public.webhook (
  ods text not null,
  id uuid not null,
  url text not null,
  programmes text[] not null,
  -- Up to two live secrets, the newest first, sealed.
  secrets bytea not null,
  created_at timestamptz(6) not null,
  created_by text not null,
  removed_at timestamptz(6),
  constraint webhook_pkey primary key (ods, id)
);

-- Where the sending of a programme's events to a webhook stands. One sender at a time holds it, so the order is kept.
create table public.webhook_cursor (
  ods text not null,
  webhook_id uuid not null,
  programme_code text not null,
  last_sequence bigint not null,
  attempt integer not null,
  next_attempt_at timestamptz(6) not null,
  leased_until timestamptz(6),
  constraint webhook_cursor_pkey primary key (ods, webhook_id, programme_code),
  constraint webhook_cursor_ods_webhook_id_fkey foreign key (ods, webhook_id) references public.webhook (ods, id)
);

-- One line for each attempt to deliver an event.
create table public.webhook_delivery (
  ods text not null,
  id uuid not null,
  webhook_id uuid not null,
  programme_code text not null,
  sequence bigint not null,
  event_id uuid not null,
  attempt integer not null,
  -- DELIVERED, FAILED (it will be tried again), DEAD, REQUESTED (asked for by hand, not yet tried).
  state text not null,
  status_code integer,
  failure text,
  duration_ms integer,
  attempted_at timestamptz(6) not null,
  redelivery_of uuid,
  constraint webhook_delivery_pkey primary key (ods, id),
  constraint webhook_delivery_ods_webhook_id_fkey foreign key (ods, webhook_id) references public.webhook (ods, id)
);
create index webhook_delivery_webhook_id_ods_attempted_at_id_idx on public.webhook_delivery (webhook_id, ods, attempted_at desc, id desc);
create index webhook_delivery_requested_idx on public.webhook_delivery (attempted_at) where state = 'REQUESTED';

do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))$p$;
  programme constant text :=
    $p$programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[])$p$;
  target record;
begin
  for target in
    select * from (values
      ('public.upload', own),
      ('public.upload_part', own),
      ('public.submission_job', own || ' and ' || programme),
      ('public.programme_sequence', own || ' and ' || programme),
      ('public.programme_event', own || ' and ' || programme),
      ('public.webhook', own),
      ('public.webhook_cursor', own || ' and ' || programme),
      ('public.webhook_delivery', own || ' and ' || programme)
    ) as listed (name, rule)
  loop
    execute format('alter table %s enable row level security', target.name);
    execute format('alter table %s force row level security', target.name);
    execute format('create policy own_rows on %s using (%s) with check (%s)', target.name, target.rule, target.rule);
  end loop;
  for target in
    select unnest(array['upload', 'upload_part', 'submission_job', 'programme_event', 'webhook', 'webhook_cursor', 'webhook_delivery']) as name
  loop
    execute format('create policy worker_rows on public.%I to nacr_worker using (true) with check (true)', target.name);
  end loop;
end
$$;

grant select, insert, update, delete on public.upload, public.upload_part, public.submission_job, public.programme_sequence to nacr_app;
-- Events are only ever added to.
grant select, insert on public.programme_event to nacr_app;
grant select, insert, update, delete on public.webhook, public.webhook_cursor, public.webhook_delivery to nacr_app;
grant select, delete on public.upload, public.upload_part to nacr_worker;
grant select on public.submission_job, public.programme_event, public.webhook to nacr_worker;
grant select, insert, update on public.webhook_cursor, public.webhook_delivery to nacr_worker;
-- Old lines of the delivery log are swept.
grant delete on public.webhook_delivery to nacr_worker;

-- Dry runs whose time has passed are swept with their reports.
create policy expired_rows on public.submission to nacr_worker using (expires_at < now());
create policy expired_rows on public.submission_report to nacr_worker
  using (exists (select from public.submission s where s.ods = submission_report.ods and s.id = submission_report.submission_id));
grant select (ods, id, expires_at), delete on public.submission to nacr_worker;
grant select (ods, submission_id), delete on public.submission_report to nacr_worker;
grant delete on public.submission_job to nacr_worker;
-- Idempotency keys are forgotten after their time; the submission stays.
create index submission_received_at_idx on public.submission (received_at) where idempotency_key is not null;
create policy old_rows on public.submission for select to nacr_worker using (received_at < now() - interval '400 days');
create policy old_keys on public.submission for update to nacr_worker
  using (received_at < now() - interval '400 days') with check (idempotency_key is null);
grant select (received_at, idempotency_key), update (idempotency_key) on public.submission to nacr_worker;

-- A page of a large report is found by the index of the records it holds, and by what became of them: without these, one page of
-- 10^6 records would be looked for in all 10^4 pages.
create index submission_report_ods_submission_id_first_idx_idx on public.submission_report (ods, submission_id, first_idx);
do $$
declare
  outcome text;
begin
  foreach outcome in array array['CREATED', 'UPDATED', 'UNCHANGED', 'REJECTED', 'REJECTED_PARENT', 'HELD']
  loop
    execute format(
      'create index submission_report_%s_idx on public.submission_report (ods, submission_id, first_idx) where outcomes ? %L',
      lower(outcome), outcome);
  end loop;
end
$$;

-- What it takes to withdraw a submission (ADR 0015).
alter table public.record_change
  -- The change of a withdrawal: it undoes those of the same submission, which count no more.
  add column withdrawal boolean not null default false,
  -- Of the row before the change: the programme that spoke of it last, and when its source last changed it.
  add column programme_before text,
  add column source_time_before timestamptz(6);
-- Which submission bound the id.
alter table identity.source_id add column submission_id uuid;
-- Begins with the record, not with ods: see the natural keys.
create index source_id_record_id_ods_idx on identity.source_id (record_id, ods);
-- Replays of a submission; most are none.
create index submission_replay_of_idx on public.submission (replay_of) where replay_of is not null;
