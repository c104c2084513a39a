-- How a submission moves the certification standards of its programme: counts beside its other counts, and no value of a patient.
alter table public.submission add column standards jsonb not null default '[]';
