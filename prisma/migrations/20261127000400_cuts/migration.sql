-- Cuts (ADR 0041): the national side as it stood at one instant, frozen under a number, and the cubes that were published of it. What was
-- published cannot be changed and is not deleted: of a cut its state alone can, and rows without a cut are a publication that was not
-- finished.

do $$
declare
  wanted text;
begin
  -- nacr_publisher makes cuts; nacr_analyst sees what is published and no row; nacr_extractor reads the rows of cuts that may be answered from.
  foreach wanted in array array['nacr_publisher', 'nacr_analyst', 'nacr_extractor'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    if not pg_has_role(current_user, wanted, 'member') then
      execute format('grant %I to %I', wanted, current_user);
    end if;
  end loop;
end
$$;
create schema cut;
grant usage on schema cut to nacr_publisher, nacr_analyst, nacr_extractor;
grant usage on schema public, national, national_feed, audit to nacr_publisher;

create table cut.cut (
  id uuid not null,
  number integer not null check (number > 0),
  state text not null check (state in ('IN_FORCE', 'SUPERSEDED', 'WITHDRAWN')),
  -- What was committed before it is in the cut.
  as_of timestamptz(6) not null,
  -- When the gate was asked for the last time.
  published_at timestamptz(6) not null,
  published_by text not null,
  -- The text that is signed, as it was signed.
  manifest text not null,
  signature text not null,
  -- Of a generated population: no person's.
  synthetic boolean not null,
  withdrawn_at timestamptz(6),
  withdrawn_by text,
  withdrawal_reason text,
  constraint cut_pkey primary key (id),
  constraint cut_number_key unique (number),
  constraint cut_withdrawn check ((state = 'WITHDRAWN') = (num_nonnulls(withdrawn_at, withdrawn_by, withdrawal_reason) = 3))
);
create unique index cut_in_force_idx on cut.cut (state) where state = 'IN_FORCE';

-- Figures after rules and repair: nothing in it is a true count (docs/statistics.md).
create table cut.cube (
  cut_id uuid not null,
  audit_year integer not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  bytes bytea not null,
  constraint cube_pkey primary key (cut_id, audit_year),
  constraint cube_cut_id_fkey foreign key (cut_id) references cut.cut (id)
);

-- What the publication after the next must know of this one, and nobody else may (assurance.md 4.3.9).
create table cut.ledger (
  cut_id uuid not null,
  audit_year integer not null,
  bytes bytea not null,
  constraint ledger_pkey primary key (cut_id, audit_year),
  constraint ledger_cut_id_fkey foreign key (cut_id) references cut.cut (id)
);

-- Rows as the national side has them, checks and all; in place of the feed's number the cut, and the journey's number in the cut.
create table cut.journey (like national.journey including constraints);
create table cut.assessment (like national.assessment including constraints);
create table cut.acute_event (like national.acute_event including constraints);
create table cut.drug_class (like national.drug_class including constraints);
do $$
declare
  target record;
begin
  for target in
    select * from (values ('journey', ''), ('assessment', ', number'), ('acute_event', ', number'), ('drug_class', ', assessment, drug_class'))
      as listed (name, more)
  loop
    execute format('alter table cut.%I drop column subject, drop column journey', target.name);
    execute format('alter table cut.%I add column cut_id uuid not null, add column journey integer not null check (journey > 0)', target.name);
    execute format('alter table cut.%1$I add constraint %1$s_pkey primary key (cut_id, journey%2$s)', target.name, target.more);
  end loop;
end
$$;
-- Which cuts hold a person's journeys, for who records that the person objects.
create index journey_pseudonym_idx on cut.journey (pseudonym);

-- Who asked for a cut, and what became of it. Whoever works on one renews its lease; a dead worker's ends by itself.
create table cut.publication (
  id uuid not null,
  asked_by text not null,
  asked_at timestamptz(6) not null,
  -- Journeys of a generated population; null: the national side.
  synthetic_journeys integer check (synthetic_journeys > 0),
  state text not null check (state in ('WAITING', 'RUNNING', 'PUBLISHED', 'REFUSED', 'FAILED')),
  step text check (step in ('FREEZING', 'COUNTING', 'PUBLISHING')),
  attempts integer not null default 0,
  lease_id uuid,
  leased_until timestamptz(6),
  finished_at timestamptz(6),
  cut_id uuid,
  refusal text check (refusal in ('TOO_SOON', 'NOTHING_TO_PUBLISH', 'AUDIT_MISSED')),
  -- Figures of the publication by audit year; none of them is of a cell.
  report jsonb not null default '[]',
  constraint publication_pkey primary key (id)
);
-- One at a time.
create unique index publication_open_idx on cut.publication ((1)) where state in ('WAITING', 'RUNNING');
create index publication_asked_at_id_idx on cut.publication (asked_at desc, id desc);

do $$
declare
  answering constant text := $p$cut_id = any (array(select c.id from cut.cut c where c.state in ('IN_FORCE', 'SUPERSEDED')))$p$;
  unpublished constant text := $p$cut_id <> all (array(select c.id from cut.cut c))$p$;
  target text;
begin
  foreach target in array array['cut', 'cube', 'ledger', 'journey', 'assessment', 'acute_event', 'drug_class', 'publication'] loop
    execute format('alter table cut.%I enable row level security', target);
    execute format('alter table cut.%I force row level security', target);
    execute format('create policy published_rows on cut.%I for select to nacr_publisher using (true)', target);
    execute format('grant select on cut.%I to nacr_publisher', target);
  end loop;
  foreach target in array array['journey', 'assessment', 'acute_event', 'drug_class'] loop
    execute format('create policy frozen_rows on cut.%I for insert to nacr_publisher with check (%s)', target, unpublished);
    execute format('create policy unfinished_rows on cut.%I for delete to nacr_publisher using (%s)', target, unpublished);
    execute format('grant insert, delete on cut.%I to nacr_publisher', target);
    execute format('create policy extracted_rows on cut.%I for select to nacr_extractor using (%s)', target, answering);
    execute format('grant select on cut.%I to nacr_extractor', target);
    execute format('create policy copied_rows on national.%I for select to nacr_publisher using (true)', target);
    execute format('grant select on national.%I to nacr_publisher', target);
  end loop;
  foreach target in array array['cut', 'cube', 'ledger', 'publication'] loop
    execute format('create policy new_rows on cut.%I for insert to nacr_publisher with check (true)', target);
    execute format('grant insert on cut.%I to nacr_publisher', target);
  end loop;
  execute format('create policy answered_rows on cut.cube for select to nacr_analyst using (%s)', answering);
end
$$;
create policy ended_cuts on cut.cut for update to nacr_publisher using (true) with check (true);
grant update (state, withdrawn_at, withdrawn_by, withdrawal_reason) on cut.cut to nacr_publisher;
create policy worked_rows on cut.publication for update to nacr_publisher using (true) with check (true);
grant update (state, step, attempts, lease_id, leased_until, finished_at, cut_id, refusal, report) on cut.publication to nacr_publisher;
create policy listed_cuts on cut.cut for select to nacr_analyst, nacr_extractor using (true);
grant select on cut.cut to nacr_analyst, nacr_extractor;
grant select on cut.cube to nacr_analyst;

-- Whom the gate is asked about, and which of their rows it would let go. No value of a patient.
create policy judged_rows on public.patient for select to nacr_publisher using (true);
grant select (ods, id) on public.patient to nacr_publisher;
create policy judged_rows on national_feed.member for select to nacr_publisher using (true);
grant select (ods, patient_id, subject) on national_feed.member to nacr_publisher;
create policy cut_rows on audit.event for insert to nacr_publisher with check (agent_ods is null and ods is null);
grant insert on audit.event to nacr_publisher;

-- Whoever works on publications hears of a new one.
create function cut.wake() returns trigger language plpgsql as $$
begin
  perform pg_notify('nacr_cuts', '');
  return null;
end
$$;
create trigger woken after insert on cut.publication for each statement execute function cut.wake();
