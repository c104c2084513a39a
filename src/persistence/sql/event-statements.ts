/** Events of a programme: written with the state they tell of, and read again by whoever missed them. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** A programme has new events. Payload: `<organisation>/<programme>/<sequence>`. */
export const EVENT_CHANNEL = "nacr_event";
/** A submission's answer is not what it was. Payload: `<organisation>/<submission id>`. */
export const CHANGE_CHANNEL = "nacr_change";

/**
 * `$1` organisation, `$2` programme, `$3` type, `$4` submission, `$5` status, `$6` outcome, `$7` counts.
 * Taking the number locks the programme's row until the commit, so numbers become visible in their order and none is lost: a number
 * of a sequence object would stay missing after a rollback, and a later one could be seen before an earlier one. The time is read
 * when the lock is held, so that times of a programme's events run as their numbers do.
 */
export const APPEND_EVENT: ConstantSql = constantSql(
  `with taken as (
     insert into public.programme_sequence as s (ods, programme_code, last) values ($1::text, $2::text, 1)
     on conflict (ods, programme_code) do update set last = s.last + 1
     returning s.last),
   told as (
     insert into public.programme_event (ods, programme_code, sequence, id, type, occurred_at, submission_id, status, outcome, counts)
     select $1::text, $2::text, taken.last, gen_random_uuid(), $3::text, clock_timestamp(), $4::uuid, $5::text, $6::text, $7::jsonb
     from taken
     returning ods, programme_code, sequence, submission_id)
   select pg_notify('${EVENT_CHANNEL}', concat_ws('/', ods, programme_code, sequence)),
     pg_notify('${CHANGE_CHANNEL}', concat_ws('/', ods, submission_id))
   from told`,
);

/** `$1` organisation, `$2` submission. */
export const ANNOUNCE_CHANGE: ConstantSql = constantSql(
  `select pg_notify('${CHANGE_CHANNEL}', concat_ws('/', $1::text, $2::text))`,
);

/** `$1` organisation, `$2` programme: the number of its latest event; no row before the first. */
export const LAST_SEQUENCE: ConstantSql = constantSql(
  `select p.last::integer as last from public.programme_sequence p where p.ods = $1 and p.programme_code = $2`,
);

/**
 * `$1` to `$4` as in `status-queries.ts`, `$5` programme, `$6` number after which to go on, `$7` how many. Events of submissions that a
 * vendor app may not see are rows too, with `visible` false, so that it gets past them.
 */
export const EVENTS_AFTER: ConstantSql = constantSql(
  `select e.sequence::integer as sequence, e.id::text as id, e.ods, e.programme_code, e.type, ${isoInstant("e.occurred_at")} as occurred_at,
     e.submission_id::text as submission_id, e.status, e.outcome, e.counts::text as counts,
     $2::text is null or exists (
       select from public.submission s where s.ods = e.ods and s.id = e.submission_id
         and (s.client_id = $2::text or (s.vendor = $3::text and s.product = $4::text))) as visible
   from public.programme_event e
   where e.ods = $1 and e.programme_code = $5 and e.sequence > $6::bigint
   order by e.sequence limit $7::integer`,
);
