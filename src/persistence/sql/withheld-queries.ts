/** By what names people who are withheld stand on the national side. Under `nacr_consent`, but for the page of patients. */
import { constantSql } from "../database/constant-sql.ts";
import { OF_THE_SAME_PERSON } from "./release-queries.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Under `nacr_feed`. `$1` organisation and `$2` id of the last one, `$3` how many. */
export const PAGE_OF_PATIENTS: ConstantSql = constantSql(
  `select p.ods, p.id::text as id from public.patient p where (p.ods, p.id) > ($1, $2::uuid) order by p.ods, p.id limit $3::integer`,
);

/** Every number and every record of the persons that `seed` names. */
const NAMES_OF_SEED = `near (ods, id) as (
     select s.ods, s.id from seed s
     union
     select j.ods, j.id from near n cross join lateral (${OF_THE_SAME_PERSON}) j)
   select 'PATIENT' as kind, n.ods, n.id::text as value from near n
   union
   select 'NHS', '', encode(i.nhs_hmac, 'hex') from near n cross join lateral (
     select i.nhs_hmac from identity.patient_identity i
     where i.ods = n.ods and i.patient_id = n.id and i.nhs_hmac is not null offset 0) i
   union
   select 'NHS', '', encode(f.nhs_hmac, 'hex') from near n cross join lateral (
     select f.nhs_hmac from identity.former_nhs_number f where f.ods = n.ods and f.patient_id = n.id offset 0) f`;

/** `$1` organisations, `$2` patients. */
export const NAMES_OF_PATIENTS: ConstantSql = constantSql(
  `with recursive seed (ods, id) as (select w.ods, w.id from unnest($1::text[], $2::uuid[]) w(ods, id)), ${NAMES_OF_SEED}`,
);

/** Of everybody whom an objection that stands is about, also where no record of them is left. */
export const NAMES_OF_OBJECTING: ConstantSql = constantSql(
  `with recursive seed (ods, id) as (
     select x.ods, x.patient_id from consent.subject s cross join lateral (
       select i.ods, i.patient_id from identity.patient_identity i where s.kind = 'NHS' and i.nhs_hmac = s.digest
       union all
       select f.ods, f.patient_id from identity.former_nhs_number f where s.kind = 'NHS' and f.nhs_hmac = s.digest
       union all
       select i.ods, i.patient_id from identity.patient_identity i
       where s.kind = 'HOSPITAL' and i.ods = s.ods and i.hospital_hmac = s.digest
       union all
       select s.ods, case s.kind when 'PATIENT' then encode(s.digest, 'hex')::uuid end) x
     where x.patient_id is not null), ${NAMES_OF_SEED}
   union
   select 'NHS', '', encode(s.digest, 'hex') from consent.subject s where s.kind = 'NHS'`,
);
