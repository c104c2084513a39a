-- Deprivation by postcode, and regions of organisations, from files that a site supplies (ADR 0038). Nothing of a patient is kept here: the
-- quintile of a patient is looked up when the national rows are made, and kept there alone.

do $$
declare
  wanted text;
begin
  -- nacr_geographer loads the files. nacr_placer opens sealed identities and asks which quintile a postcode is of, and nothing else.
  foreach wanted in array array['nacr_geographer', 'nacr_placer'] loop
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
create schema geography;
grant usage on schema geography to nacr_geographer, nacr_placer, nacr_feed;
grant usage on schema identity to nacr_placer;
grant usage on schema public, national_feed, audit to nacr_geographer;

-- One for each time a directory is loaded; at most one is in force. One that is not is being loaded, or was left unfinished.
create table geography.release (
  version integer generated always as identity,
  in_force boolean not null default false,
  postcodes integer,
  constraint release_pkey primary key (version)
);
create unique index release_in_force_key on geography.release (in_force) where in_force;

-- No postcode is written here, nor asked for: the first half of a keyed digest stands for it, so that the database is never told the postcode
-- of a patient. Postcodes without a quintile have no line.
create table geography.postcode_quintile (
  version integer not null,
  digest uuid not null,
  quintile smallint not null check (quintile between 1 and 5),
  constraint postcode_quintile_pkey primary key (version, digest)
);

create table geography.organisation_region (
  ods_code text not null check (ods_code ~ '^[A-Z0-9]{3,9}$'),
  region text not null check (region ~ '^Y[0-9]{2}$'),
  constraint organisation_region_pkey primary key (ods_code)
);

do $$
declare
  target text;
begin
  foreach target in array array['release', 'postcode_quintile', 'organisation_region'] loop
    execute format('create policy loaded_rows on geography.%I to nacr_geographer using (true) with check (true)', target);
    execute format('grant select, insert, delete on geography.%I to nacr_geographer', target);
    execute format('alter table geography.%I enable row level security', target);
    execute format('alter table geography.%I force row level security', target);
  end loop;
end
$$;
grant update (in_force, postcodes) on geography.release to nacr_geographer;
create policy placer_rows on geography.release for select to nacr_placer using (in_force);
create policy placer_rows on geography.postcode_quintile for select to nacr_placer using (true);
create policy feed_rows on geography.organisation_region for select to nacr_feed using (true);
grant select on geography.release to nacr_placer;
grant select on geography.postcode_quintile to nacr_placer;
grant select on geography.organisation_region to nacr_feed;

-- Of patients the one sees sealed boxes, the other that there are any, to mark everybody when a directory comes into force.
create policy placer_rows on identity.patient_identity for select to nacr_placer using (true);
grant select (ods, patient_id, sealed) on identity.patient_identity to nacr_placer;
create policy geographer_rows on public.patient for select to nacr_geographer using (true);
grant select (ods, id) on public.patient to nacr_geographer;
create policy geographer_rows on national_feed.due for insert to nacr_geographer with check (patient_id is not null);
grant insert on national_feed.due to nacr_geographer;
create policy geographer_rows on audit.event for insert to nacr_geographer with check (agent_ods is null and ods is null);
grant insert on audit.event to nacr_geographer;
