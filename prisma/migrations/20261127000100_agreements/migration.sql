-- Agreements under which figures and extracts are handed out, what became of them and what was done under them (ADR 0039). Read and written
-- in role nacr_agreements alone, which sees no patient and no organisation's rows.

do $$
begin
  if not exists (select from pg_roles where rolname = 'nacr_agreements') then
    begin
      execute 'create role nacr_agreements nologin';
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'nacr_agreements', 'member') then
    execute 'grant nacr_agreements to current_user';
  end if;
end
$$;
create schema agreement;
grant usage on schema agreement, audit to nacr_agreements;

-- A contract of an organisation, under which it may have agreements.
create table agreement.framework_contract (
  id text not null,
  organisation text not null,
  signed_on date not null,
  ends_on date not null,
  recorded_at timestamptz(6) not null default now(),
  constraint framework_contract_pkey primary key (id),
  constraint framework_contract_order check (signed_on <= ends_on)
);

create table agreement.agreement (
  id text not null check (id ~ '^DARS-NIC-\d{5}-[A-Z0-9]{5}$'),
  drafted_by text not null,
  drafted_at timestamptz(6) not null,
  terminated_at timestamptz(6),
  destroyed_at timestamptz(6),
  key_destroyed_at timestamptz(6),
  -- Whoever may know of it beside the administrators: who drafted a version, or is named in one.
  readers text[] not null,
  constraint agreement_pkey primary key (id)
);
create index agreement_drafted_at_id_idx on agreement.agreement (drafted_at desc, id desc);
create index agreement_readers_idx on agreement.agreement using gin (readers);

-- What an agreement says; an amendment is another version. Identifiable data are no product class.
create table agreement.version (
  agreement_id text not null,
  number integer not null check (number > 0),
  state text not null check (state in ('DRAFT', 'SUBMITTED', 'APPROVED', 'SIGNED', 'DECLINED')),
  terms jsonb not null,
  digest text not null,
  drafted_by text not null,
  drafted_at timestamptz(6) not null,
  submitted_at timestamptz(6),
  approved_by text,
  approved_at timestamptz(6),
  signed_at timestamptz(6),
  constraint version_pkey primary key (agreement_id, number),
  constraint version_agreement_id_fkey foreign key (agreement_id) references agreement.agreement (id),
  constraint version_product_class check (
    terms ->> 'productClass' is null
    or terms ->> 'productClass' in ('AGGREGATED_SUPPRESSED', 'AGGREGATED_SMALL_NUMBERS', 'PSEUDONYMISED_RECORD_LEVEL')
  ),
  constraint version_approved check (state not in ('APPROVED', 'SIGNED') or approved_at is not null),
  constraint version_not_approved_by_drafter check (approved_by <> drafted_by),
  constraint version_signed check ((state = 'SIGNED') = (signed_at is not null))
);

create table agreement.signature (
  agreement_id text not null,
  version integer not null,
  party text not null,
  signed_by text not null,
  signed_at timestamptz(6) not null,
  -- Of the terms that were signed.
  digest text not null,
  constraint signature_pkey primary key (agreement_id, version, party),
  constraint signature_version_fkey foreign key (agreement_id, version) references agreement.version (agreement_id, number)
);

-- What happened, in order; only added to.
create table agreement.step (
  id uuid not null,
  agreement_id text not null,
  at timestamptz(6) not null,
  step text not null,
  version integer,
  by text,
  reason text,
  constraint step_pkey primary key (id),
  constraint step_agreement_id_fkey foreign key (agreement_id) references agreement.agreement (id)
);
create index step_agreement_id_idx on agreement.step (agreement_id, at, id);

create table agreement.breach (
  id uuid not null,
  agreement_id text not null,
  reported_by text not null,
  reported_at timestamptz(6) not null,
  discovered_at timestamptz(6) not null,
  description text not null,
  digest text not null,
  acknowledged_at timestamptz(6),
  acknowledged_by text,
  last_chased_at timestamptz(6),
  times_chased integer not null,
  ico_reportable boolean,
  ico_decided_at timestamptz(6),
  ico_decided_by text,
  ico_reasons text,
  ico_reported_at timestamptz(6),
  ico_reference text,
  outcome text check (outcome in ('RESUMED', 'TERMINATED', 'DESTRUCTION_ORDERED')),
  outcome_at timestamptz(6),
  outcome_by text,
  outcome_reasons text,
  constraint breach_pkey primary key (id),
  constraint breach_agreement_id_fkey foreign key (agreement_id) references agreement.agreement (id)
);
create index breach_agreement_id_idx on agreement.breach (agreement_id);

create table agreement.destruction (
  agreement_id text not null,
  id uuid not null,
  reason text not null check (reason in ('EXPIRED', 'TERMINATED', 'BREACH')),
  opened_at timestamptz(6) not null,
  due_on date not null,
  certified_at timestamptz(6),
  certified_by text,
  document text,
  signature text,
  constraint destruction_pkey primary key (agreement_id),
  constraint destruction_agreement_id_fkey foreign key (agreement_id) references agreement.agreement (id)
);

-- What was asked under an agreement, and whether it was answered; only added to.
create table agreement.use (
  id uuid not null,
  agreement_id text not null,
  version integer,
  at timestamptz(6) not null,
  client_id text not null,
  purpose text not null,
  product text not null,
  outcome text not null check (outcome in ('PERMITTED', 'REFUSED', 'UNANSWERED')),
  refusals text[] not null,
  question text not null,
  question_digest text not null,
  cut_id text,
  cells_returned integer,
  constraint use_pkey primary key (id),
  constraint use_agreement_id_fkey foreign key (agreement_id) references agreement.agreement (id),
  constraint use_refused check ((outcome = 'REFUSED') = (cardinality(refusals) > 0))
);
create index use_agreement_id_at_idx on agreement.use (agreement_id, at, id);

do $$
declare
  target text;
begin
  foreach target in array array['framework_contract', 'agreement', 'version', 'signature', 'step', 'breach', 'destruction', 'use'] loop
    execute format('alter table agreement.%I enable row level security', target);
    execute format('alter table agreement.%I force row level security', target);
    execute format('create policy kept_rows on agreement.%I to nacr_agreements using (true) with check (true)', target);
  end loop;
end
$$;
create policy agreement_rows on audit.event for insert to nacr_agreements with check (ods is null);
create policy agreed_rows on audit.event for select to nacr_agreements using (agreement_id is not null);

grant select, insert on agreement.framework_contract, agreement.signature, agreement.step, agreement.use to nacr_agreements;
grant select, insert on agreement.agreement, agreement.version, agreement.breach, agreement.destruction to nacr_agreements;
-- Who drafted or reported what, and when, is never told otherwise.
grant update (terminated_at, destroyed_at, key_destroyed_at, readers) on agreement.agreement to nacr_agreements;
grant update (state, terms, digest, submitted_at, approved_by, approved_at, signed_at) on agreement.version to nacr_agreements;
grant update (
  acknowledged_at, acknowledged_by, last_chased_at, times_chased, ico_reportable, ico_decided_at, ico_decided_by, ico_reasons,
  ico_reported_at, ico_reference, outcome, outcome_at, outcome_by, outcome_reasons
) on agreement.breach to nacr_agreements;
grant update (certified_at, certified_by, document, signature) on agreement.destruction to nacr_agreements;
grant insert on audit.event to nacr_agreements;
grant select (id, at, type, outcome, agent_id, agent_role, agreement_id) on audit.event to nacr_agreements;
create index event_agreement_id_idx on audit.event (agreement_id, at, id) where agreement_id is not null;

-- Analysts are people without an organisation: like administrators, one administrator proposes and another one confirms them.
alter table access.registration drop constraint registration_of_somebody;
alter table access.registration drop constraint registration_of_an_organisation;
alter table access.registration add constraint registration_of_somebody check (
  (kind in ('PERSON', 'GUARDIAN', 'ADMIN', 'ANALYST', 'BREAK_GLASS') and issuer is not null and subject is not null and client_id is null)
  or (kind in ('CLIENT', 'DELEGATION') and client_id is not null and issuer is null and subject is null)
);
alter table access.registration add constraint registration_of_an_organisation check ((kind in ('ADMIN', 'ANALYST')) = (ods_code is null));
