-- What programmes are measured by and have told of themselves (ADR 0040). Rows are only ever added: the latest counts, the others are its history.

do $$
begin
  if not exists (select from pg_roles where rolname = 'nacr_reporter') then
    begin
      create role nacr_reporter nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'nacr_reporter', 'member') then
    execute format('grant nacr_reporter to %I', current_user);
  end if;
end
$$;

create schema reporting;
-- nacr_app: a team for its own programme. nacr_reporter: administrators of the audit, who see of rows what figures are made of and no more.
grant usage on schema reporting to nacr_app, nacr_reporter;
grant usage on schema public, audit, national_feed to nacr_reporter;

-- What a site adds to the thresholds that are shipped (src/reporting/shipped-thresholds.ts). Of no organisation.
create table reporting.threshold (
  id uuid not null,
  -- The year in which the audit year began.
  audit_year integer not null check (audit_year between 2000 and 2100),
  nation text not null check (nation in ('ENGLAND', 'WALES', 'NORTHERN_IRELAND')),
  standard text not null,
  operator text not null check (operator in ('AT_LEAST', 'AT_MOST')),
  value double precision not null check (value between 0 and 1000),
  basis text not null check (basis in ('PUBLISHED', 'COMPUTED')),
  status text not null check (status in ('CONFIRMED', 'UNCONFIRMED')),
  source text not null,
  recorded_by text not null,
  recorded_at timestamptz(6) not null default clock_timestamp(),
  constraint threshold_pkey primary key (id)
);

-- A programme's answers to the yearly survey: numbers of professions and groups, no person's name.
create table reporting.survey (
  id uuid not null,
  ods text not null,
  programme_code text not null,
  audit_year integer not null check (audit_year between 2000 and 2100),
  -- [{"profession", "wte", "regular"}]
  staff jsonb not null,
  groups_offered text[] not null,
  recorded_by text not null,
  -- The file it came in; it stands no longer than its submission. Null: recorded by hand.
  submission_id uuid,
  recorded_at timestamptz(6) not null default clock_timestamp(),
  constraint survey_pkey primary key (ods, id)
);
create index survey_programme_idx on reporting.survey (programme_code, audit_year, id desc);

-- Patients who could have come, from hospital data: no submitted row says how many there are (dataset.md, Decision 26).
create table reporting.denominator (
  id uuid not null,
  ods text not null,
  programme_code text not null,
  audit_year integer not null check (audit_year between 2000 and 2100),
  eligible integer not null check (eligible >= 0),
  source text not null,
  recorded_by text not null,
  recorded_at timestamptz(6) not null default clock_timestamp(),
  constraint denominator_pkey primary key (ods, id)
);
create index denominator_programme_idx on reporting.denominator (programme_code, audit_year, id desc);

-- How often a programme has agreed to send.
create table reporting.frequency (
  id uuid not null,
  ods text not null,
  programme_code text not null,
  frequency text not null check (frequency in ('DAILY', 'WEEKLY', 'MONTHLY')),
  recorded_by text not null,
  recorded_at timestamptz(6) not null default clock_timestamp(),
  constraint frequency_pkey primary key (ods, id)
);
create index frequency_programme_idx on reporting.frequency (programme_code, id desc);

alter table reporting.threshold enable row level security;
alter table reporting.threshold force row level security;
create policy read_rows on reporting.threshold for select to nacr_app, nacr_reporter using (true);
create policy recorded_rows on reporting.threshold for insert to nacr_reporter with check (true);
grant select on reporting.threshold to nacr_app, nacr_reporter;
grant insert on reporting.threshold to nacr_reporter;

do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[])$p$;
  target text;
begin
  foreach target in array array['survey', 'denominator', 'frequency'] loop
    execute format('alter table reporting.%I enable row level security', target);
    execute format('alter table reporting.%I force row level security', target);
    execute format('create policy own_rows on reporting.%I to nacr_app using (%s) with check (%2$s)', target, own);
    execute format('create policy administered_rows on reporting.%I to nacr_reporter using (true) with check (true)', target);
    execute format('grant select on reporting.%I to nacr_app, nacr_reporter', target);
  end loop;
  -- What an administrator may have counted: of one programme at a time, as the unit of work names it.
  execute format('create policy counted_rows on public.rehabilitation for select to nacr_reporter using (%s)', own);
  execute format('create policy counted_rows on public.assessment for select to nacr_reporter using (%s)', own);
end
$$;
grant insert on reporting.survey to nacr_app;
grant insert on reporting.denominator, reporting.frequency to nacr_reporter;

create policy counted_rows on public.initiating_event for select to nacr_reporter
  using (ods = (select nullif(current_setting('app.ods', true), '')));
create policy counted_rows on public.treatment for select to nacr_reporter
  using (ods = (select nullif(current_setting('app.ods', true), '')));
-- Whoever may not go to the national side is not counted for an administrator.
create policy counted_rows on national_feed.member for select to nacr_reporter
  using (ods = (select nullif(current_setting('app.ods', true), '')));
-- When each programme last sent.
create policy counted_rows on public.submission for select to nacr_reporter using (true);
create policy reporting_rows on audit.event for insert to nacr_reporter with check (agent_ods is null);

grant select (ods, id, initiating_event_id, programme_code, referral_date, core_start_date, core_end_date) on public.rehabilitation to nacr_reporter;
grant select (ods, id, patient_id, event_type, referral_date) on public.initiating_event to nacr_reporter;
grant select (ods, id, initiating_event_id, type) on public.treatment to nacr_reporter;
grant select (ods, rehabilitation_id, programme_code, number, date) on public.assessment to nacr_reporter;
grant select (ods, patient_id) on national_feed.member to nacr_reporter;
grant select (ods, id, programme_code, mode, outcome, completed_at, withdrawn_at) on public.submission to nacr_reporter;
grant select on public.organisation, public.programme to nacr_reporter;
grant insert on audit.event to nacr_reporter;
