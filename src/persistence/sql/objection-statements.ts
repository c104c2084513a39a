/** Objections (schema `consent`). Digests come and go as hexadecimal text. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/**
 * `$1` organisation, `$2` names of subjects: the first letter of their kind and the digest. Asked once whether the organisation has any
 * objection; then one look-up in an index for each name, whatever the planner believes. Of each name the widest comes last (ALL sorts before NATIONAL).
 */
export const FIND_OBJECTIONS: ConstantSql = constantSql(
  `select wanted.name, o.scope, o.id::text as id
   from unnest($2::text[]) wanted(name)
   cross join lateral (
     select s.objection_id from consent.subject s
     where s.kind = case left(wanted.name, 1) when 'N' then 'NHS' when 'H' then 'HOSPITAL' else 'PATIENT' end
       and s.digest = decode(substr(wanted.name, 2), 'hex') and s.ods = $1 offset 0) s
   cross join lateral (select o.id, o.scope from consent.objection o where o.id = s.objection_id and o.ods = $1 offset 0) o
   where (select exists (select from consent.subject h where h.ods = $1))
   order by o.scope desc, o.id`,
);

/**
 * `$1` organisation, `$2` patient or null, `$3` HMAC of an NHS number or null, `$4` of a hospital number or null. The patient and all that
 * are merged with it, whose record it is first.
 */
export const FAMILY_OF: ConstantSql = constantSql(
  `with recursive found (patient_id) as (
     select i.patient_id from identity.patient_identity i
     where i.ods = $1 and (i.patient_id = $2::uuid or i.nhs_hmac = decode($3::text, 'hex') or i.hospital_hmac = decode($4::text, 'hex'))
     union
     select near.id from found f cross join lateral (
       select m.merged_into as id from identity.patient_merge m where m.ods = $1 and m.patient_id = f.patient_id
       union all
       select m.patient_id from identity.patient_merge m where m.ods = $1 and m.merged_into = f.patient_id) near)
   select i.patient_id::text as patient_id, encode(i.nhs_hmac, 'hex') as nhs, encode(i.hospital_hmac, 'hex') as hospital,
     m.merged_into::text as merged_into,
     array(select encode(n.nhs_hmac, 'hex') from identity.former_nhs_number n
       where n.ods = i.ods and n.patient_id = i.patient_id) as former
   from found f join identity.patient_identity i on i.ods = $1 and i.patient_id = f.patient_id
   left join identity.patient_merge m on m.ods = $1 and m.patient_id = f.patient_id
   order by m.merged_into is not null, i.patient_id`,
);

/**
 * Parameters as above: withdrawn patients who may still be brought back, with the numbers they had. Of tombstones older than that nothing
 * is left that says whose they were.
 */
export const BURIED_FAMILY: ConstantSql = constantSql(
  `select distinct k.record_id::text as patient_id, encode(i.nhs_hmac, 'hex') as nhs, encode(i.hospital_hmac, 'hex') as hospital
   from public.record_tombstone k cross join lateral jsonb_array_elements(k.beside -> 'identity.patient_identity') e
   cross join lateral jsonb_populate_record(null::identity.patient_identity, e.value) i
   where k.ods = $1 and k.record_type = 'PATIENT' and k.stored <> '{}' and k.restored_at is null
     and (k.record_id = $2::uuid or i.nhs_hmac = decode($3::text, 'hex') or i.hospital_hmac = decode($4::text, 'hex'))`,
);

/** `$1` organisation, `$2` scope, `$3` origin, `$4` when, `$5` by whom, `$6` as what; columns: `$7` ids, `$8` patients, `$9` dates, `$10` boxes. */
export const INSERT_OBJECTIONS: ConstantSql = constantSql(
  `insert into consent.objection (id, ods, patient_id, scope, origin, stated_on, recorded_at, recorded_by, recorded_role, sealed)
   select n.id, $1, n.patient_id, $2, $3, n.stated_on, $4::timestamptz, $5, $6, decode(n.sealed, 'hex')
   from unnest($7::uuid[], $8::uuid[], $9::date[], $10::text[]) n(id, patient_id, stated_on, sealed)`,
);

/** `$1` organisation; columns: `$2` objections, `$3` kinds, `$4` digests. */
export const INSERT_SUBJECTS: ConstantSql = constantSql(
  `insert into consent.subject (objection_id, ods, kind, digest)
   select n.id, $1, n.kind, decode(n.digest, 'hex') from unnest($2::uuid[], $3::text[], $4::text[]) n(id, kind, digest)
   on conflict do nothing`,
);

/**
 * Parameters as above. Of objections that stand, and that nobody withdraws meanwhile; nothing is locked where nothing is missing. A row for
 * each that holds for more than before.
 */
export const WIDEN_OBJECTIONS: ConstantSql = constantSql(
  `with missing as (
     select distinct n.id, n.kind, decode(n.digest, 'hex') as digest from unnest($2::uuid[], $3::text[], $4::text[]) n(id, kind, digest)
     where not exists (
       select from consent.subject s where s.objection_id = n.id and s.kind = n.kind and s.digest = decode(n.digest, 'hex'))),
   standing as (
     select o.id from consent.objection o
     where o.ods = $1 and o.withdrawn_at is null and o.id in (select m.id from missing m) order by o.id for update),
   added as (
     insert into consent.subject (objection_id, ods, kind, digest)
     select m.id, $1, m.kind, m.digest from missing m join standing o on o.id = m.id
     on conflict do nothing returning objection_id)
   update consent.objection o set ledger_due = true where o.ods = $1 and o.id in (select a.objection_id from added a)`,
);

const OBJECTION_COLUMNS = `o.id::text as id, o.patient_id::text as patient_id, o.scope, o.origin, o.stated_on::text as stated_on,
  ${isoInstant("o.recorded_at")} as recorded_at, o.recorded_by, o.sealed, ${isoInstant("o.carried_out_at")} as carried_out_at,
  o.certificate_id, ${isoInstant("o.withdrawn_at")} as withdrawn_at, o.withdrawn_by, o.withdrawal`;

/** `$1` organisation, `$2` objection. */
export const OBJECTION_BY_ID: ConstantSql = constantSql(
  `select ${OBJECTION_COLUMNS} from consent.objection o where o.ods = $1 and o.id = $2::uuid`,
);

/** `$1` organisation, `$2` and `$3` the last one seen (time and id) or null, `$4` how many. The latest first. */
export const PAGE_OF_OBJECTIONS: ConstantSql = constantSql(
  `select ${OBJECTION_COLUMNS} from consent.objection o
   where o.ods = $1 and ($2::text is null or (date_trunc('milliseconds', o.recorded_at), o.id) < ($2::timestamptz, $3::uuid))
   order by date_trunc('milliseconds', o.recorded_at) desc, o.id desc limit $4::integer`,
);

/** `$1` organisation. */
export const COUNT_OBJECTIONS: ConstantSql = constantSql(
  `select count(*)::integer as total from consent.objection o where o.ods = $1`,
);

/** `$1` organisation, `$2` objection, `$3` when, `$4` by whom, `$5` the sealed reason. No row where it was withdrawn before. */
export const WITHDRAW_OBJECTION: ConstantSql = constantSql(
  `update consent.objection o
   set withdrawn_at = $3::timestamptz, withdrawn_by = $4, withdrawal = decode($5::text, 'hex'), ledger_due = true
   where o.ods = $1 and o.id = $2::uuid and o.withdrawn_at is null
   returning o.id::text as id`,
);

/** `$1` organisation, `$2` objection. */
export const SUBJECTS_OF: ConstantSql = constantSql(
  `select s.kind, encode(s.digest, 'hex') as digest from consent.subject s where s.ods = $1 and s.objection_id = $2::uuid`,
);

/** Under `nacr_consent`; columns: `$1` organisations, `$2` patients. Digests of the NHS numbers they have and had. */
export const NUMBERS_OF_PATIENTS: ConstantSql = constantSql(
  `with patients (ods, id) as materialized (select * from unnest($1::text[], $2::uuid[]))
   select encode(i.nhs_hmac, 'hex') as digest from patients p
     join identity.patient_identity i on i.ods = p.ods and i.patient_id = p.id where i.nhs_hmac is not null
   union
   select encode(f.nhs_hmac, 'hex') from patients p join identity.former_nhs_number f on f.ods = p.ods and f.patient_id = p.id`,
);

/** `$1` organisation, `$2` objection. */
export const REMOVE_SUBJECTS: ConstantSql = constantSql(
  `delete from consent.subject s where s.ods = $1 and s.objection_id = $2::uuid`,
);

/** `$1` organisation, `$2` objection, `$3` when or null (not yet), `$4` certificate or null. */
export const MARK_CARRIED_OUT: ConstantSql = constantSql(
  `update consent.objection o
   set carried_out_at = $3::timestamptz, certificate_id = coalesce($4, o.certificate_id), ledger_due = true
   where o.ods = $1 and o.id = $2::uuid`,
);

/** Under `nacr_consent`. `$1` how many, `$2` which one or null. Objections whose effect on the own rows is not complete, with the programmes of their organisation. */
export const TO_CARRY_OUT: ConstantSql = constantSql(
  `select o.id::text as id, o.ods, o.recorded_by, o.recorded_role, o.certificate_id,
     array(select p.code from public.programme p where p.ods_code = o.ods order by p.code) as programmes,
     array(select encode(s.digest, 'hex') from consent.subject s where s.objection_id = o.id and s.kind = 'PATIENT') as patients
   from consent.objection o
   where o.scope = 'ALL' and o.carried_out_at is null and o.withdrawn_at is null and ($2::uuid is null or o.id = $2::uuid)
   order by o.id limit $1::integer`,
);

/**
 * Under `nacr_consent`; columns: `$1` kinds, `$2` digests of an objection; `$3` its organisation. All patients, of whichever organisation,
 * of whom the gate's answer may be another one now.
 */
export const CONCERNED_PATIENTS: ConstantSql = constantSql(
  `with named as materialized (
     select x.kind, decode(x.digest, 'hex') as digest from unnest($1::text[], $2::text[]) x(kind, digest)),
   found as (
     select i.ods, i.patient_id from named n join identity.patient_identity i on n.kind = 'NHS' and i.nhs_hmac = n.digest
     union select f.ods, f.patient_id from named n join identity.former_nhs_number f on n.kind = 'NHS' and f.nhs_hmac = n.digest
     union select i.ods, i.patient_id from named n join identity.patient_identity i
       on n.kind = 'HOSPITAL' and i.ods = $3 and i.hospital_hmac = n.digest
     union select $3, encode(n.digest, 'hex')::uuid from named n where n.kind = 'PATIENT')
   select f.ods, f.patient_id::text as patient_id from found f
   union
   select o.ods, o.patient_id::text from found f
     join link.person_member m on m.ods = f.ods and m.patient_id = f.patient_id
     join link.person_member o on o.person_id = m.person_id`,
);
