/**
 * Webhooks: registrations as their organisation sees them (role `nacr_app`), and what is on its way as the sender sees it (role
 * `nacr_worker`, every organisation). Waits and leases go by the database's clock, which all senders share.
 */
import { constantSql } from "../database/constant-sql.ts";
import { EVENT_CHANNEL } from "./event-statements.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Programme codes hold no comma: it separates those of `app.programmes` too. */
const WEBHOOK_COLUMNS = `w.id::text as id, w.url, array_to_string(w.programmes, ',') as programmes, w.secrets,
  ${isoInstant("w.created_at")} as created_at, ${isoInstant("w.removed_at")} as removed_at`;

/** `$1` organisation, `$2` the actor's programmes: a webhook that tells of another one is not the actor's. */
const OWN_WEBHOOK = `w.ods = $1 and w.programmes <@ $2::text[]`;

/** `$1` organisation. Registrations of one organisation follow one another, so that none passes the limit beside another one. */
export const LOCK_REGISTRATION: ConstantSql = constantSql(
  `select pg_advisory_xact_lock(hashtextextended('webhooks/' || $1::text, 0))`,
);

/** `$1` organisation. Also those the actor does not see: the limit is the organisation's. */
export const COUNT_WEBHOOKS: ConstantSql = constantSql(
  `select count(*)::integer as total from public.webhook w where w.ods = $1 and w.removed_at is null`,
);

/** `$1` organisation, `$2` webhook, `$3` programmes. Each begins behind the last event there is. */
export const INSERT_CURSORS: ConstantSql = constantSql(
  `insert into public.webhook_cursor (ods, webhook_id, programme_code, last_sequence, attempt, next_attempt_at, leased_until)
   select $1::text, $2::uuid, wanted.code, coalesce(s.last, 0), 0, now(), null
   from unnest($3::text[]) wanted(code)
   left join public.programme_sequence s on s.ods = $1::text and s.programme_code = wanted.code`,
);

export const LIST_WEBHOOKS: ConstantSql = constantSql(
  `select ${WEBHOOK_COLUMNS} from public.webhook w where ${OWN_WEBHOOK} and w.removed_at is null order by w.created_at, w.id`,
);

const ONE_WEBHOOK = `select ${WEBHOOK_COLUMNS} from public.webhook w where ${OWN_WEBHOOK} and w.id = $3::uuid`;
/** `$3` webhook, also one that was removed. */
export const FIND_WEBHOOK: ConstantSql = constantSql(ONE_WEBHOOK);
/** The same, so that changes of it follow one another. */
export const LOCK_WEBHOOK: ConstantSql = constantSql(`${ONE_WEBHOOK} for update`);

const DELIVERY_COLUMNS = `d.id::text as id, d.webhook_id::text as webhook_id, d.programme_code, d.sequence::integer as sequence,
  d.event_id::text as event_id, d.attempt, d.state, d.status_code, d.failure, d.duration_ms,
  ${isoInstant("d.attempted_at")} as attempted_at, d.redelivery_of::text as redelivery_of`;

/** `$1` organisation, `$2` webhook, `$3` states. */
const LOGGED = `public.webhook_delivery d where d.ods = $1 and d.webhook_id = $2::uuid
  and ($3::text[] is null or d.state = any($3::text[]))`;

export const COUNT_DELIVERIES: ConstantSql = constantSql(`select count(*)::integer as total from ${LOGGED}`);

/** Latest first; `$4` and `$5` time and id of the last one seen, `$6` how many. */
export const PAGE_OF_DELIVERIES: ConstantSql = constantSql(
  `select ${DELIVERY_COLUMNS} from ${LOGGED}
   and ($4::timestamptz is null or (d.attempted_at, d.id) < ($4::timestamptz, $5::uuid))
   order by d.attempted_at desc, d.id desc limit $6::integer`,
);

/** `$3` delivery, of a webhook that is not removed. Locked, so that two wishes for it become one. */
export const LOCK_DELIVERY: ConstantSql = constantSql(
  `select ${DELIVERY_COLUMNS} from public.webhook_delivery d join public.webhook w on w.ods = d.ods and w.id = d.webhook_id
   where ${OWN_WEBHOOK} and w.removed_at is null and d.id = $3::uuid for update of d`,
);

/** `$1` organisation, `$2` the delivery that was asked for again. */
export const OPEN_WISH: ConstantSql = constantSql(
  `select ${DELIVERY_COLUMNS} from public.webhook_delivery d where d.ods = $1 and d.redelivery_of = $2::uuid and d.state = 'REQUESTED'`,
);

/** `$1` organisation, `$2` the delivery that is asked for again, `$3` id of the new one. */
export const INSERT_WISH: ConstantSql = constantSql(
  `insert into public.webhook_delivery as d
     (ods, id, webhook_id, programme_code, sequence, event_id, attempt, state, attempted_at, redelivery_of)
   select f.ods, $3::uuid, f.webhook_id, f.programme_code, f.sequence, f.event_id, 0, 'REQUESTED',
     date_trunc('milliseconds', now()), f.id
   from public.webhook_delivery f where f.ods = $1 and f.id = $2::uuid
   returning ${DELIVERY_COLUMNS}`,
);

/** `$1` organisation, `$2` programme, `$3` sequence. To senders a wish is what an event is: something new to look for. */
export const ANNOUNCE_WISH: ConstantSql = constantSql(
  `select pg_notify('${EVENT_CHANNEL}', concat_ws('/', $1::text, $2::text, $3::text))`,
);

const MILLISECONDS = (place: string): string => `(${place}::integer * interval '1 millisecond')`;

/** Nobody holds it, its wait is over, and the programme has an event behind it (one look-up in the key of the events). */
const DUE = `c.next_attempt_at <= now() and (c.leased_until is null or c.leased_until <= now())
  and exists (select from public.programme_event e
    where e.ods = c.ods and e.programme_code = c.programme_code and e.sequence > c.last_sequence)`;

const dueLanes = (condition: string, limit: string): string =>
  `select c.ods, c.webhook_id, c.programme_code from public.webhook_cursor c where ${condition} and ${DUE}
   order by c.next_attempt_at limit ${limit}::integer for update skip locked`;

/** `$1` and `$2` how many whose next event is new or was tried, `$3` milliseconds of the lease. */
export const TAKE_LANES: ConstantSql = constantSql(
  `with fresh as (${dueLanes("c.attempt = 0", "$1")}), again as (${dueLanes("c.attempt > 0", "$2")})
   update public.webhook_cursor c set leased_until = now() + ${MILLISECONDS("$3")}
   from (select * from fresh union all select * from again) due
   where c.ods = due.ods and c.webhook_id = due.webhook_id and c.programme_code = due.programme_code
   returning c.ods, c.webhook_id::text as webhook_id, c.programme_code, c.attempt, c.leased_until::text as lease`,
);

/** `$1` how many, `$2` milliseconds of the lease. A wish that is held is one whose time is to come. */
export const TAKE_WISHES: ConstantSql = constantSql(
  `with due as (
     select d.ods, d.id from public.webhook_delivery d where d.state = 'REQUESTED' and d.attempted_at <= now()
     order by d.attempted_at limit $1::integer for update skip locked)
   update public.webhook_delivery d set attempted_at = date_trunc('milliseconds', now() + ${MILLISECONDS("$2")})
   from due where d.ods = due.ods and d.id = due.id
   returning d.ods, d.id::text as id`,
);

/** `$1` organisation, `$2` webhook. */
export const TARGET: ConstantSql = constantSql(
  `select w.url, w.secrets from public.webhook w where w.ods = $1 and w.id = $2::uuid and w.removed_at is null`,
);

const EVENT_COLUMNS = `e.id::text as id, e.ods, e.programme_code, e.sequence::integer as sequence, e.type,
  ${isoInstant("e.occurred_at")} as occurred_at, e.submission_id::text as submission_id, e.status, e.outcome, e.counts::text as counts`;

/** `$1` organisation, `$2` webhook, `$3` programme, `$4` how many: what comes behind the last one sent. */
export const NEXT_EVENTS: ConstantSql = constantSql(
  `select ${EVENT_COLUMNS} from public.webhook_cursor c
   join public.programme_event e on e.ods = c.ods and e.programme_code = c.programme_code and e.sequence > c.last_sequence
   where c.ods = $1 and c.webhook_id = $2::uuid and c.programme_code = $3
   order by e.sequence limit $4::integer`,
);

/** `$1` organisation, `$2` wish. With the webhook it is for. */
export const WISHED_EVENT: ConstantSql = constantSql(
  `select d.webhook_id::text as webhook_id, ${EVENT_COLUMNS} from public.webhook_delivery d
   join public.programme_event e on e.ods = d.ods and e.programme_code = d.programme_code and e.sequence = d.sequence
   where d.ods = $1 and d.id = $2::uuid and d.state = 'REQUESTED'`,
);

/**
 * `$1` organisation, `$2` webhook, `$3` programme, `$4` lease; `$5` the sequence to stand behind (null: where it stands), `$6` failed
 * attempts of the next event, `$7` milliseconds to wait, `$8` milliseconds of the new lease (null: given up); `$9` … `$17` the log line.
 * The attempt was made, so it is logged also where the lease was lost; the cursor is moved by its holder only. A row: it was moved.
 */
export const RECORD_ATTEMPT: ConstantSql = constantSql(
  `with logged as (
     insert into public.webhook_delivery
       (ods, webhook_id, programme_code, id, event_id, sequence, attempt, state, status_code, failure, duration_ms, attempted_at)
     values ($1::text, $2::uuid, $3::text, $9::uuid, $10::uuid, $11::bigint, $12::integer, $13::text, $14::integer, $15::text,
       $16::integer, $17::timestamptz))
   update public.webhook_cursor c set last_sequence = coalesce($5::bigint, c.last_sequence), attempt = $6::integer,
     next_attempt_at = now() + ${MILLISECONDS("$7")}, leased_until = now() + ${MILLISECONDS("$8")}
   where c.ods = $1::text and c.webhook_id = $2::uuid and c.programme_code = $3::text and c.leased_until = $4::timestamptz
   returning c.leased_until::text as lease`,
);

/** `$1` organisation, `$2` wish; `$3` attempt, `$4` state, `$5` status, `$6` failure, `$7` duration, `$8` time. */
export const RECORD_REDELIVERY: ConstantSql = constantSql(
  `update public.webhook_delivery set attempt = $3::integer, state = $4::text, status_code = $5::integer, failure = $6::text,
     duration_ms = $7::integer, attempted_at = $8::timestamptz
   where ods = $1 and id = $2::uuid and state = 'REQUESTED'`,
);
