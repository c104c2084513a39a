/** Statements about what became of source fields, by sending system and day. */
import { LIMITS } from "../../lib/limits.ts";
import { constantSql } from "../database/constant-sql.ts";

/** A submission's completion is dated before its transaction ends: what is younger may still be missing. */
const SETTLED = "now() - interval '10 minutes'";
const COUNTED = "s.mode = 'COMMIT' and s.status in ('COMPLETED', 'WITHDRAWN') and s.replay_of is null";
const KEY = "ods, programme_code, day, vendor, product, product_version, source_field, result, record_type, field, reason";
/** The lines of the submissions `s` of a from-clause, added up; the columns of `mapping_trend`. */
const LINES = `s.ods, s.programme_code, (s.completed_at at time zone 'Europe/London')::date as day, s.vendor, s.product, s.product_version,
  l."sourceField" as source_field, l.result, coalesce(l."recordType", '') as record_type, coalesce(l.field, '') as field,
  coalesce(l.reason, '') as reason, sum(l.count)::bigint as count`;
const SUMMARY = `jsonb_to_recordset(s.mapping_summary)
  as l("sourceField" text, result text, "recordType" text, field text, reason text, count bigint)`;

/**
 * Adds up the first hour of what is not added up yet, and says whether there may be more. Safe in several processes at once: the row that
 * says how far it has come is locked.
 */
export const ROLL_UP_TREND = constantSql(
  `with place as (select c.until from public.mapping_trend_cursor c for update),
   first as (
     select min(s.completed_at) as at from place, public.submission s
     where ${COUNTED} and s.completed_at >= place.until and s.completed_at < ${SETTLED}),
   span as (
     select place.until as since, least(coalesce(date_trunc('hour', first.at) + interval '1 hour', 'infinity'), ${SETTLED}) as until
     from place, first),
   added as (
     insert into public.mapping_trend as t (${KEY}, count)
     select ${LINES} from span, public.submission s, ${SUMMARY}
     where ${COUNTED} and s.completed_at >= span.since and s.completed_at < span.until
     group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
     on conflict (${KEY}) do update set count = t.count + excluded.count
     returning 1),
   moved as (
     update public.mapping_trend_cursor c set until = span.until from span where span.until > c.until returning 1)
   select first.at is not null as more, (select count(*) from added)::integer as added from first`,
);

/**
 * `$1` organisation, `$2` and `$3` vendor and product of a vendor's app, `$4` and `$5` first and last day, `$6` day or week, `$7` programme,
 * `$8` vendor, `$9` product. Row-level security keeps to the organisation and the actor's programmes.
 */
export const READ_TREND = constantSql(
  `with counted as (
     select t.* from public.mapping_trend t where t.ods = $1::text and t.day between $4::date and $5::date
     union all
     select ${LINES} from public.mapping_trend_cursor c, public.submission s, ${SUMMARY}
     where s.ods = $1::text and ${COUNTED} and s.completed_at >= c.until
     group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
   lines as (
     select date_trunc($6::text, day)::date::text as period, vendor, product, product_version, source_field, result, record_type, field,
       reason, sum(count)::bigint as count
     from counted
     where day between $4::date and $5::date
       and ($2::text is null or (vendor = $2::text and product = $3::text))
       and ($7::text is null or programme_code = $7::text)
       and ($8::text is null or vendor = $8::text)
       and ($9::text is null or product = $9::text)
     group by 1, 2, 3, 4, 5, 6, 7, 8, 9),
   ranked as (
     select *, result in ('DROPPED', 'UNMAPPED') as lost,
       row_number() over (partition by period, vendor, product, product_version, result in ('DROPPED', 'UNMAPPED')
         order by count desc, source_field, reason) as place
     from lines)
   select period, vendor, product, product_version,
     coalesce(sum(count) filter (where result = 'MAPPED'), 0)::float8 as mapped,
     coalesce(sum(count) filter (where result = 'DEFAULTED'), 0)::float8 as defaulted,
     coalesce(sum(count) filter (where result = 'DROPPED'), 0)::float8 as dropped,
     coalesce(sum(count) filter (where result = 'UNMAPPED'), 0)::float8 as unmapped,
     coalesce(jsonb_agg(jsonb_build_object('sourceField', source_field, 'result', result, 'recordType', nullif(record_type, ''),
       'field', nullif(field, ''), 'reason', nullif(reason, ''), 'count', count) order by place)
       filter (where lost and place <= ${LIMITS.trendLosses}), '[]')::text as losses
   from ranked
   group by 1, 2, 3, 4
   order by 1 desc, 2, 3, 4
   limit ${LIMITS.trendPoints}`,
);
