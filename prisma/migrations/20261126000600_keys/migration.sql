-- Keys are replaced while everything goes on (ADR 0033): a version of a data key is stored before anybody seals with it, so that every
-- process can open what the first of them seals.
alter table keys.data_key add column seals_from timestamptz(6) not null default current_timestamp;

-- Seals anew what was sealed with a key that is to be destroyed. It sees ids and sealed boxes, and nothing that is not sealed.
do $$
begin
  if not exists (select from pg_roles where rolname = 'nacr_resealer') then
    begin
      create role nacr_resealer nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'nacr_resealer', 'member') then
    grant nacr_resealer to current_user;
  end if;
end
$$;
grant usage on schema public, identity, link, consent to nacr_resealer;
-- The trigger of identities looks whether digests changed. They do not: nothing is ever inserted.
grant insert (ods, patient_id) on link.due to nacr_resealer;

-- One line for each sealed column (src/persistence/resealing/sealed-columns.ts): its table, the column of the organisation whose keys
-- seal it, the columns that name the row, the sealed column.
do $$
declare
  own text;
  target record;
begin
  for target in
    select * from (values
      ('identity.patient_identity', 'ods', 'patient_id', 'sealed, key_version'),
      ('public.record_change', 'ods', 'record_id, version', 'sealed'),
      ('public.record_tombstone', 'ods', 'record_id, version', 'sealed, beside'),
      ('public.submission_report', 'ods', 'submission_id, page', 'sealed'),
      ('public.submission_envelope', 'ods', 'submission_id, chunk', 'sealed'),
      ('public.submission', 'ods', 'id', 'withdrawal'),
      ('public.webhook', 'ods', 'id', 'secrets'),
      ('public.fhir_source', 'ods', 'id', 'secret'),
      ('public.fhir_pull', 'ods', 'submission_id', 'plan'),
      ('public.mllp_message', 'ods', 'id', 'content'),
      ('link.decision', 'decided_by_ods', 'id', 'sealed'),
      ('consent.objection', 'ods', 'id', 'sealed, withdrawal')
    ) as listed (name, organisation, key, sealed)
  loop
    own := format($p$%I = (select nullif(current_setting('app.ods', true), ''))$p$, target.organisation);
    execute format('create policy sealed_rows on %s to nacr_resealer using (%s) with check (%s)', target.name, own, own);
    execute format('grant select (%s, %s, %s), update (%s) on %s to nacr_resealer',
      target.organisation, target.key, target.sealed, target.sealed, target.name);
  end loop;
end
$$;
