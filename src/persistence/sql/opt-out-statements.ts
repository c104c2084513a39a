/** Requests to the opt-out check and their answers. Keys come and go as hexadecimal text. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Under `nacr_consent`. `$1` nations. */
export const ORGANISATIONS_OF_NATIONS: ConstantSql = constantSql(
  `select o.ods_code from public.organisation o where o.nation = any($1::text[]) order by o.ods_code`,
);

/** Under `nacr_consent`. `$1` organisation, `$2` the last patient seen or null, `$3` how many. Patients with a number, in the order of their ids. */
export const NUMBERED_PATIENTS: ConstantSql = constantSql(
  `select i.patient_id::text as patient_id, encode(i.nhs_hmac, 'hex') as digest
   from identity.patient_identity i
   where i.ods = $1 and i.nhs_hmac is not null and ($2::uuid is null or i.patient_id > $2::uuid)
   order by i.patient_id limit $3::integer`,
);

/** Under `nacr_consent`. `$1` keys, `$2` until when an answer has to stand. Those about whom nothing need be asked. */
export const ANSWERED_KEYS: ConstantSql = constantSql(
  `select wanted.key from unnest($1::text[]) wanted(key)
   where exists (select from consent.opt_out_answer a where a.key = decode(wanted.key, 'hex') and a.expires_at > $2::timestamptz offset 0)`,
);

/** Until the transaction ends, one asks. */
export const TAKE_TURN_ASKING: ConstantSql = constantSql(
  `select pg_advisory_xact_lock(hashtextextended('nacr/opt-out-question', 0))::text as turn`,
);

/** Under `nacr_consent`. Keys that some request in hand asks about already. */
export const KEYS_IN_HAND: ConstantSql = constantSql(
  `select encode(k.key, 'hex') as key from consent.opt_out_request r cross join lateral unnest(r.keys) k(key) where r.state = 'SENT'`,
);

/** Under `nacr_app`. `$1` organisation, `$2` patients. */
export const SEALED_NUMBERS: ConstantSql = constantSql(
  `select i.patient_id::text as patient_id, i.sealed from unnest($2::uuid[]) wanted(id)
   join identity.patient_identity i on i.ods = $1 and i.patient_id = wanted.id`,
);

/** Under `nacr_consent`. `$1` id, `$2` organisation, `$3` reference, `$4` when, `$5` keys. */
export const INSERT_REQUEST: ConstantSql = constantSql(
  `insert into consent.opt_out_request (id, ods, reference, state, requested_at, asked, keys)
   select $1::uuid, $2, $3, 'SENT', $4::timestamptz, count(*)::integer, array_agg(decode(x.key, 'hex')) from unnest($5::text[]) x(key)`,
);

/** Under `nacr_consent`. `$1` reference or null, `$2` id or null, `$3` organisation or null. Locked. */
export const LOCK_REQUEST: ConstantSql = constantSql(
  `select r.id::text as id, r.ods, r.reference, r.state, ${isoInstant("r.requested_at")} as requested_at,
     array(select encode(k, 'hex') from unnest(r.keys) k) as keys
   from consent.opt_out_request r
   where (r.reference = $1 or r.id = $2::uuid) and ($3::text is null or r.ods = $3) for update`,
);

/** Under `nacr_consent`. `$1` id, `$2` state, `$3` when. */
export const SETTLE_REQUEST: ConstantSql = constantSql(
  `update consent.opt_out_request r set state = $2, settled_at = $3::timestamptz, keys = '{}' where r.id = $1::uuid`,
);

/** Under `nacr_consent`; columns: `$1` keys, `$2` whether they may be used; `$3` until when that stands. */
export const KEEP_ANSWERS: ConstantSql = constantSql(
  `insert into consent.opt_out_answer as a (key, may_be_used, expires_at)
   select decode(n.key, 'hex'), n.may_be_used, $3::timestamptz from unnest($1::text[], $2::boolean[]) n(key, may_be_used)
   on conflict (key) do update set may_be_used = excluded.may_be_used, expires_at = excluded.expires_at
   where a.expires_at <= excluded.expires_at`,
);

/** Under `nacr_consent`. `$1` asked before when, `$2` now. */
export const LAPSE_REQUESTS: ConstantSql = constantSql(
  `update consent.opt_out_request r set state = 'LAPSED', settled_at = $2::timestamptz, keys = '{}'
   where r.state = 'SENT' and r.requested_at < $1::timestamptz returning r.reference`,
);

/** Under `nacr_consent`. `$1` now. */
export const FORGET_ANSWERS: ConstantSql = constantSql(
  `delete from consent.opt_out_answer a where a.expires_at <= $1::timestamptz`,
);

const REQUEST_COLUMNS = `r.id::text as id, r.reference, r.state, ${isoInstant("r.requested_at")} as requested_at,
  ${isoInstant("r.settled_at")} as settled_at, r.asked`;

/** `$1` organisation, `$2` request. */
export const REQUEST_BY_ID: ConstantSql = constantSql(
  `select ${REQUEST_COLUMNS} from consent.opt_out_request r where r.ods = $1 and r.id = $2::uuid`,
);

/** `$1` organisation, `$2` and `$3` the last one seen (time and id) or null, `$4` how many. The latest first. */
export const PAGE_OF_REQUESTS: ConstantSql = constantSql(
  `select ${REQUEST_COLUMNS} from consent.opt_out_request r
   where r.ods = $1 and ($2::text is null or (date_trunc('milliseconds', r.requested_at), r.id) < ($2::timestamptz, $3::uuid))
   order by date_trunc('milliseconds', r.requested_at) desc, r.id desc limit $4::integer`,
);

/** `$1` organisation. */
export const COUNT_REQUESTS: ConstantSql = constantSql(
  `select count(*)::integer as total from consent.opt_out_request r where r.ods = $1`,
);
