-- The national side (ADR 0032): pseudonymous rows in a schema of their own, made after commit from everybody's rows. What a column may hold
-- is said here: numbers, months, and codes of closed lists. No column takes a text, an identifier, a day of the calendar or an id of the dataset.

do $$
declare
  wanted text;
begin
  -- nacr_feed makes the rows. nacr_national reads them and nothing else, in any schema.
  foreach wanted in array array['nacr_feed', 'nacr_national'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    if not pg_has_role(current_user, wanted, 'member') then
      execute format('grant %I to current_user', wanted);
    end if;
  end loop;
end
$$;
create schema national;
-- What the feed keeps books in: which patients are due, and whose rows are where. Of the hospitals' side, and not for statistics.
create schema national_feed;
grant usage on schema national to nacr_feed, nacr_national;
grant usage on schema national_feed to nacr_feed, nacr_app, nacr_access, nacr_worker, nacr_linker, nacr_consent;
grant usage on schema public, identity, link, audit to nacr_feed;

-- The present state, one row for each resolved journey of a person. A cut copies it into tables of its own, with the cut's name in place of
-- `subject`, a number that the feed gives and that means nothing elsewhere. No foreign keys: one statement writes what hangs together.
create table national.journey (
  subject bigint not null,
  journey integer not null,
  pseudonym bytea not null check (octet_length(pseudonym) = 32),
  key_version integer not null,
  nation text check (nation in ('ENGLAND', 'WALES', 'NORTHERN_IRELAND')),
  -- ODS code of an NHS England region. Empty as long as no table says which region a programme is in.
  region text check (region ~ '^Y[0-9]{2}$'),
  programme text check (programme ~ '^[A-Z0-9_-]{0,31}[A-Z][A-Z0-9_-]{0,31}$'),
  trust text check (trust ~ '^[A-Z0-9]{3,9}$'),
  age integer check (age between 0 and 90),
  gender text check (gender in ('MALE', 'FEMALE', 'NOT_KNOWN', 'NOT_SPECIFIED')),
  ethnic_group text check (ethnic_group in ('WHITE', 'MIXED', 'ASIAN', 'BLACK', 'CHINESE_OR_OTHER', 'NOT_STATED')),
  -- Empty as long as no table of postcodes is shipped.
  imd_quintile integer check (imd_quintile between 1 and 5),
  event_group text not null check (event_group in ('MI', 'ANGINA', 'HEART_FAILURE', 'RHYTHM', 'STRUCTURAL', 'TREATMENT',
    'OTHER')),
  event_month date not null check (extract(day from event_month) = 1),
  treatment_groups text[] not null check (treatment_groups <@ array['PCI', 'CABG', 'VALVE', 'DEVICE', 'NONE_OR_OTHER']),
  referral_wait_days integer,
  start_wait_days integer,
  duration_days integer,
  agreed_to_take_part text check (agreed_to_take_part in ('YES', 'NO', 'UNKNOWN')),
  reason_not_taking_part text check (reason_not_taking_part in ('NOT_INTERESTED_REFUSED', 'ONGOING_INVESTIGATION',
    'PHYSICAL_INCAPACITY', 'MENTAL_INCAPACITY', 'RETURNED_TO_WORK', 'LOCAL_EXCLUSION_CRITERIA', 'LANGUAGE_BARRIER',
    'NO_TRANSPORT', 'TOO_ILL', 'DIED', 'HOLIDAYMAKER', 'REHAB_NOT_NEEDED', 'REHAB_NOT_APPROPRIATE',
    'NO_SERVICE_AVAILABLE', 'TRANSFERRED_FOR_CARE_ELSEWHERE', 'STAFF_NOT_AVAILABLE', 'NO_CONTACT', 'OTHER',
    'UNKNOWN')),
  stage text check (stage in ('REFERRED_ONLY', 'STARTED_NOT_COMPLETED', 'COMPLETED')),
  reason_not_completing text check (reason_not_completing in ('DID_NOT_ATTEND_REASON_UNKNOWN', 'RETURNED_TO_WORK',
    'LEFT_THE_AREA', 'ACHIEVED_AIMS_EARLY', 'PLANNED_OR_EMERGENCY_INTERVENTION', 'READMITTED', 'TOO_ILL', 'DIED',
    'OTHER', 'UNKNOWN')),
  delivery_mode text check (delivery_mode in ('GROUP_SUPERVISED', 'HOME_BASED', 'SELF_MANAGED_FACILITATED',
    'DIGITAL_WEB_APP', 'TELEPHONE', 'HYBRID', 'OTHER', 'UNKNOWN')),
  components text[] not null check (components <@ array['EXERCISE_GROUP', 'EXERCISE_HOME', 'EDUCATION',
    'PSYCHOLOGICAL_SUPPORT', 'RELAXATION_STRESS_MANAGEMENT', 'DIETARY_ADVICE', 'SMOKING_CESSATION',
    'MEDICATION_REVIEW', 'VOCATIONAL_ADVICE', 'HEART_MANUAL_OR_EQUIVALENT', 'DIGITAL_PROGRAMME']),
  comorbidities text[] not null check (comorbidities <@ array['CHRONIC_BRONCHITIS_COPD', 'EMPHYSEMA_COPD',
    'CHRONIC_BACK_PROBLEMS', 'FAMILY_HISTORY', 'ARTHRITIS_OSTEO', 'ERECTILE_DYSFUNCTION', 'OTHER_COMORBID_COMPLAINT',
    'HYPERTENSION', 'HYPERCHOLESTEROLAEMIA', 'DIABETES', 'DEPRESSION_HISTORY', 'ANGINA', 'ARTHRITIS_RHEUMATOID',
    'RHEUMATISM', 'OSTEOPOROSIS', 'ASTHMA', 'CANCER', 'STROKE_TIA', 'CLAUDICATION', 'ANXIETY',
    'CHRONIC_KIDNEY_DISEASE', 'NONE']),
  constraint journey_pkey primary key (subject, journey)
);

create table national.assessment (
  subject bigint not null,
  journey integer not null,
  number integer not null check (number between 1 and 3),
  -- Days from the event to the assessment.
  day integer,
  mode text check (mode in ('FACE_TO_FACE', 'TELEPHONE', 'VIDEO', 'POSTAL')),
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
  smoking_status text check (smoking_status in ('NEVER', 'EX', 'STOPPED_SINCE_EVENT', 'CURRENTLY_SMOKING', 'UNKNOWN')),
  alcohol_units_per_week integer,
  activity150 text check (activity150 in ('YES', 'NO', 'UNKNOWN')),
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
  employment_status text check (employment_status in ('EMPLOYED_FULL_TIME', 'EMPLOYED_PART_TIME', 'SELF_EMPLOYED',
    'UNEMPLOYED_SEEKING_WORK', 'GOVERNMENT_TRAINING', 'STUDENT', 'LOOKING_AFTER_HOME_FAMILY', 'TEMPORARILY_SICK',
    'PERMANENTLY_SICK_DISABLED', 'RETIRED', 'OTHER', 'UNKNOWN')),
  goals_agreed text check (goals_agreed in ('YES', 'NO', 'UNKNOWN')),
  constraint assessment_pkey primary key (subject, journey, number)
);

create table national.acute_event (
  subject bigint not null,
  journey integer not null,
  number integer not null,
  type text check (type in ('MI', 'ANGINA', 'ANGIOPLASTY_PCI', 'BYPASS_SURGERY', 'CARDIAC_ARREST', 'HEART_FAILURE',
    'CONGENITAL_HEART', 'LV_ASSIST_DEVICE', 'PACEMAKER', 'TRANSPLANT', 'OTHER_SURGERY', 'READMISSION_CHD',
    'READMISSION_OTHER_CAUSE', 'PERIOD_ACUTE_NON_CARD_ILLNESS', 'OTHER', 'UNKNOWN')),
  day integer,
  constraint acute_event_pkey primary key (subject, journey, number)
);

create table national.drug_class (
  subject bigint not null,
  journey integer not null,
  assessment integer not null,
  drug_class text not null check (drug_class in ('ASPIRIN', 'OTHER_ANTIPLATELET', 'ANTICOAGULANT', 'BETA_BLOCKER',
    'ACE_INHIBITOR', 'ARB', 'ARNI', 'MRA', 'SGLT2_INHIBITOR', 'STATIN', 'OTHER_LIPID_LOWERING',
    'CALCIUM_CHANNEL_BLOCKER', 'NITRATE', 'DIURETIC', 'ANTI_ARRHYTHMIC', 'OTHER')),
  taking text check (taking in ('YES', 'NO', 'CONTRAINDICATED', 'UNKNOWN')),
  constraint drug_class_pkey primary key (subject, journey, assessment, drug_class)
);

create index journey_pseudonym_idx on national.journey (pseudonym);

-- No measure and no span of days has six digits: a number that is somebody's does not fit, whatever item it was written into.
do $$
declare
  target record;
begin
  for target in
    select table_name, column_name from information_schema.columns
    where table_schema = 'national' and data_type in ('integer', 'double precision')
  loop
    execute format('alter table national.%1$I add check (%2$I between -99999 and 99999)', target.table_name, target.column_name);
  end loop;
end
$$;

-- Patients whose national rows are to be made again: named by themselves, by a submission that is done, or by a record that a row was
-- taken away from. Only ever added to by those who write, so that nobody waits for the feed.
create table national_feed.due (
  id bigint generated always as identity,
  ods text not null,
  patient_id uuid,
  submission_id uuid,
  record_type text,
  record_id uuid,
  constraint due_pkey primary key (id),
  constraint due_names_one check (num_nonnulls(patient_id, submission_id, record_id) = 1)
);
-- What has to be followed to patients first, found however many patients are waiting.
create index due_to_follow_idx on national_feed.due (id) where patient_id is null;

-- What is stored already is looked at when the feed first runs. The table's owner may be no superuser: its own rows are hidden from it, too.
alter table public.patient no force row level security;
insert into national_feed.due (ods, patient_id) select ods, id from public.patient;
alter table public.patient force row level security;

-- Who has been looked at and may go: the person's number in the schema national. Whoever is withheld has no line.
create sequence national_feed.subject;
create table national_feed.member (
  ods text not null,
  patient_id uuid not null,
  subject bigint not null,
  constraint member_pkey primary key (ods, patient_id)
);
create index member_subject_idx on national_feed.member (subject);

-- The daily look at everybody, since an answer or a reference may run out without anybody writing a row: how far today's is.
create table national_feed.review (
  id integer not null,
  day date not null,
  ods text,
  patient_id uuid,
  done boolean not null,
  constraint review_pkey primary key (id),
  constraint review_single check (id = 1)
);
insert into national_feed.review (id, day, done) values (1, '1970-01-01', false);

do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))$p$;
  target record;
begin
  for target in select format('national.%s', t) as name from unnest(array['journey', 'assessment', 'acute_event', 'drug_class']) t loop
    execute format('create policy read_rows on %s for select to nacr_national using (true)', target.name);
    execute format('grant select on %s to nacr_national', target.name);
    execute format('grant select, insert, delete on %s to nacr_feed', target.name);
    execute format('create policy feed_rows on %s to nacr_feed using (true) with check (true)', target.name);
    execute format('alter table %s enable row level security', target.name);
    execute format('alter table %s force row level security', target.name);
  end loop;
  for target in select format('national_feed.%s', t) as name from unnest(array['due', 'member', 'review']) t loop
    execute format('create policy feed_rows on %s to nacr_feed using (true) with check (true)', target.name);
    execute format('grant select, insert, update, delete on %s to nacr_feed', target.name);
    execute format('alter table %s enable row level security', target.name);
    execute format('alter table %s force row level security', target.name);
  end loop;
  execute format('create policy written_rows on national_feed.due for insert to nacr_app with check (%s)', own);
  create policy restarted_rows on national_feed.review for update to nacr_access using (true) with check (true);
  create policy marked_rows on national_feed.due for insert to nacr_access, nacr_worker, nacr_linker, nacr_consent with check (true);
  for target in
    select * from unnest(array['public.patient', 'public.initiating_event', 'public.treatment', 'public.comorbidity', 'public.rehabilitation',
      'public.assessment', 'public.drug', 'public.acute_event', 'public.submission_record', 'public.record_tombstone',
      'identity.patient_identity', 'link.person_member', 'link.episode_member']) as listed (name)
  loop
    execute format('create policy feed_rows on %s for select to nacr_feed using (true)', target.name);
  end loop;
  create policy feed_rows on audit.event for insert to nacr_feed with check (agent_ods is null and ods is null);
end
$$;
grant update (day) on national_feed.review to nacr_access;
grant insert on national_feed.due to nacr_app, nacr_access, nacr_worker, nacr_linker, nacr_consent;
grant usage on sequence national_feed.subject to nacr_feed;
grant insert on audit.event to nacr_feed;

-- Of the hospitals' rows what national rows are made of: no sender's id, no practice, no postcode, and of identity the digest of the number.
grant select (ods, patient_id, nhs_hmac) on identity.patient_identity to nacr_feed;
grant select (ods, patient_id, person_id) on link.person_member to nacr_feed;
grant select (ods, event_id, patient_id, episode_id) on link.episode_member to nacr_feed;
grant select (ods, submission_id, record_type, record_id) on public.submission_record to nacr_feed;
grant select (ods, submission_id, record_type, record_id) on public.record_tombstone to nacr_feed;
grant select on public.organisation, public.programme to nacr_feed;
grant select (ods, id, year_of_birth, gender, ethnic_group, source_time, updated_at) on public.patient to nacr_feed;
grant select (ods, id, patient_id, event_type, event_date, referral_date, referring_organisation, source_time, updated_at)
  on public.initiating_event to nacr_feed;
grant select (ods, id, initiating_event_id, type, date, source_time, updated_at) on public.treatment to nacr_feed;
grant select (ods, id, patient_id, type) on public.comorbidity to nacr_feed;
grant select (ods, id, initiating_event_id, programme_code, referral_date, core_start_date, core_end_date, agreed_to_take_part,
  reason_not_taking_part, completed, reason_not_completing, delivery_mode, components) on public.rehabilitation to nacr_feed;
grant select (ods, id, rehabilitation_id, number, date, mode, height_cm, weight_kg, bmi, waist_cm, systolic_mm_hg,
  diastolic_mm_hg, resting_heart_rate, total_cholesterol, hdl, ldl, hba1c_mmol_mol, smoking_status, alcohol_units_per_week,
  activity150, moderate_minutes_per_week, vigorous_minutes_per_week, iswt_metres, six_minute_walk_metres, mets, hads_anxiety,
  hads_depression, coop_physical_fitness, coop_feelings, coop_daily_activities, coop_social_activities, coop_pain,
  coop_change_in_health, coop_overall_health, coop_social_support, coop_quality_of_life, mlhfq, phq9, gad7, employment_status,
  goals_agreed) on public.assessment to nacr_feed;
grant select (ods, id, assessment_id, class, taking) on public.drug to nacr_feed;
grant select (ods, id, rehabilitation_id, type, date) on public.acute_event to nacr_feed;

-- Triggers, so that no writer can forget it: one line for a submission when it is done, and when it is withdrawn; lines for what rows
-- were taken away from or moved away from; and for what the linker changed. Nothing is done for a row that is only written.
create function national_feed.wake() returns trigger language plpgsql as $$
begin
  if exists (select from changed) then perform pg_notify('nacr_national', ''); end if;
  return null;
end
$$;
create function national_feed.mark_submission() returns trigger language plpgsql as $$
begin
  insert into national_feed.due (ods, submission_id) values (new.ods, new.id);
  return null;
end
$$;
create function national_feed.mark_removed_patients() returns trigger language plpgsql as $$
begin
  insert into national_feed.due (ods, patient_id) select distinct o.ods, o.id from removed o;
  return null;
end
$$;
-- Of records that hang off another one: the one they hung off. Its type is the first argument, its column the second.
create function national_feed.mark_parents() returns trigger language plpgsql as $$
begin
  execute format('insert into national_feed.due (ods, record_type, record_id) select distinct o.ods, %L, o.%I from removed o', tg_argv[0], tg_argv[1]);
  return null;
end
$$;
create function national_feed.mark_former_parent() returns trigger language plpgsql as $$
begin
  insert into national_feed.due (ods, record_type, record_id) values (old.ods, tg_argv[0], (to_jsonb(old) ->> tg_argv[1])::uuid);
  return null;
end
$$;
create function national_feed.mark_linked() returns trigger language plpgsql as $$
begin
  insert into national_feed.due (ods, patient_id) select distinct c.ods, c.patient_id from changed c;
  return null;
end
$$;
create function national_feed.mark_relinked() returns trigger language plpgsql as $$
begin
  insert into national_feed.due (ods, patient_id) select n.ods, n.patient_id from changed n union select o.ods, o.patient_id from former o;
  return null;
end
$$;

-- What the feed marks itself it goes on with.
create trigger woken after insert on national_feed.due referencing new table as changed
  for each statement when (current_user <> 'nacr_feed') execute function national_feed.wake();
create trigger national_done after insert on public.submission
  for each row when (new.completed_at is not null and new.mode <> 'VALIDATE_ONLY') execute function national_feed.mark_submission();
create trigger national_changed after update on public.submission
  for each row when (new.completed_at is not null and (new.completed_at, new.withdrawn_at) is distinct from (old.completed_at, old.withdrawn_at))
  execute function national_feed.mark_submission();
-- A reference lets everybody go, or nobody: the look at everybody begins again.
create function national_feed.look_again() returns trigger language plpgsql as $$
begin
  update national_feed.review set day = '1970-01-01';
  perform pg_notify('nacr_national', '');
  return null;
end
$$;
create trigger national_reference after insert or update or delete on consent.section_251
  for each statement execute function national_feed.look_again();
create trigger national_deleted after delete on public.patient
  referencing old table as removed for each statement execute function national_feed.mark_removed_patients();
do $$
declare
  target record;
begin
  for target in
    select * from (values
      ('initiating_event', 'PATIENT', 'patient_id'),
      ('comorbidity', 'PATIENT', 'patient_id'),
      ('treatment', 'INITIATING_EVENT', 'initiating_event_id'),
      ('rehabilitation', 'INITIATING_EVENT', 'initiating_event_id'),
      ('assessment', 'REHABILITATION', 'rehabilitation_id'),
      ('acute_event', 'REHABILITATION', 'rehabilitation_id'),
      ('drug', 'ASSESSMENT', 'assessment_id')
    ) as listed (name, parent, parent_column)
  loop
    execute format('create trigger national_deleted after delete on public.%I referencing old table as removed
      for each statement execute function national_feed.mark_parents(%L, %L)', target.name, target.parent, target.parent_column);
    execute format('create trigger national_moved after update on public.%1$I for each row when (new.%3$I is distinct from old.%3$I)
      execute function national_feed.mark_former_parent(%2$L, %3$L)', target.name, target.parent, target.parent_column);
  end loop;
  foreach target.name in array array['person_member', 'episode_member'] loop
    execute format('create trigger national_inserted after insert on link.%I referencing new table as changed
      for each statement execute function national_feed.mark_linked()', target.name);
    execute format('create trigger national_deleted after delete on link.%I referencing old table as changed
      for each statement execute function national_feed.mark_linked()', target.name);
    execute format('create trigger national_updated after update on link.%I referencing new table as changed old table as former
      for each statement execute function national_feed.mark_relinked()', target.name);
  end loop;
end
$$;
