-- A merge that was taken back (ADR 0025): what withdrawing the taking back brings again, and what a patient's record was in between.
create table identity.former_merge (
  ods text not null,
  patient_id uuid not null,
  merged_into uuid not null,
  -- Which submission merged them, and when; which took it back, and when.
  merge_submission_id uuid not null,
  merged_at timestamptz(6) not null,
  submission_id uuid not null,
  unmerged_at timestamptz(6) not null,
  constraint former_merge_pkey primary key (ods, patient_id, submission_id)
);
create index former_merge_merged_into_ods_idx on identity.former_merge (merged_into, ods);
create index former_merge_submission_id_idx on identity.former_merge (submission_id);
-- What a submission merged or named as superseded goes with it where it is withdrawn.
create index patient_merge_submission_id_idx on identity.patient_merge (submission_id);
create index former_nhs_number_submission_id_idx on identity.former_nhs_number (submission_id);

do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))$p$;
begin
  alter table identity.former_merge enable row level security;
  alter table identity.former_merge force row level security;
  execute format('create policy own_rows on identity.former_merge to nacr_app using (%1$s) with check (%1$s)', own);
end
$$;
grant select, insert, delete on identity.former_merge to nacr_app;
