-- Who read what of a patient (ADR 0023). A line stands in the log of the organisation whose rows were read: what the reader's own
-- organisation keeps and what another one keeps are two lines, each naming a patient of that log's organisation. Only ever added to.
create schema audit;
grant usage on schema audit to nacr_app, nacr_journey;

create table audit.access_line (
  -- In whose log the line stands.
  ods text not null,
  id uuid not null,
  -- A patient of that organisation.
  patient_id uuid not null,
  at timestamptz(6) not null,
  -- For which organisation it was read, by whom.
  reader_ods text not null,
  client_id text not null,
  role text not null,
  -- READ_JOURNEY, ...
  action text not null,
  -- The person through which rows of other organisations were shown; null where the reader saw its own organisation's rows only.
  person_id uuid,
  correlation_id text,
  constraint access_line_pkey primary key (ods, id)
);
create index access_line_patient_idx on audit.access_line (patient_id, ods, at desc);
-- Different persons that a client has read within the hour.
create index access_line_linked_idx on audit.access_line (client_id, ods, at) where person_id is not null;

alter table audit.access_line enable row level security;
alter table audit.access_line force row level security;
create policy seen_rows on audit.access_line for select to nacr_app, nacr_journey
  using (ods = (select nullif(current_setting('app.ods', true), '')));
-- A reader writes of itself only, into whosever log.
create policy written_rows on audit.access_line for insert to nacr_app, nacr_journey
  with check (reader_ods = (select nullif(current_setting('app.ods', true), '')));
grant select, insert on audit.access_line to nacr_app, nacr_journey;
