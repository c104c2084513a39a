/** How national rows are kept and counted, under the role `nacr_feed`. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

const goneFrom = (table: string): string =>
  `delete from national.${table} t where t.subject = any (array(select g.subject from gone g))`;

/** `$1` organisations, `$2` patients: they and all rows of the numbers they had. */
export const REMOVE_ROWS: ConstantSql = constantSql(
  `with gone as (
     delete from national_feed.member m using unnest($1::text[], $2::uuid[]) s(ods, id)
     where m.ods = s.ods and m.patient_id = s.id returning m.subject),
   drugs as (${goneFrom("drug_class")}), acute_events as (${goneFrom("acute_event")}), assessments as (${goneFrom("assessment")})
   ${goneFrom("journey")}`,
);

/** `$1` how many numbers. */
export const NEW_SUBJECTS: ConstantSql = constantSql(
  "select nextval('national_feed.subject')::text as subject from generate_series(1, $1::integer)",
);

/** `$1` organisations, `$2` patients, `$3` numbers. */
export const INSERT_MEMBERS: ConstantSql = constantSql(
  `insert into national_feed.member (ods, patient_id, subject)
   select x.ods, x.patient_id, x.subject from unnest($1::text[], $2::uuid[], $3::bigint[]) x(ods, patient_id, subject)`,
);

/** `$1` rows as JSON, by column. As a type the schema's name is quoted: `national` begins a type of SQL. */
export const insertRows = (table: string): ConstantSql =>
  constantSql(`insert into national.${table} select r.* from json_populate_recordset(null::"national".${table}, $1::json) r`);

/** Locked until the step is done: who makes the look begin again waits for it, so that no step goes on from an older one's place. */
export const REVIEW_PLACE: ConstantSql = constantSql(
  "select r.day::text as day, r.ods, r.patient_id::text as patient_id, r.done from national_feed.review r for update",
);

/** `$1` organisation and `$2` id of the last one looked at, `$3` how many. */
export const REVIEW_PAGE: ConstantSql = constantSql(
  `select p.ods, p.id::text as id, exists (
     select from national_feed.member m where m.ods = p.ods and m.patient_id = p.id) as fed
   from public.patient p
   where (p.ods, p.id) > (coalesce($1::text, ''), coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'))
   order by p.ods, p.id limit $3::integer`,
);

/** `$1` day, `$2` organisation, `$3` id, `$4` done. */
export const KEEP_REVIEW_PLACE: ConstantSql = constantSql(
  "update national_feed.review set day = $1::date, ods = $2::text, patient_id = $3::uuid, done = $4::boolean",
);

/** `$1` at most. */
export const COUNT_DUE: ConstantSql = constantSql(
  "select count(*)::integer as total from (select from national_feed.due limit $1::integer) d",
);

/** Who is due and was never fed is not withheld: nobody has looked. */
export const COUNT_ROWS: ConstantSql = constantSql(
  `select (select count(*) from national.journey)::integer as journeys, (select count(*) from national_feed.due)::integer as due, (
     select count(*) from public.patient p
     where not exists (select from national_feed.member m where m.ods = p.ods and m.patient_id = p.id)
       and not exists (select from national_feed.due d where d.ods = p.ods and d.patient_id = p.id))::integer as withheld`,
);
