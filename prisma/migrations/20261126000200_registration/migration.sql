-- Who may act for whom, by request, decision and review (dataset.md, Decision 32). Read and written in role nacr_access alone, which sees no
-- patient. Rows are inactivated, never deleted.

-- People whom a configured issuer vouched for. A person is (issuer, subject), never an e-mail address.
create table access.person (
  id uuid not null,
  issuer text not null,
  subject text not null,
  first_seen timestamptz(6) not null,
  last_seen timestamptz(6) not null,
  constraint person_pkey primary key (id)
);
create unique index person_issuer_subject_key on access.person (issuer, subject);

create table access.registration (
  id uuid not null,
  -- PERSON, CLIENT, DELEGATION: an organisation's Guardian decides. GUARDIAN, ADMIN, BREAK_GLASS: by one audit administrator, confirmed by
  -- another.
  kind text not null,
  -- Null of an administrator. No reference: whether an organisation takes part is not told to whoever asks to act for it.
  ods_code text,
  role text not null,
  -- Null means every programme of the organisation.
  programmes text[],
  scopes text[] not null default '{}',
  -- Of a person; the other kinds have a client.
  issuer text,
  subject text,
  client_id text,
  name text not null,
  evidence text not null,
  -- A client's id, person/<id of access.person>, or operator.
  requested_by text not null,
  requested_at timestamptz(6) not null,
  -- REQUESTED, ACTIVE, DECLINED, ENDED.
  state text not null,
  decided_by text,
  decided_at timestamptz(6),
  decision_reason text,
  starts_on date,
  ends_on date,
  -- Of what two administrators decide: not in force before.
  effective_at timestamptz(6),
  attested_at timestamptz(6),
  attested_by text,
  -- At most one write an hour.
  last_used_at timestamptz(6),
  -- Of a Guardian or an administrator: one administrator proposes the end, another one ends it.
  end_proposed_by text,
  end_proposed_at timestamptz(6),
  ended_by text,
  ended_at timestamptz(6),
  end_reason text,
  constraint registration_pkey primary key (id),
  constraint registration_programmes_named check (cardinality(programmes) > 0),
  constraint registration_of_somebody check (
    (kind in ('PERSON', 'GUARDIAN', 'ADMIN', 'BREAK_GLASS') and issuer is not null and subject is not null and client_id is null)
    or (kind in ('CLIENT', 'DELEGATION') and client_id is not null and issuer is null and subject is null)
  ),
  constraint registration_of_an_organisation check ((kind = 'ADMIN') = (ods_code is null)),
  constraint registration_decided check ((state = 'REQUESTED') = (decided_at is null))
);
create index registration_ods_code_requested_at_id_idx on access.registration (ods_code, requested_at desc, id desc);
create index registration_issuer_subject_idx on access.registration (issuer, subject);
create index registration_client_id_idx on access.registration (client_id);
-- A person's request that is open is answered again, not made twice.
create unique index registration_open_person_key on access.registration (issuer, subject, ods_code, role) where state = 'REQUESTED' and kind = 'PERSON';

-- The grant on all tables of the schema held for those of its time.
grant select, insert on access.person, access.registration to nacr_access;
grant update (last_seen) on access.person to nacr_access;
-- What is decided may change; who asked to be what, and where, may not.
grant update (programmes, scopes, state, decided_by, decided_at, decision_reason, starts_on, ends_on, effective_at, attested_at, attested_by,
  last_used_at, end_proposed_by, end_proposed_at, ended_by, ended_at, end_reason) on access.registration to nacr_access;
-- New organisations and programmes come by an audit administrator's act.
grant insert, update (name) on public.organisation, public.programme to nacr_access;
