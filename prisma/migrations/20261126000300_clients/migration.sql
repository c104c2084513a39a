-- Clients as organisations register them themselves. Those that were there before have no owner: the operator registered them.
alter table access.client
  add column role text not null default 'SUBMITTER',
  -- The organisation whose people look after its keys and revoke it.
  add column owner_ods text,
  add column registered_by text,
  -- Where its public keys are published; null: they stand in access.client_key.
  add column jwks_url text,
  -- With any of the two, it is let in over TLS with such a certificate only. Names in lower case; SHA-256 as base64url.
  add column certificate_names text[] not null default '{}',
  add column certificate_thumbprints text[] not null default '{}',
  add column revoked_at timestamptz(6),
  add column revoked_by text,
  add constraint client_owner_ods_fkey foreign key (owner_ods) references public.organisation (ods_code);
create index client_owner_ods_created_at_id_idx on access.client (owner_ods, created_at desc, id desc);

update access.client c set role = 'VENDOR_APP'
  where exists (select from access.client_organisation o where o.client_id = c.id and o.role = 'VENDOR_APP');

alter table access.client_key add column added_at timestamptz(6) not null default current_timestamp;

-- The registration by which the organisation let the client act for it; null: the operator's doing.
alter table access.client_organisation add column registration_id uuid;
