/** Events of persons with several, for simulating episode rules; `$1` is the organisation. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$2` the id seen last, `$3` how many. */
export const NEXT_PATIENTS: ConstantSql = constantSql(
  `select p.id::text as id from public.patient p where p.ods = $1 and ($2::uuid is null or p.id > $2::uuid)
   order by p.id limit $3::integer`,
);

/**
 * `$2` patients. Patients of the organisation that are linked as one person come together, with the one that has the smallest id. Events
 * with their treatments as JSON, and with the product that created them, where row-level security shows its submission. Laterals make
 * every step a look-up in an index, whatever the planner believes.
 */
export const EVENTS_OF_PERSONS: ConstantSql = constantSql(
  `with person as materialized (
     select wanted.id as first_patient, coalesce(other.patient_id, wanted.id) as patient_id
     from unnest($2::uuid[]) wanted(id)
     left join lateral (
       select m.person_id from link.person_member m where m.ods = $1 and m.patient_id = wanted.id limit 1) own on true
     left join lateral (
       select m.patient_id from link.person_member m where m.person_id = own.person_id and m.ods = $1 offset 0) other on true
     where not exists (
       select from link.person_member m where m.person_id = own.person_id and m.ods = $1 and m.patient_id < wanted.id offset 0)),
   event as materialized (
     select * from (
       select person.first_patient, e.*, count(*) over (partition by person.first_patient) as events
       from person cross join lateral (
         select i.id, i.event_type, i.event_date, i.created_submission_id
         from public.initiating_event i where i.ods = $1 and i.patient_id = person.patient_id offset 0) e) counted
     where counted.events > 1)
   select event.first_patient::text as person, event.id::text as id, event.event_type,
     to_char(event.event_date, 'YYYY-MM-DD') as event_date, s.vendor, s.product, s.product_version,
     (select coalesce(jsonb_agg(jsonb_build_object('type', t.type, 'date', to_char(t.date, 'YYYY-MM-DD'))), '[]')::text
      from public.treatment t where t.ods = $1 and t.initiating_event_id = event.id) as treatments
   from event left join lateral (
     select u.vendor, u.product, u.product_version from public.submission u
     where u.ods = $1 and u.id = event.created_submission_id limit 1) s on true
   order by event.first_patient, event.id`,
);
