-- The dataset's tables (dictionary gw-1.0). Written by `generate-prisma.ts --migration` before the first release;
-- from then on append-only: a changed dictionary gets a migration of its own.
-- Nulls are equal in the natural keys: two treatments of one type without a date are one treatment.
-- They begin with the parent, not with ods: on a table nobody has analysed yet, two indexes that begin with ods look equally good for
-- (ods, id), and a connection that settles on this one checks every foreign key by reading all the organisation's rows: COPY of 7,000
-- rows fell from 60,000 to 1,500 rows/s within 15,000 patients, and stays there on the embedded database, which never analyses.
-- The policies' sub-selects make PostgreSQL read each setting once per statement, not once per row; after a transaction a setting
-- is '' rather than null.

create table public.patient (
  ods text not null,
  id uuid not null,
  year_of_birth integer,
  programme_code text not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  gender text,
  marital_status text,
  ethnic_group text,
  gp_practice_code text,
  audit_objection boolean,
  audit_objection_date date,
  constraint patient_pkey primary key (ods, id)
);
alter table public.patient enable row level security;
alter table public.patient force row level security;
create policy own_rows on public.patient
  using (ods = (select nullif(current_setting('app.ods', true), '')))
  with check (ods = (select nullif(current_setting('app.ods', true), '')));
grant select, insert, update, delete on public.patient to nacr_app;

create table public.initiating_event (
  ods text not null,
  id uuid not null,
  patient_id uuid not null,
  programme_code text not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  event_type text not null,
  event_date date not null,
  ankle_brachial_index double precision,
  discharge_date date,
  referral_source text,
  referring_organisation text,
  referred_by text,
  referral_date date,
  invited_date date,
  risk_level text,
  lvef_percent integer,
  nyha_class text,
  constraint initiating_event_pkey primary key (ods, id),
  constraint initiating_event_ods_patient_id_fkey foreign key (ods, patient_id) references public.patient (ods, id)
);
create unique index initiating_event_natural_key on public.initiating_event (patient_id, ods, event_type, event_date) nulls not distinct;
alter table public.initiating_event enable row level security;
alter table public.initiating_event force row level security;
create policy own_rows on public.initiating_event
  using (ods = (select nullif(current_setting('app.ods', true), '')))
  with check (ods = (select nullif(current_setting('app.ods', true), '')));
grant select, insert, update, delete on public.initiating_event to nacr_app;

create table public.treatment (
  ods text not null,
  id uuid not null,
  initiating_event_id uuid not null,
  programme_code text not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  type text,
  date date,
  constraint treatment_pkey primary key (ods, id),
  constraint treatment_ods_initiating_event_id_fkey foreign key (ods, initiating_event_id) references public.initiating_event (ods, id)
);
create unique index treatment_natural_key on public.treatment (initiating_event_id, ods, type, date) nulls not distinct;
alter table public.treatment enable row level security;
alter table public.treatment force row level security;
create policy own_rows on public.treatment
  using (ods = (select nullif(current_setting('app.ods', true), '')))
  with check (ods = (select nullif(current_setting('app.ods', true), '')));
grant select, insert, update, delete on public.treatment to nacr_app;

create table public.previous_event (
  ods text not null,
  id uuid not null,
  patient_id uuid not null,
  programme_code text not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  type text,
  date text,
  constraint previous_event_pkey primary key (ods, id),
  constraint previous_event_ods_patient_id_fkey foreign key (ods, patient_id) references public.patient (ods, id)
);
create unique index previous_event_natural_key on public.previous_event (patient_id, ods, type, date) nulls not distinct;
alter table public.previous_event enable row level security;
alter table public.previous_event force row level security;
create policy own_rows on public.previous_event
  using (ods = (select nullif(current_setting('app.ods', true), '')))
  with check (ods = (select nullif(current_setting('app.ods', true), '')));
grant select, insert, update, delete on public.previous_event to nacr_app;

create table public.comorbidity (
  ods text not null,
  id uuid not null,
  patient_id uuid not null,
  programme_code text not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  type text,
  constraint comorbidity_pkey primary key (ods, id),
  constraint comorbidity_ods_patient_id_fkey foreign key (ods, patient_id) references public.patient (ods, id)
);
create unique index comorbidity_natural_key on public.comorbidity (patient_id, ods, type) nulls not distinct;
alter table public.comorbidity enable row level security;
alter table public.comorbidity force row level security;
create policy own_rows on public.comorbidity
  using (ods = (select nullif(current_setting('app.ods', true), '')))
  with check (ods = (select nullif(current_setting('app.ods', true), '')));
grant select, insert, update, delete on public.comorbidity to nacr_app;

create table public.rehabilitation (
  ods text not null,
  id uuid not null,
  initiating_event_id uuid not null,
  programme_code text not null,
  anchor_date date not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  referral_date date,
  model text,
  agreed_to_take_part text,
  reason_not_taking_part text,
  early_start_date date,
  early_end_date date,
  core_start_date date,
  core_end_date date,
  completed text,
  reason_not_completing text,
  delivery_mode text,
  components text[],
  sessions_offered integer,
  sessions_attended integer,
  onward_referrals text[],
  patient_satisfaction_measured boolean,
  constraint rehabilitation_pkey primary key (ods, id),
  constraint rehabilitation_ods_initiating_event_id_fkey foreign key (ods, initiating_event_id) references public.initiating_event (ods, id)
);
create unique index rehabilitation_natural_key on public.rehabilitation (initiating_event_id, ods, programme_code, anchor_date) nulls not distinct;
alter table public.rehabilitation enable row level security;
alter table public.rehabilitation force row level security;
create policy own_rows on public.rehabilitation
  using (ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[]))
  with check (ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[]));
grant select, insert, update, delete on public.rehabilitation to nacr_app;

create table public.assessment (
  ods text not null,
  id uuid not null,
  rehabilitation_id uuid not null,
  programme_code text not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  number integer not null,
  date date,
  mode text,
  height_cm double precision,
  weight_kg double precision,
  bmi double precision,
  waist_cm double precision,
  systolic_mm_hg integer,
  diastolic_mm_hg integer,
  resting_heart_rate integer,
  total_cholesterol double precision,
  hdl double precision,
  ldl double precision,
  hba1c_mmol_mol double precision,
  smoking_status text,
  alcohol_units_per_week integer,
  activity150 text,
  moderate_minutes_per_week integer,
  vigorous_minutes_per_week integer,
  iswt_metres integer,
  six_minute_walk_metres integer,
  mets double precision,
  hads_anxiety integer,
  hads_depression integer,
  coop_physical_fitness integer,
  coop_feelings integer,
  coop_daily_activities integer,
  coop_social_activities integer,
  coop_pain integer,
  coop_change_in_health integer,
  coop_overall_health integer,
  coop_social_support integer,
  coop_quality_of_life integer,
  mlhfq integer,
  phq9 integer,
  gad7 integer,
  employment_status text,
  constraint assessment_pkey primary key (ods, id),
  constraint assessment_ods_rehabilitation_id_fkey foreign key (ods, rehabilitation_id) references public.rehabilitation (ods, id)
);
create unique index assessment_natural_key on public.assessment (rehabilitation_id, ods, number) nulls not distinct;
alter table public.assessment enable row level security;
alter table public.assessment force row level security;
create policy own_rows on public.assessment
  using (ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[]))
  with check (ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[]));
grant select, insert, update, delete on public.assessment to nacr_app;

create table public.drug (
  ods text not null,
  id uuid not null,
  assessment_id uuid not null,
  programme_code text not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  class text,
  taking text,
  constraint drug_pkey primary key (ods, id),
  constraint drug_ods_assessment_id_fkey foreign key (ods, assessment_id) references public.assessment (ods, id)
);
create unique index drug_natural_key on public.drug (assessment_id, ods, class) nulls not distinct;
alter table public.drug enable row level security;
alter table public.drug force row level security;
create policy own_rows on public.drug
  using (ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[]))
  with check (ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[]));
grant select, insert, update, delete on public.drug to nacr_app;

create table public.acute_event (
  ods text not null,
  id uuid not null,
  rehabilitation_id uuid not null,
  programme_code text not null,
  version integer not null,
  created_submission_id uuid not null,
  submission_id uuid not null,
  source_time timestamptz(6) not null,
  updated_at timestamptz(6) not null,
  type text,
  date date,
  constraint acute_event_pkey primary key (ods, id),
  constraint acute_event_ods_rehabilitation_id_fkey foreign key (ods, rehabilitation_id) references public.rehabilitation (ods, id)
);
create unique index acute_event_natural_key on public.acute_event (rehabilitation_id, ods, type, date) nulls not distinct;
alter table public.acute_event enable row level security;
alter table public.acute_event force row level security;
create policy own_rows on public.acute_event
  using (ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[]))
  with check (ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[]));
grant select, insert, update, delete on public.acute_event to nacr_app;
