-- Extracts (ADR 0044): what was asked for under an agreement, and its files until they are not kept any more. Files are sealed with the key of
-- the agreement. Role nacr_extracts sees no patient, no agreement and no cut.

do $$
begin
  if not exists (select from pg_roles where rolname = 'nacr_extracts') then
    begin
      execute 'create role nacr_extracts nologin';
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'nacr_extracts', 'member') then
    execute format('grant nacr_extracts to %I', current_user);
  end if;
end
$$;
create schema extract;
grant usage on schema extract, audit to nacr_extracts;

create table extract.extract (
  id uuid not null,
  agreement_id text not null,
  -- Of the agreement, that permitted it.
  version integer not null,
  product text not null check (product in ('PSEUDONYMISED_RECORD_LEVEL', 'AGGREGATED_SMALL_NUMBERS')),
  cut_id text not null,
  period text not null,
  format text not null check (format in ('CSV', 'PARQUET')),
  fields text[] not null,
  -- Declared tables: measure and dimensions, as canonical JSON.
  tables text not null,
  purpose text not null,
  location text not null,
  requested_by text not null,
  requested_at timestamptz(6) not null,
  state text not null check (state in ('REQUESTED', 'READY', 'FAILED', 'REFUSED', 'REMOVED')),
  -- Attempts name the files they wrote. Whoever works on one renews its lease; a dead worker's ends by itself.
  attempts integer not null default 0,
  -- Attempts since it was asked for, or is to be made again.
  tries integer not null default 0,
  leased_until timestamptz(6),
  made_at timestamptz(6),
  -- Name, rows, bytes and digest of each.
  files jsonb not null default '[]',
  manifest text,
  handed_over_at timestamptz(6),
  downloads integer not null default 0,
  times_made_again integer not null default 0,
  -- Persons in it who are withheld now, once it was handed over.
  withheld_since integer not null default 0,
  removed_at timestamptz(6),
  constraint extract_pkey primary key (id),
  constraint extract_ready check ((state = 'READY') <= (made_at is not null and manifest is not null)),
  constraint extract_handed_over check ((handed_over_at is null) = (downloads = 0))
);
-- What was made of a cut and a period is final. Of tables, of those that were asked for together.
create unique index extract_once_key on extract.extract (agreement_id, version, product, cut_id, period, tables);
create index extract_agreement_id_requested_at_idx on extract.extract (agreement_id, requested_at desc, id desc);
create index extract_requested_idx on extract.extract (requested_at, id) where state = 'REQUESTED';
create index extract_ready_idx on extract.extract (made_at) where state = 'READY';

-- Pieces of files, compressed and sealed. Those of an attempt that did not come to its end are deleted with the next one's beginning.
create table extract.part (
  extract_id uuid not null,
  attempt integer not null,
  file text not null,
  part integer not null,
  sealed bytea not null,
  constraint part_pkey primary key (extract_id, attempt, file, part),
  constraint part_extract_id_fkey foreign key (extract_id) references extract.extract (id)
);
alter table extract.part alter column sealed set storage external;

do $$
declare
  target text;
begin
  foreach target in array array['extract', 'part'] loop
    execute format('alter table extract.%I enable row level security', target);
    execute format('alter table extract.%I force row level security', target);
    execute format('create policy kept_rows on extract.%I to nacr_extracts using (true) with check (true)', target);
  end loop;
end
$$;
create policy extract_rows on audit.event for insert to nacr_extracts with check (agent_ods is null and ods is null);

grant select, insert on extract.extract to nacr_extracts;
-- What was asked for does not change, but for one that failed and is asked for again.
grant update (format, fields, purpose, location, requested_by, requested_at, state, attempts, tries, leased_until, made_at, files, manifest,
  handed_over_at, downloads, times_made_again, withheld_since, removed_at) on extract.extract to nacr_extracts;
grant select, insert, delete on extract.part to nacr_extracts;
grant insert on audit.event to nacr_extracts;

-- Whoever makes extracts hears of one that waits.
create function extract.wake() returns trigger language plpgsql as $$
begin
  perform pg_notify('nacr_extracts', '');
  return null;
end
$$;
create trigger woken after insert or update of state on extract.extract
  for each row when (new.state = 'REQUESTED') execute function extract.wake();
