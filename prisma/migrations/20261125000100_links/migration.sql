-- Persons and episodes across organisations, as links (ADR 0004, 0021, 0022). Nobody's rows change because somebody else sent something:
-- everything in the schema link is worked out from rows and decisions, and can be worked out again.

do $$
declare
  wanted text;
begin
  -- nacr_linker works links out and sees digests, event types and dates. nacr_journey reads, of other organisations, what a grant shows.
  foreach wanted in array array['nacr_linker', 'nacr_journey'] loop
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
create schema link;
grant usage on schema link to nacr_app, nacr_linker, nacr_journey;
grant usage on schema public to nacr_linker, nacr_journey;
grant usage on schema identity to nacr_linker;

-- Of surname, forename and postcode together, under the link key: candidates only. Null where one is missing, and of rows from before.
alter table identity.patient_identity add column name_hmac bytea;
-- Found within an organisation by both columns, across organisations by the first.
drop index identity.patient_identity_ods_nhs_hmac_key;
create unique index patient_identity_nhs_hmac_ods_key on identity.patient_identity (nhs_hmac, ods);
create index patient_identity_name_hmac_idx on identity.patient_identity (name_hmac) where name_hmac is not null;

-- NHS numbers that were superseded by the one the patient has (HL7 v2 A40, A47, or stated). A number that was typed wrongly is not kept.
create table identity.former_nhs_number (
  ods text not null,
  patient_id uuid not null,
  nhs_hmac bytea not null,
  submission_id uuid not null,
  constraint former_nhs_number_pkey primary key (ods, patient_id, nhs_hmac)
);
create index former_nhs_number_nhs_hmac_idx on identity.former_nhs_number (nhs_hmac);

-- A patient of an organisation that its sender merged into another one of it. Both rows stay: what is sent of either is the other's from
-- then on, and taking the merge back (the row is deleted) leaves exactly what was.
create table identity.patient_merge (
  ods text not null,
  patient_id uuid not null,
  merged_into uuid not null,
  submission_id uuid not null,
  merged_at timestamptz(6) not null,
  constraint patient_merge_pkey primary key (ods, patient_id),
  constraint patient_merge_not_itself check (patient_id <> merged_into)
);
create index patient_merge_merged_into_ods_idx on identity.patient_merge (merged_into, ods);

-- Patients whose links are to be worked out again. Only ever added to by those who write rows, so that nobody waits for the linker.
create table link.due (
  id bigint generated always as identity,
  ods text not null,
  patient_id uuid,
  -- Of a treatment: its event.
  event_id uuid,
  constraint due_pkey primary key (id)
);
-- What is stored already is linked when the linker first runs. The table's owner may be no superuser: its own rows are hidden from it, too.
alter table identity.patient_identity no force row level security;
insert into link.due (ods, patient_id) select ods, patient_id from identity.patient_identity;
alter table identity.patient_identity force row level security;

-- A person or an episode with more than one member, or with something proposed or decided about it. Who is in none is one by itself.
create table link.person_member (
  ods text not null,
  patient_id uuid not null,
  person_id uuid not null,
  constraint person_member_pkey primary key (ods, patient_id)
);
-- With ods, which the policies ask for: without it and without statistics all lines of the organisation were read, too.
create index person_member_person_id_ods_idx on link.person_member (person_id, ods);

create table link.episode_member (
  ods text not null,
  event_id uuid not null,
  patient_id uuid not null,
  person_id uuid not null,
  episode_id uuid not null,
  constraint episode_member_pkey primary key (ods, event_id)
);
create index episode_member_person_id_idx on link.episode_member (person_id);

-- A pair of records about which something is said. a is the one whose organisation and id come first.
create table link.pair (
  id uuid not null,
  -- PERSON (two patients) or EPISODE (two initiating events).
  kind text not null,
  a_ods text not null,
  a_id uuid not null,
  b_ods text not null,
  b_id uuid not null,
  -- LINKED; PROPOSED (people may link it); APART (people rejected or unlinked it); CONFLICT (identities contradict each other).
  state text not null,
  -- The rule that fits the two, if any; who linked it or keeps it apart: RULE or PERSON.
  rule text,
  confidence text,
  made_by text not null,
  -- PROPOSED although a rule links it: what stands between. One record of each side.
  held_back_a_ods text,
  held_back_a_id uuid,
  held_back_b_ods text,
  held_back_b_id uuid,
  since timestamptz(6) not null,
  constraint pair_pkey primary key (id)
);
create unique index pair_records_key on link.pair (kind, a_ods, a_id, b_ods, b_id);
create index pair_b_idx on link.pair (b_ods, b_id);
-- Work lists: what is proposed, or in conflict, of one organisation.
create index pair_a_state_idx on link.pair (a_ods, state);
create index pair_b_state_idx on link.pair (b_ods, state);

-- What people decided, only ever added to: of each pair the latest stands.
create table link.decision (
  id uuid not null,
  kind text not null,
  a_ods text not null,
  a_id uuid not null,
  b_ods text not null,
  b_id uuid not null,
  -- CONFIRMED, REJECTED, UNLINKED.
  decision text not null,
  decided_by_ods text not null,
  decided_at timestamptz(6) not null,
  -- Reason and actor, sealed with the keys of the organisation that decided.
  sealed bytea not null,
  constraint decision_pkey primary key (id)
);
alter table link.decision alter column sealed set storage external;
create index decision_a_idx on link.decision (a_ods, a_id);
create index decision_b_idx on link.decision (b_ods, b_id);

-- Records of another organisation that a clinical team may read through a link. PATIENT or INITIATING_EVENT; treatments go with their event.
create table link.link_grant (
  reader_ods text not null,
  owner_ods text not null,
  record_type text not null,
  record_id uuid not null,
  person_id uuid not null,
  constraint link_grant_pkey primary key (owner_ods, record_id, reader_ods),
  constraint link_grant_other check (reader_ods <> owner_ods)
);
create index link_grant_reader_idx on link.link_grant (person_id, reader_ods);

do $$
declare
  own constant text := $p$ods = (select nullif(current_setting('app.ods', true), ''))$p$;
  either constant text :=
    $p$(a_ods = (select nullif(current_setting('app.ods', true), '')) or b_ods = (select nullif(current_setting('app.ods', true), '')))$p$;
  reader constant text := $p$reader_ods = (select nullif(current_setting('app.ods', true), ''))$p$;
  -- `offset 0`: one look-up in an index for each row; without it, where statistics were missing, all grants of the reader were read first
  -- (400 ms of 40,000 grants).
  granted constant text := $p$exists (select from link.link_grant g
    where g.owner_ods = %1$s.ods and g.record_id = %1$s.%2$s and g.reader_ods = (select nullif(current_setting('app.ods', true), ''))
    offset 0)$p$;
  target record;
begin
  for target in
    select * from (values
      ('identity.former_nhs_number', own, own),
      ('identity.patient_merge', own, own),
      ('link.due', own, own),
      ('link.person_member', own, null),
      ('link.episode_member', own, null),
      ('link.pair', either, null),
      ('link.decision', either, $p$decided_by_ods = (select nullif(current_setting('app.ods', true), ''))$p$),
      ('link.link_grant', reader, null)
    ) as listed (name, seen, written)
  loop
    execute format('alter table %s enable row level security', target.name);
    execute format('alter table %s force row level security', target.name);
    execute format('create policy seen_rows on %s for select to nacr_app, nacr_journey using (%s)', target.name, target.seen);
    if target.written is not null then
      execute format('create policy written_rows on %s for insert to nacr_app with check (%s and (%s))',
        target.name, target.written, target.seen);
    end if;
  end loop;
  foreach target.name in array array['link.due', 'link.person_member', 'link.episode_member', 'link.pair', 'link.link_grant'] loop
    execute format('create policy linker_rows on %s to nacr_linker using (true) with check (true)', target.name);
  end loop;
  foreach target.name in array array['identity.former_nhs_number', 'identity.patient_merge'] loop
    execute format('create policy removed_rows on %s for delete to nacr_app using (%s)', target.name, own);
  end loop;
  foreach target.name in array array['identity.patient_identity', 'identity.former_nhs_number', 'identity.patient_merge', 'link.decision',
    'public.patient', 'public.initiating_event', 'public.treatment'] loop
    execute format('create policy linker_rows on %s for select to nacr_linker using (true)', target.name);
  end loop;
  execute format('create policy granted_rows on public.patient for select to nacr_journey using (%s)', format(granted, 'patient', 'id'));
  execute format('create policy granted_rows on public.initiating_event for select to nacr_journey using (%s)',
    format(granted, 'initiating_event', 'id'));
  -- Which episode an event of another organisation is in.
  execute format('create policy granted_rows on link.episode_member for select to nacr_journey using (%s)',
    format(granted, 'episode_member', 'event_id'));
  execute format('create policy granted_rows on public.treatment for select to nacr_journey using (%s)',
    format(granted, 'treatment', 'initiating_event_id'));
  -- A link between two records that are both shown, also where both are other organisations'.
  execute format('create policy granted_links on link.pair for select to nacr_journey
    using (state = ''LINKED'' and (a_%1$s or %2$s) and (b_%1$s or %3$s))', own,
    replace(format(granted, 'pair', 'a_id'), 'pair.ods', 'pair.a_ods'), replace(format(granted, 'pair', 'b_id'), 'pair.ods', 'pair.b_ods'));
end
$$;

grant select, insert, delete on identity.former_nhs_number, identity.patient_merge to nacr_app;
grant insert on link.due to nacr_app;
grant select on link.person_member, link.episode_member, link.pair, link.decision, link.link_grant to nacr_app, nacr_journey;
grant insert on link.decision to nacr_app;

grant select, delete on link.due to nacr_linker;
grant select, insert, update, delete on link.person_member, link.episode_member, link.pair, link.link_grant to nacr_linker;
grant select (id, kind, a_ods, a_id, b_ods, b_id, decision, decided_at, decided_by_ods) on link.decision to nacr_linker;
grant select (ods, patient_id, nhs_hmac, dob_hmac, name_hmac) on identity.patient_identity to nacr_linker;
grant select on identity.former_nhs_number, identity.patient_merge to nacr_linker;
grant select (ods, id) on public.patient to nacr_linker;
grant select (ods, id, patient_id, event_type, event_date) on public.initiating_event to nacr_linker;
grant select (ods, id, initiating_event_id, type, date) on public.treatment to nacr_linker;

-- What a grant shows, and what a winner is found by; nothing else of these tables.
grant select (ods, id, gender, ethnic_group, marital_status, source_time, updated_at) on public.patient to nacr_journey;
grant select (ods, id, patient_id, event_type, event_date, referring_organisation, source_time, updated_at) on public.initiating_event
  to nacr_journey;
grant select (ods, id, initiating_event_id, type, date, source_time, updated_at) on public.treatment to nacr_journey;
grant select on public.organisation to nacr_linker, nacr_journey;

-- Whoever writes a row, by whatever way, makes its patient due: triggers, so that no writer can forget it. The linker hears of it when the
-- transaction commits: notifications of one transaction that say the same are one.
create function link.wake() returns void language sql as $$ select pg_notify('nacr_links', '') $$;
create function link.mark_patients() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, patient_id) select distinct n.ods, n.patient_id from changed n;
  if found then perform link.wake(); end if;
  return null;
end
$$;
create function link.mark_merges() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, patient_id) select n.ods, unnest(array[n.patient_id, n.merged_into]) from changed n;
  if found then perform link.wake(); end if;
  return null;
end
$$;
create function link.mark_events() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, event_id) select distinct n.ods, n.initiating_event_id from changed n;
  if found then perform link.wake(); end if;
  return null;
end
$$;
-- Events of a patient, and treatments of an event, that this transaction created, too: the patient is due already. A version above 1
-- may be a row that this transaction changed. `offset 0`: a look-up in an index for each row, whatever the planner believes.
create function link.mark_new_events() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, patient_id) select distinct n.ods, n.patient_id from changed n
  where not exists (
    select from public.patient p
    where p.ods = n.ods and p.id = n.patient_id and p.version = 1 and p.xmin = pg_current_xact_id()::xid offset 0);
  if found then perform link.wake(); end if;
  return null;
end
$$;
create function link.mark_new_treatments() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, event_id) select distinct n.ods, n.initiating_event_id from changed n
  where not exists (
    select from public.initiating_event e
    where e.ods = n.ods and e.id = n.initiating_event_id and e.version = 1 and e.xmin = pg_current_xact_id()::xid offset 0);
  if found then perform link.wake(); end if;
  return null;
end
$$;
create function link.mark_changed_identities() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, patient_id) select n.ods, n.patient_id
  from changed n join former o on o.ods = n.ods and o.patient_id = n.patient_id
  where (n.nhs_hmac, n.dob_hmac, n.name_hmac) is distinct from (o.nhs_hmac, o.dob_hmac, o.name_hmac);
  if found then perform link.wake(); end if;
  return null;
end
$$;
create function link.mark_changed_events() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, patient_id) select distinct n.ods, unnest(array[n.patient_id, o.patient_id])
  from changed n join former o on o.ods = n.ods and o.id = n.id
  where (n.patient_id, n.event_type, n.event_date) is distinct from (o.patient_id, o.event_type, o.event_date);
  if found then perform link.wake(); end if;
  return null;
end
$$;
create function link.mark_changed_treatments() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, event_id) select distinct n.ods, unnest(array[n.initiating_event_id, o.initiating_event_id])
  from changed n join former o on o.ods = n.ods and o.id = n.id
  where (n.initiating_event_id, n.type, n.date) is distinct from (o.initiating_event_id, o.type, o.date);
  if found then perform link.wake(); end if;
  return null;
end
$$;
-- Of a decision the side of those who took it, which is theirs to write; the linker finds the other one by the decision.
create function link.mark_decisions() returns trigger language plpgsql as $$
begin
  insert into link.due (ods, patient_id, event_id)
  select side.ods, case n.kind when 'PERSON' then side.id end, case n.kind when 'EPISODE' then side.id end
  from changed n cross join lateral (values (n.a_ods, n.a_id), (n.b_ods, n.b_id)) side (ods, id)
  where side.ods = n.decided_by_ods;
  if found then perform link.wake(); end if;
  return null;
end
$$;

create trigger link_inserted after insert on identity.patient_identity
  referencing new table as changed for each statement execute function link.mark_patients();
create trigger link_updated after update on identity.patient_identity
  referencing new table as changed old table as former for each statement execute function link.mark_changed_identities();
create trigger link_deleted after delete on identity.patient_identity
  referencing old table as changed for each statement execute function link.mark_patients();
create trigger link_inserted after insert on public.initiating_event
  referencing new table as changed for each statement execute function link.mark_new_events();
create trigger link_updated after update on public.initiating_event
  referencing new table as changed old table as former for each statement execute function link.mark_changed_events();
create trigger link_deleted after delete on public.initiating_event
  referencing old table as changed for each statement execute function link.mark_patients();
create trigger link_inserted after insert on public.treatment
  referencing new table as changed for each statement execute function link.mark_new_treatments();
create trigger link_updated after update on public.treatment
  referencing new table as changed old table as former for each statement execute function link.mark_changed_treatments();
create trigger link_deleted after delete on public.treatment
  referencing old table as changed for each statement execute function link.mark_events();
create trigger link_inserted after insert on identity.former_nhs_number
  referencing new table as changed for each statement execute function link.mark_patients();
create trigger link_deleted after delete on identity.former_nhs_number
  referencing old table as changed for each statement execute function link.mark_patients();
create trigger link_inserted after insert on identity.patient_merge
  referencing new table as changed for each statement execute function link.mark_merges();
create trigger link_deleted after delete on identity.patient_merge
  referencing old table as changed for each statement execute function link.mark_merges();
create trigger link_inserted after insert on link.decision
  referencing new table as changed for each statement execute function link.mark_decisions();
