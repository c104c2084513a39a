/** Withdrawing a submission: `$1` is the organisation, `$2` the submission in every statement. */
import { constantSql } from "../database/constant-sql.ts";
import { HEADER_COLUMNS } from "../submission-header.ts";
import type { ConstantSql } from "./table-shape.ts";
import { standing } from "./unit-queries.ts";

export const LOCK_HEADER: ConstantSql = constantSql(
  `select ${HEADER_COLUMNS} from public.submission s where s.ods = $1 and s.id = $2::uuid for update`,
);

/** `$3` when, `$4` reason and client, sealed, in hexadecimal. */
export const MARK_WITHDRAWN: ConstantSql = constantSql(
  `update public.submission s set status = 'WITHDRAWN', withdrawn_at = $3::timestamptz, withdrawal = decode($4, 'hex')
   where s.ods = $1 and s.id = $2::uuid returning ${HEADER_COLUMNS}`,
);

/** `$2` submissions. */
export const WITHDRAWALS: ConstantSql = constantSql(
  `select s.id::text as id, s.withdrawal from public.submission s
   where s.ods = $1 and s.id = any($2::uuid[]) and s.withdrawal is not null`,
);

/** Records it created or changed, each once. */
const OWN = `(
  select r.record_id as id, bool_or(r.outcome = 'CREATED') as created from public.submission_record r
  where r.ods = $1 and r.submission_id = $2::uuid and r.outcome in ('CREATED', 'UPDATED') group by r.record_id) own`;

/**
 * Submissions that changed a record it created, or an item it changed, after it. History names identifying items too, their values sealed.
 * Here and below, `offset 0` makes a look-up in an index of what would else be a join: with statistics missing or old, the planner read
 * whole tables for each record (52 s for the ids of 24,000 records, 0.1 s so).
 */
export const LATER_CHANGES: ConstantSql = constantSql(
  `select distinct later.id
   from ${OWN} cross join lateral (
     select h.submission_id::text as id from public.record_change h
     where h.ods = $1 and h.record_id = own.id and h.submission_id <> $2::uuid and ${standing("h")}
       and (own.created or exists (
         select from public.record_change m
         where m.ods = $1 and m.record_id = own.id and m.submission_id = $2::uuid and not m.withdrawal and m.version < h.version
           and jsonb_exists_any(h.changes, array(select jsonb_object_keys(m.changes))) offset 0))
     offset 0) later`,
);

/** Submissions that bound an id of their sender to a record it created. */
export const LATER_SOURCE_IDS: ConstantSql = constantSql(
  `select distinct later.id
   from ${OWN} cross join lateral (
     select b.submission_id::text as id from identity.source_id b
     where b.ods = $1 and b.record_id = own.id and b.submission_id <> $2::uuid offset 0) later
   where own.created`,
);

/** Submissions that were told UNCHANGED of a record it created, under the same id of the sender: the record would be missing from them. */
export const LATER_ANSWERS: ConstantSql = constantSql(
  `select s.id::text as id from (
     select distinct later.submission_id
     from public.submission_record r cross join lateral (
       select u.submission_id from public.submission_record u
       where u.ods = $1 and u.source_hmac = r.source_hmac and u.record_id = r.record_id
         and u.submission_id <> $2::uuid and u.outcome = 'UNCHANGED' offset 0) later
     where r.ods = $1 and r.submission_id = $2::uuid and r.outcome = 'CREATED') told
   join public.submission s on s.ods = $1 and s.id = told.submission_id and s.status <> 'WITHDRAWN'`,
);

/** The ids of the sender that it bound. Before they said who bound them, those of records it created. */
export const REMOVE_SOURCE_IDS: ConstantSql = constantSql(
  `delete from identity.source_id d where d.ctid = any (array(
     select bound.place
     from public.submission s
     join public.submission_record r on r.ods = $1 and r.submission_id = s.id and r.record_id is not null
     cross join lateral (
       select b.ctid as place from identity.source_id b
       where b.ods = $1 and b.programme_code = r.programme_code and b.product = s.product and b.record_type = r.record_type
         and b.source_hmac = r.source_hmac and b.record_id = r.record_id
         and (b.submission_id = s.id or (b.submission_id is null and r.outcome = 'CREATED')) offset 0) bound
     where s.ods = $1 and s.id = $2::uuid))`,
);

/** Patients it created, or changed, in the order of their ids. `$3` which of the two. */
export const OWN_PATIENTS: ConstantSql = constantSql(
  `select r.record_id::text as id from public.submission_record r
   where r.ods = $1 and r.submission_id = $2::uuid and r.record_type = 'PATIENT' and r.outcome in ('CREATED', 'UPDATED')
   group by r.record_id having bool_or(r.outcome = 'CREATED') = $3::boolean order by r.record_id`,
);

/** `$2` patients. The identity of each as it is, and the version its removal will have. */
export const IDENTITIES: ConstantSql = constantSql(
  `select t.id::text as id, t.version + 1 as version, i.sealed
   from unnest($2::uuid[]) own(id) join public.patient t on t.ods = $1 and t.id = own.id
   join identity.patient_identity i on i.ods = $1 and i.patient_id = own.id`,
);

/** `$3` patients. What it changed of their identities, the latest first, with the version each change made. */
export const IDENTITY_CHANGES: ConstantSql = constantSql(
  `select h.record_id::text as id, h.version, h.sealed
   from unnest($3::uuid[]) own(id) join public.record_change h on h.ods = $1 and h.record_id = own.id
   where h.submission_id = $2::uuid and not h.withdrawal and h.sealed is not null order by h.record_id, h.version desc`,
);

/** `$3` patients: their numbers are free for whoever gets his own back. */
export const VACATE_NUMBERS: ConstantSql = constantSql(
  `update identity.patient_identity i set nhs_hmac = null, hospital_hmac = null
   where i.ods = $1 and i.patient_id = any($3::uuid[]) and exists (
     select from public.record_change h where h.ods = $1 and h.record_id = i.patient_id and h.submission_id = $2::uuid and h.sealed is not null)`,
);

/** `$3`, `$4` HMACs of NHS and hospital numbers. Submissions that gave one of them to another patient. */
export const TAKEN_NUMBERS: ConstantSql = constantSql(
  `select distinct coalesce(latest.submission_id, t.created_submission_id)::text as id
   from (
     select i.patient_id, 'nhsNumber' as item from unnest($3::text[]) wanted(mac)
     join identity.patient_identity i on i.ods = $1 and i.nhs_hmac = decode(wanted.mac, 'hex')
     union
     select i.patient_id, 'hospitalNumber' from unnest($4::text[]) wanted(mac)
     join identity.patient_identity i on i.ods = $1 and i.hospital_hmac = decode(wanted.mac, 'hex')) holder
   join public.patient t on t.ods = $1 and t.id = holder.patient_id and t.created_submission_id <> $2::uuid
   left join lateral (
     select h.submission_id from public.record_change h
     where h.ods = $1 and h.record_id = holder.patient_id and jsonb_exists(h.changes, holder.item) and ${standing("h")}
     order by h.version desc limit 1) latest on true`,
);

export const REMOVE_IDENTITIES: ConstantSql = constantSql(
  `delete from identity.patient_identity i using public.patient t, ${OWN}
   where own.created and t.ods = $1 and t.id = own.id and t.created_submission_id = $2::uuid and i.ods = $1 and i.patient_id = t.id`,
);
