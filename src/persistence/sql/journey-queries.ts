/**
 * Reading a person for its journey. Own rows: under `nacr_app`. What links show of other organisations: under `nacr_journey`, whose
 * column grants and policies (migration `links`) hold whatever is written here.
 */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/**
 * `$1` organisation, `$2` a patient: that one and what the organisation has of the same person. Each is looked up by its id: with a
 * condition that is one or the other, all patients of the organisation were read. @param selectList of the patient, alias `t`
 */
export const selectOwnPatients = (selectList: string): ConstantSql =>
  constantSql(
    `with person as materialized (select m.person_id from link.person_member m where m.ods = $1 and m.patient_id = $2::uuid),
       wanted as materialized (
         select $2::uuid as id
         union select m.patient_id from person p join link.person_member m on m.person_id = p.person_id and m.ods = $1)
     select t.*, (select p.person_id::text from person p) as person_id
     from wanted w cross join lateral (select ${selectList} from public.patient t where t.ods = $1 and t.id = w.id offset 0) t`,
  );

const stated = (alias: string): string =>
  `${alias}.ods, ${alias}.id::text as id, ${isoInstant(`${alias}.source_time`)} as source_time, ${isoInstant(`${alias}.updated_at`)} as updated_at`;

const granted = (recordType: string): string => `from link.link_grant g where g.person_id = $1::uuid and g.reader_ods = $2
  and g.record_type = '${recordType}'`;

/** `$1` the person, `$2` the reader in the statements below. */
export const HAS_GRANTS: ConstantSql = constantSql(
  "select exists (select from link.link_grant g where g.person_id = $1::uuid and g.reader_ods = $2) as linked",
);

export const LINKED_PATIENTS: ConstantSql = constantSql(
  `select ${stated("t")}, t.gender, t.ethnic_group, t.marital_status
   from (select g.owner_ods, g.record_id ${granted("PATIENT")}) w join public.patient t on t.ods = w.owner_ods and t.id = w.record_id`,
);

export const LINKED_EVENTS: ConstantSql = constantSql(
  `select ${stated("t")}, t.patient_id::text as patient_id, t.event_type, t.event_date::text as event_date, t.referring_organisation
   from (select g.owner_ods, g.record_id ${granted("INITIATING_EVENT")}) w
   join public.initiating_event t on t.ods = w.owner_ods and t.id = w.record_id`,
);

/** Begins with the event, as the natural key does: without `ods` first, no planner can take it for a scan of the organisation. */
export const LINKED_TREATMENTS: ConstantSql = constantSql(
  `select ${stated("t")}, t.initiating_event_id::text as initiating_event_id, t.type, t.date::text as date
   from (select g.owner_ods, g.record_id ${granted("INITIATING_EVENT")}) w
   join public.treatment t on t.initiating_event_id = w.record_id and t.ods = w.owner_ods`,
);

/** `$1` the person. */
export const EPISODES: ConstantSql = constantSql(
  "select m.ods, m.event_id::text as event_id, m.episode_id::text as episode_id from link.episode_member m where m.person_id = $1::uuid",
);

/** `$1` organisations and `$2` ids of all records that are shown, record by record. Looked up by record, whatever the planner believes. */
export const LINKS: ConstantSql = constantSql(
  `with shown as materialized (select w.ods, w.id from unnest($1::text[], $2::uuid[]) w (ods, id))
   select p.id::text as id, p.kind, p.a_ods, p.a_id::text as a_id, p.b_ods, p.b_id::text as b_id, p.rule, p.confidence, p.made_by
   from shown w cross join lateral (select p.* from link.pair p where p.b_ods = w.ods and p.b_id = w.id offset 0) p
   where p.state = 'LINKED' and (p.a_ods, p.a_id) in (select a.ods, a.id from shown a)
   order by p.kind, p.a_ods, p.a_id, p.b_ods, p.b_id`,
);

/** `$1` codes. */
export const NAMES: ConstantSql = constantSql(
  "select o.ods_code, o.name from public.organisation o where o.ods_code = any ($1::text[])",
);
