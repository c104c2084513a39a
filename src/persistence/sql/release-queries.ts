/** What the gate asks, under `nacr_consent`. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Patients who are one person with the patient `n`: linked, merged, or of the same NHS number. One step of several. */
export const OF_THE_SAME_PERSON = `
       select o.ods, o.patient_id as id from (
         select m.person_id from link.person_member m where m.ods = n.ods and m.patient_id = n.id offset 0) m
       cross join lateral (select o.ods, o.patient_id from link.person_member o where o.person_id = m.person_id offset 0) o
       union all
       select m.ods, m.merged_into from identity.patient_merge m where m.ods = n.ods and m.patient_id = n.id
       union all
       select m.ods, m.patient_id from identity.patient_merge m where m.merged_into = n.id and m.ods = n.ods
       union all
       select o.ods, o.patient_id from (
         select i.nhs_hmac from identity.patient_identity i where i.ods = n.ods and i.patient_id = n.id offset 0) i
       cross join lateral (
         select s.ods, s.patient_id from identity.patient_identity s where s.nhs_hmac = i.nhs_hmac offset 0) o`;

/**
 * Columns: `$1` organisations, `$2` patients. Of each, by its position: whether the person objects, and the digests of the person's NHS
 * numbers. The person is everybody linked, merged, or of the same NHS number: links are worked out after the commit, and nobody's rows go
 * meanwhile.
 *
 * Laterals make every step a look-up in an index, and nothing is joined by position, whatever the planner believes: joined, 1,500
 * patients took more than five seconds instead of 0.1.
 */
export const PERSONS_TO_JUDGE: ConstantSql = constantSql(
  `with recursive near (position, ods, id) as (
     select w.position, w.ods, w.id from unnest($1::text[], $2::uuid[]) with ordinality w(ods, id, position)
     union
     select n.position, j.ods, j.id from near n cross join lateral (${OF_THE_SAME_PERSON}) j),
   numbers (position, ods, kind, digest) as (
     select n.position, n.ods, x.kind, x.digest from near n cross join lateral (
       select i.nhs_hmac, i.hospital_hmac from identity.patient_identity i where i.ods = n.ods and i.patient_id = n.id offset 0) i
     cross join lateral (values ('NHS', i.nhs_hmac), ('HOSPITAL', i.hospital_hmac)) x(kind, digest)
     where x.digest is not null
     union all
     select n.position, n.ods, 'FORMER', f.nhs_hmac from near n cross join lateral (
       select f.nhs_hmac from identity.former_nhs_number f where f.ods = n.ods and f.patient_id = n.id offset 0) f
     union all
     select n.position, n.ods, 'PATIENT', uuid_send(n.id) from near n)
   select x.position::integer - 1 as position,
     bool_or((select exists (select from consent.subject)) and exists (
       select from consent.subject s
       where s.kind = case x.kind when 'FORMER' then 'NHS' else x.kind end and s.digest = x.digest
         and (s.kind <> 'HOSPITAL' or s.ods = x.ods) offset 0)) as objected,
     coalesce(string_agg(distinct encode(x.digest, 'hex'), ',') filter (where x.kind = 'NHS'), '') as numbers
   from numbers x group by x.position`,
);

/** `$1` organisations. */
export const NATIONS: ConstantSql = constantSql(
  `select o.ods_code, o.nation from public.organisation o where o.ods_code = any($1::text[])`,
);

/** `$1` keys, `$2` now. Answers that have not expired. */
export const STANDING_ANSWERS: ConstantSql = constantSql(
  `select encode(a.key, 'hex') as key, a.may_be_used
   from unnest($1::text[]) wanted(key) cross join lateral (
     select f.key, f.may_be_used from consent.opt_out_answer f
     where f.key = decode(wanted.key, 'hex') and f.expires_at > $2::timestamptz offset 0) a`,
);

/** `$1` calendar date. */
export const HAS_SECTION_251: ConstantSql = constantSql(
  `select exists (select from consent.section_251 s where $1::date between s.valid_from and s.valid_to) as supported`,
);
