-- Records can be withdrawn, and brought back for a while (ADR 0024). Whoever deletes a row of the dataset still writes a line of
-- record_change; a record that was withdrawn itself leaves a tombstone beside it.

alter table public.record_change
  -- The line of a removal: from this version on there is no record, until a later version brings it back. False in lines from before
  -- this migration, after which no other line ever came.
  add column removal boolean not null default false;

create table public.record_tombstone (
  ods text not null,
  record_id uuid not null,
  -- That of the removal's line in record_change.
  version integer not null,
  record_type text not null,
  -- As in record_change.
  programme_code text not null,
  parent_id uuid,
  -- The submission that withdrew it, and the one that had created it.
  submission_id uuid not null,
  created_submission_id uuid not null,
  withdrawn_at timestamptz(6) not null,
  restorable_until timestamptz(6) not null,
  restored_at timestamptz(6),
  -- Why, sealed: of a record that somebody withdrew with words of his own.
  sealed bytea,
  -- The row as it was, and by table the rows that stood beside it: its sender's ids, a patient's identity (sealed as it was), its former
  -- numbers and merges. What needs no seal in its own table needs none here.
  stored jsonb not null,
  beside jsonb not null,
  constraint record_tombstone_pkey primary key (ods, record_id, version)
);
alter table public.record_tombstone alter column sealed set storage external;
create index record_tombstone_submission_id_ods_idx on public.record_tombstone (submission_id, ods);

alter table public.record_tombstone enable row level security;
alter table public.record_tombstone force row level security;
-- As of record_change: what belongs to a programme is that programme's, also when it is gone.
create policy own_rows on public.record_tombstone
  using (ods = (select nullif(current_setting('app.ods', true), ''))
    and (record_type not in ('REHABILITATION', 'ASSESSMENT', 'DRUG', 'ACUTE_EVENT')
      or programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[])))
  with check (ods = (select nullif(current_setting('app.ods', true), ''))
    and (record_type not in ('REHABILITATION', 'ASSESSMENT', 'DRUG', 'ACUTE_EVENT')
      or programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[])));
grant select, insert on public.record_tombstone to nacr_app;
grant update (restored_at) on public.record_tombstone to nacr_app;

-- As of the other outcomes: see bulk_and_live.
create index submission_report_withdrawn_idx on public.submission_report (ods, submission_id, first_idx) where outcomes ? 'WITHDRAWN';
