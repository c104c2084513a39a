-- The audit trail: an entry for each act, written in the transaction of the act, so that it stands or falls with it. Only ever added to.
do $$
declare
  wanted text;
begin
  -- nacr_auditor numbers entries and checks them. nacr_audit_retention removes what is older than the setting: nobody else can remove any.
  foreach wanted in array array['nacr_auditor', 'nacr_audit_retention'] loop
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

create table audit.event (
  -- Of a submission: the submission's own id, so that it cannot have two.
  id uuid not null,
  at timestamptz(6) not null default clock_timestamp(),
  -- In whose log it stands; null: the installation's.
  ods text,
  programme_code text,
  action text not null,
  type text not null,
  outcome text not null,
  agent_id text not null,
  agent_role text,
  agent_ods text,
  correlation_id text,
  entity_kind text,
  entity_id text,
  -- Patients of the organisation in whose log it stands.
  patient_ids uuid[],
  -- Persons through whom rows of other organisations were shown.
  person_ids uuid[],
  purpose text,
  agreement_id text,
  details jsonb,
  -- What is older than every running transaction is known to whoever numbers entries: it looks at the rest only.
  written_by xid8 not null default pg_current_xact_id(),
  constraint event_pkey primary key (id)
);

-- What stood in the access logs until now is a part of it.
alter table audit.access_line no force row level security;
insert into audit.event (id, at, ods, action, type, outcome, agent_id, agent_role, agent_ods, correlation_id, patient_ids, person_ids)
select l.id, l.at, l.ods, 'R', l.action, 'DONE', l.client_id, l.role, l.reader_ods, l.correlation_id, array[l.patient_id],
  case when l.person_id is null then null else array[l.person_id] end
from audit.access_line l order by l.at, l.id;
drop table audit.access_line;

create index event_ods_at_idx on audit.event (ods, at desc, id desc);
create index event_written_by_idx on audit.event (written_by);
create index event_entity_idx on audit.event (entity_id, ods) where entity_id is not null;
create index event_patients_idx on audit.event using gin (patient_ids) where patient_ids is not null;
-- Different persons that a client has read within the hour.
create index event_linked_idx on audit.event (agent_id, ods, at) where person_ids is not null;

-- Apart from the entries, so that numbering one does not change it.
create table audit.chain (
  sequence bigint not null,
  event_id uuid not null,
  -- Keyed digest of the sequence, the mac before it and the entry (src/audit/chain.ts).
  mac bytea not null,
  constraint chain_pkey primary key (sequence)
);
create unique index chain_event_id_key on audit.chain (event_id);

-- Where the chain begins since older entries were removed. The signature is of the key of the chain.
create table audit.checkpoint (
  sequence bigint not null,
  mac bytea not null,
  removed_at timestamptz(6) not null,
  signature bytea not null,
  constraint checkpoint_pkey primary key (sequence)
);

grant usage on schema audit to nacr_access, nacr_worker, nacr_linker, nacr_auditor, nacr_audit_retention;
alter table audit.event enable row level security;
alter table audit.event force row level security;
alter table audit.chain enable row level security;
alter table audit.chain force row level security;
alter table audit.checkpoint enable row level security;
alter table audit.checkpoint force row level security;

-- Whoever works for an organisation writes of itself only, into whosever log. Administration works for none.
create policy written_rows on audit.event for insert to nacr_app, nacr_journey, nacr_worker
  with check (agent_ods is null or agent_ods = (select nullif(current_setting('app.ods', true), '')));
create policy administered_rows on audit.event for insert to nacr_access with check (true);
create policy seen_rows on audit.event for select to nacr_app, nacr_journey
  using (ods = (select nullif(current_setting('app.ods', true), '')));
create policy audited_rows on audit.event for select to nacr_auditor, nacr_audit_retention using (true);
create policy removed_rows on audit.event for delete to nacr_audit_retention using (true);
create policy exported_rows on audit.event for insert to nacr_auditor, nacr_audit_retention with check (agent_role is null);
grant insert on audit.event to nacr_app, nacr_journey, nacr_worker, nacr_access, nacr_auditor, nacr_audit_retention;
grant select on audit.event to nacr_app, nacr_journey, nacr_auditor, nacr_audit_retention;
grant delete on audit.event to nacr_audit_retention;

-- An organisation sees the numbers of the entries it sees.
create policy seen_rows on audit.chain for select to nacr_app
  using (exists (select from audit.event e where e.id = event_id));
create policy numbered_rows on audit.chain for select to nacr_auditor, nacr_audit_retention using (true);
create policy chained_rows on audit.chain for insert to nacr_auditor with check (true);
create policy removed_rows on audit.chain for delete to nacr_audit_retention using (true);
grant select on audit.chain to nacr_app, nacr_auditor, nacr_audit_retention;
grant insert on audit.chain to nacr_auditor;
grant delete on audit.chain to nacr_audit_retention;

create policy numbered_rows on audit.checkpoint for select to nacr_auditor, nacr_audit_retention using (true);
create policy removed_rows on audit.checkpoint for insert to nacr_audit_retention with check (true);
grant select on audit.checkpoint to nacr_auditor, nacr_audit_retention;
grant insert on audit.checkpoint to nacr_audit_retention;
