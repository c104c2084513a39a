-- The audit trail: an entry for each act, written in the transaction of the act, so that it stands or falls with it. Only ever added to.
create table audit.event (
  id uuid not null,
  at timestamptz(6) not null default clock_timestamp(),
  -- In whose log it stands; null: the installation's.
  ods text,
  action text not null,
  type text not null,
  outcome text not null,
  agent_id text not null,
  agent_role text,
  agent_ods text,
  correlation_id text,
  entity_kind text,
  entity_id text,
  patient_ids uuid[],
  purpose text,
  agreement_id text,
  details jsonb,
  constraint event_pkey primary key (id)
);
create index event_ods_at_idx on audit.event (ods, at desc, id desc);

grant usage on schema audit to nacr_access, nacr_worker, nacr_linker;
alter table audit.event enable row level security;
alter table audit.event force row level security;
-- Whoever works for an organisation writes of itself only, into whosever log. Administration works for none.
create policy written_rows on audit.event for insert to nacr_app, nacr_journey, nacr_worker
  with check (agent_ods is null or agent_ods = (select nullif(current_setting('app.ods', true), '')));
create policy administered_rows on audit.event for insert to nacr_access with check (true);
create policy seen_rows on audit.event for select to nacr_app
  using (ods = (select nullif(current_setting('app.ods', true), '')));
grant insert on audit.event to nacr_app, nacr_journey, nacr_worker, nacr_access;
grant select on audit.event to nacr_app;
