/**
 * Messages that came by MLLP: stored by the door and read by the clinical team (role `nacr_app`), taken by the worker (lanes of every
 * organisation in role `nacr_worker`, the messages themselves as their organisation). Waits and leases go by the database's clock.
 */
import { LIMITS } from "../../lib/limits.ts";
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Notified when messages wait. */
export const INBOX_CHANNEL = "nacr_inbox";

export const ANNOUNCE_MESSAGES: ConstantSql = constantSql(`select pg_notify('${INBOX_CHANNEL}', '')`);

/** `$1` organisation, `$2` name, `$3` programme, `$4` client, `$5` to `$7` source system, `$8` profile, `$9` when. */
export const OPEN_LISTENER: ConstantSql = constantSql(
  `insert into public.mllp_listener (ods, name, programme_code, client_id, vendor, product, version, profile, opened_at)
   values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::timestamptz)
   on conflict (ods, name) do update set programme_code = excluded.programme_code, client_id = excluded.client_id,
     vendor = excluded.vendor, product = excluded.product, version = excluded.version, profile = excluded.profile,
     opened_at = excluded.opened_at`,
);

/** `$1` organisation, `$2` programme. */
export const OPEN_LANE: ConstantSql = constantSql(
  `insert into public.mllp_lane (ods, programme_code, failures, next_attempt_at, leased_until)
   values ($1::text, $2::text, 0, now(), null) on conflict do nothing`,
);

/** `$1` organisation, `$2` listener, `$3` how many, `$4` reason, `$5` shape, `$6` when. */
export const NOTE_BAD_FRAMES: ConstantSql = constantSql(
  `update public.mllp_listener set bad_frames = bad_frames + $3::integer, last_bad_reason = $4::text, last_bad_shape = $5::text,
     last_bad_at = $6::timestamptz
   where ods = $1 and name = $2`,
);

/**
 * `$1` organisation; columns: `$2` id, `$3` programme, `$4` listener, `$5` digest, `$6` digest of the control id, `$7` type, `$8` when
 * received, `$9` answer, `$10` findings, `$11` reason for which it is parked at once, `$12` sealed content. A message that is there
 * already, or twice in the group, is left out of what is returned.
 */
export const ADD_MESSAGES: ConstantSql = constantSql(
  `insert into public.mllp_message
     (ods, id, programme_code, listener, digest, control_digest, message_type, received_at, answer, findings, state, reason, attempts,
      settled_at, content)
   select $1::text, m.id, m.programme_code, m.listener, m.digest, m.control_digest, m.message_type, m.received_at, m.answer,
     m.findings::jsonb, case when m.reason is null then 'WAITING' else 'PARKED' end, m.reason, 0,
     case when m.reason is null then null else m.received_at end, m.content
   from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::text[], $8::timestamptz[], $9::text[], $10::text[],
     $11::text[], $12::bytea[]) with ordinality
     as m (id, programme_code, listener, digest, control_digest, message_type, received_at, answer, findings, reason, content, place)
   order by m.place
   on conflict (ods, programme_code, digest) do nothing
   returning id::text as id`,
);

/** `$1` organisation, `$2` digests. A statement of its own: it sees what another process stored meanwhile. */
export const EARLIER_ANSWERS: ConstantSql = constantSql(
  `select m.programme_code, encode(m.digest, 'hex') as digest, m.answer, m.findings::text as findings
   from public.mllp_message m where m.ods = $1 and m.digest = any($2::bytea[])`,
);

const MILLISECONDS = (place: string): string => `(${place}::integer * interval '1 millisecond')`;
const LANE_COLUMNS = "l.ods, l.programme_code, l.failures, l.leased_until::text as lease";

/** `$1` milliseconds of the lease. */
export const TAKE_LANE: ConstantSql = constantSql(
  `with due as (
     select l.ods, l.programme_code from public.mllp_lane l
     where l.next_attempt_at <= now() and (l.leased_until is null or l.leased_until <= now())
       and exists (select from public.mllp_message m
         where m.ods = l.ods and m.programme_code = l.programme_code and m.state = 'WAITING')
     order by l.next_attempt_at limit 1 for update skip locked)
   update public.mllp_lane l set leased_until = now() + ${MILLISECONDS("$1")}
   from due where l.ods = due.ods and l.programme_code = due.programme_code
   returning ${LANE_COLUMNS}`,
);

const HELD = "l.ods = $1 and l.programme_code = $2 and l.leased_until = $3::timestamptz";

/** `$1` organisation, `$2` programme, `$3` lease, `$4` milliseconds of the new one. */
export const KEEP_LANE: ConstantSql = constantSql(
  `update public.mllp_lane l set leased_until = now() + ${MILLISECONDS("$4")} where ${HELD} returning ${LANE_COLUMNS}`,
);

/** `$4` failures, `$5` milliseconds to wait. Behind the others that have something to do. */
export const LEAVE_LANE: ConstantSql = constantSql(
  `update public.mllp_lane l set leased_until = null, failures = $4::integer, next_attempt_at = now() + ${MILLISECONDS("$5")}
   where ${HELD}`,
);

const OF_LANE = "m.ods = $1 and m.programme_code = $2";

/** `$1` organisation, `$2` programme: the batch that was in work when its worker ended. */
export const BATCH_IN_WORK: ConstantSql = constantSql(
  `select m.batch_id::text as id from public.mllp_message m
   where ${OF_LANE} and m.state = 'WAITING' and m.batch_id is not null limit 1`,
);

/**
 * `$3` the new batch, `$4` most messages. One listener's, as its sender is one submission's; and a message that was in an attempt that
 * failed goes alone.
 */
export const FORM_BATCH: ConstantSql = constantSql(
  `with waiting as (
     select m.id, row_number() over (order by m.arrival) as place,
       m.listener = first_value(m.listener) over (order by m.arrival) and m.attempts = 0 as fits
     from public.mllp_message m where ${OF_LANE} and m.state = 'WAITING' order by m.arrival limit $4::integer)
   update public.mllp_message m set batch_id = $3::uuid
   from waiting w
   where m.ods = $1 and m.id = w.id and m.batch_id is null
     and w.place <= greatest(1, coalesce((select min(place) - 1 from waiting where not fits), $4::integer))
   returning m.id`,
);

/** `$3` batch. */
export const READ_BATCH: ConstantSql = constantSql(
  `select m.id::text as id, m.attempts, m.content, m.programme_code, l.name, l.client_id, l.vendor, l.product, l.version, l.profile
   from public.mllp_message m join public.mllp_listener l on l.ods = m.ods and l.name = m.listener
   where ${OF_LANE} and m.batch_id = $3::uuid and m.state = 'WAITING' order by m.arrival`,
);

/** `$3` batch, `$4` submission, `$5` when; columns: `$6` ids, `$7` reasons. What is parked keeps its content. */
export const SETTLE_BATCH: ConstantSql = constantSql(
  `update public.mllp_message m set state = case when s.reason is null then 'PROCESSED' else 'PARKED' end, reason = s.reason,
     submission_id = $4::uuid, settled_at = $5::timestamptz, batch_id = null,
     content = case when s.reason is null then null else m.content end
   from unnest($6::uuid[], $7::text[]) s (id, reason)
   where ${OF_LANE} and m.batch_id = $3::uuid and m.id = s.id and m.state = 'WAITING'`,
);

/** `$3` batch. */
export const DISSOLVE_BATCH: ConstantSql = constantSql(
  `update public.mllp_message m set batch_id = null, attempts = m.attempts + 1
   where ${OF_LANE} and m.batch_id = $3::uuid and m.state = 'WAITING'`,
);

export const COUNT_MESSAGES: ConstantSql = constantSql(
  `select count(*) filter (where m.state = 'WAITING')::integer as waiting, count(*) filter (where m.state = 'PARKED')::integer as parked,
     coalesce(extract(epoch from now() - min(m.received_at) filter (where m.state = 'WAITING')), 0)::float8 as oldest
   from public.mllp_message m where m.state in ('WAITING', 'PARKED')`,
);

/** `$1` how many at most. A message is known again for as long as an idempotency key is. */
export const SWEEP_MESSAGES: ConstantSql = constantSql(
  `with old as (
     select m.ods, m.id from public.mllp_message m
     where m.state <> 'WAITING' and (m.settled_at < now() - interval '${LIMITS.idempotencyKeyDays} days'
       or m.state = 'PARKED' and m.settled_at < now() - interval '${LIMITS.parkedMessageDays} days')
     limit $1::integer),
   gone as (delete from public.mllp_message m using old o where m.ods = o.ods and m.id = o.id returning m.id)
   select count(*)::integer as swept from gone`,
);

export const LIST_LISTENERS: ConstantSql = constantSql(
  `select l.name, l.programme_code, l.vendor, l.product, l.version, l.profile, ${isoInstant("l.opened_at")} as opened_at,
     l.bad_frames::float8 as bad_frames, l.last_bad_reason, l.last_bad_shape, ${isoInstant("l.last_bad_at")} as last_bad_at
   from public.mllp_listener l where l.ods = $1 order by l.name`,
);

const KNOWN_COLUMNS = `m.id::text as id, m.programme_code, m.listener, m.message_type, m.state, m.answer, m.findings::text as findings,
  m.reason, ${isoInstant("m.received_at")} as received_at, ${isoInstant("m.settled_at")} as settled_at,
  m.submission_id::text as submission_id`;

/** `$1` organisation, `$2` states, `$3` reason, `$4` listener, `$5` programme, `$6` digest of the control id; null: any. */
const LISTED = `public.mllp_message m where m.ods = $1 and ($2::text[] is null or m.state = any($2::text[]))
  and ($3::text is null or m.reason = $3::text) and ($4::text is null or m.listener = $4::text)
  and ($5::text is null or m.programme_code = $5::text) and ($6::bytea is null or m.control_digest = $6::bytea)`;

export const COUNT_LISTED: ConstantSql = constantSql(`select count(*)::integer as total from ${LISTED}`);

/** Latest first; `$7` and `$8` time and id of the last one seen, `$9` how many. */
export const PAGE_OF_MESSAGES: ConstantSql = constantSql(
  `select ${KNOWN_COLUMNS} from ${LISTED}
   and ($7::timestamptz is null or (m.received_at, m.id) < ($7::timestamptz, $8::uuid))
   order by m.received_at desc, m.id desc limit $9::integer`,
);

/** `$1` organisation, `$2` ids. */
export const REPLAY_MESSAGES: ConstantSql = constantSql(
  `with again as (
     update public.mllp_message m set state = 'WAITING', reason = null, attempts = 0, submission_id = null, settled_at = null
     where m.ods = $1 and m.id = any($2::uuid[]) and m.state = 'PARKED' and m.content is not null
     returning m.*)
   select ${KNOWN_COLUMNS} from again m order by m.arrival`,
);
