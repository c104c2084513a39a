-- What is stored, from dictionary gw-1.0 to gw-1.1. Printed by `generate-prisma.ts --conversion` before the release; from then on
-- append-only. Rows are recoded where they stand, without a new version: nobody said anything new. Their history is recoded with them,
-- since old versions are read, and submissions taken back, in the words of today. Answers that were given stay as they were given.
-- Row-level security binds the owner of a table, too, who has to see every organisation's rows once.

alter table public.initiating_event no force row level security;
alter table public.record_change no force row level security;
update public.initiating_event set referral_source = case referral_source when 'BMI_HOSPITAL' then 'INDEPENDENT_HOSPITAL' when 'PRIVATE_HOSPITAL' then 'INDEPENDENT_HOSPITAL' end
  where referral_source in ('BMI_HOSPITAL', 'PRIVATE_HOSPITAL');
update public.record_change set changes = jsonb_set(changes, '{referralSource,before}', to_jsonb(case changes #>> '{referralSource,before}' when 'BMI_HOSPITAL' then 'INDEPENDENT_HOSPITAL' when 'PRIVATE_HOSPITAL' then 'INDEPENDENT_HOSPITAL' end))
  where record_type = 'INITIATING_EVENT' and changes #>> '{referralSource,before}' in ('BMI_HOSPITAL', 'PRIVATE_HOSPITAL');
update public.record_change set changes = jsonb_set(changes, '{referralSource,after}', to_jsonb(case changes #>> '{referralSource,after}' when 'BMI_HOSPITAL' then 'INDEPENDENT_HOSPITAL' when 'PRIVATE_HOSPITAL' then 'INDEPENDENT_HOSPITAL' end))
  where record_type = 'INITIATING_EVENT' and changes #>> '{referralSource,after}' in ('BMI_HOSPITAL', 'PRIVATE_HOSPITAL');
alter table public.initiating_event force row level security;
alter table public.record_change force row level security;
alter table public.assessment add column goals_agreed text;
