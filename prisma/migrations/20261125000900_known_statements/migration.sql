-- What a sender said last of a patient, as a digest: the same again, while nothing of the patient changed, is answered without being
-- worked out again (ADR 0028). It stands with the id under which the patient was sent.
alter table identity.source_id
  add column statement bytea,
  -- The records that the statement names, in its order.
  add column statement_records uuid[],
  -- See organisation_epoch.
  add column statement_epoch integer;

-- Counts up with everything that has the organisation to itself (a withdrawal): digests from before it count no more.
create table public.organisation_epoch (
  ods text not null,
  epoch integer not null,
  constraint organisation_epoch_pkey primary key (ods)
);
alter table public.organisation_epoch enable row level security;
alter table public.organisation_epoch force row level security;
create policy own_rows on public.organisation_epoch
  using (ods = (select nullif(current_setting('app.ods', true), '')))
  with check (ods = (select nullif(current_setting('app.ods', true), '')));
grant select, insert, update on public.organisation_epoch to nacr_app;
