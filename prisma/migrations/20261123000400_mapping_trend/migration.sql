-- What became of the source fields of each sending system, day by day: the mapping summaries of completed submissions, added up. A summary
-- has some forty lines, and a hospital's message feed some ten thousand submissions a day: a year of them cannot be added up when asked.
create table public.mapping_trend (
  ods text not null,
  programme_code text not null,
  -- Calendar day in the United Kingdom on which the submission was completed.
  day date not null,
  vendor text not null,
  product text not null,
  product_version text not null,
  source_field text not null,
  result text not null,
  -- Empty where the summary's line has none: a key holds no null.
  record_type text not null,
  field text not null,
  reason text not null,
  count bigint not null,
  constraint mapping_trend_pkey primary key
    (ods, day, programme_code, vendor, product, product_version, source_field, result, record_type, field, reason)
);

-- Up to when completed submissions are added up; one row. What was completed since is added up when asked.
create table public.mapping_trend_cursor (
  id boolean not null,
  until timestamptz(6) not null,
  constraint mapping_trend_cursor_pkey primary key (id),
  constraint mapping_trend_cursor_one_row check (id)
);
insert into public.mapping_trend_cursor (id, until) values (true, '2026-01-01T00:00:00Z');

-- Submissions in the order in which they are added up. A replay judges again what was counted before.
create index submission_completed_at_idx on public.submission (completed_at)
  where mode = 'COMMIT' and status in ('COMPLETED', 'WITHDRAWN') and replay_of is null;

alter table public.mapping_trend enable row level security;
alter table public.mapping_trend force row level security;
do $$
declare
  rule constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))
    and programme_code = any ((select string_to_array(coalesce(current_setting('app.programmes', true), ''), ','))::text[])$p$;
begin
  execute format('create policy own_rows on public.mapping_trend using (%s) with check (%s)', rule, rule);
end
$$;
create policy worker_rows on public.mapping_trend to nacr_worker using (true) with check (true);
-- Names of source fields and counts; no value, no identity, no answer.
create policy completed_rows on public.submission for select to nacr_worker using (completed_at is not null);

grant select on public.mapping_trend, public.mapping_trend_cursor to nacr_app;
grant select, insert, update on public.mapping_trend to nacr_worker;
grant select, update on public.mapping_trend_cursor to nacr_worker;
grant select (ods, programme_code, vendor, product, product_version, mode, status, replay_of, completed_at, mapping_summary)
  on public.submission to nacr_worker;
