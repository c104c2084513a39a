-- What an organisation has saved for its senders: mapping profiles, and what its own codes mean. Neither is about a patient.

-- Every saving is a version of its own and is never changed: a file in work, and a report of years ago, name the version they were read by.
create table public.mapping_profile (
  ods text not null,
  id uuid not null,
  name text not null,
  version integer not null,
  vendor text not null,
  product text not null,
  -- FHIR, HL7V2, TABLES.
  format text not null,
  -- Applied to what this product of this vendor sends without naming a profile.
  automatic boolean not null,
  -- One of the two: the name of a sender profile the gateway ships, or a column profile.
  sender_profile text,
  columns jsonb,
  effective_from date not null,
  created_at timestamptz(6) not null,
  created_by text not null,
  retired_at timestamptz(6),
  retired_by text,
  constraint mapping_profile_pkey primary key (ods, id),
  constraint mapping_profile_content_check check ((sender_profile is null) <> (columns is null)),
  constraint mapping_profile_format_check check (format in ('FHIR', 'HL7V2', 'TABLES') and (columns is null or format = 'TABLES'))
);
create unique index mapping_profile_ods_name_version_key on public.mapping_profile (ods, name, version);

-- What a code of a source system, or of a local table, means. Proposed by one person or client, in force once another person has approved it.
create table public.site_code (
  ods text not null,
  id uuid not null,
  vendor text not null,
  product text not null,
  system text not null,
  code text not null,
  version integer not null,
  target jsonb not null,
  -- Comes before the gateway's own tables, which is for the reviewer to allow.
  override boolean not null,
  comment text,
  effective_from date not null,
  effective_to date,
  -- PROPOSED, APPROVED, REJECTED, RETIRED.
  state text not null,
  proposed_at timestamptz(6) not null,
  proposed_by text not null,
  reviewed_at timestamptz(6),
  reviewed_by text,
  retired_at timestamptz(6),
  retired_by text,
  constraint site_code_pkey primary key (ods, id),
  constraint site_code_state_check check (state in ('PROPOSED', 'APPROVED', 'REJECTED', 'RETIRED')),
  -- Four eyes, also where the program forgets.
  constraint site_code_review_check check (
    reviewed_by is distinct from proposed_by and (state not in ('APPROVED', 'REJECTED') or reviewed_by is not null)),
  constraint site_code_dates_check check (effective_to is null or effective_to >= effective_from)
);
create unique index site_code_ods_key on public.site_code (ods, vendor, product, system, code, version);

do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))$p$;
  target text;
begin
  foreach target in array array['mapping_profile', 'site_code']
  loop
    execute format('alter table public.%I enable row level security', target);
    execute format('alter table public.%I force row level security', target);
    execute format('create policy own_rows on public.%I using (%s) with check (%s)', target, own, own);
  end loop;
end
$$;

-- Content is written once; afterwards only its standing changes.
grant select, insert on public.mapping_profile, public.site_code to nacr_app;
grant update (retired_at, retired_by) on public.mapping_profile to nacr_app;
grant update (state, reviewed_at, reviewed_by, retired_at, retired_by, effective_to) on public.site_code to nacr_app;
