/** Uploads and their parts. `$1` is the organisation in every statement but the sweeper's; the clock is the database's own. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

const LIVING = "u.expires_at > now()";

/** `$2` id, `$3` client, `$4` record type, `$5` declared length, `$6` created, `$7` expires. */
export const CREATE_UPLOAD: ConstantSql = constantSql(
  `insert into public.upload (ods, id, client_id, record_type, declared_bytes, received_bytes, created_at, expires_at)
   values ($1, $2::uuid, $3, $4::text, $5::bigint, 0, $6::timestamptz, $7::timestamptz)`,
);

/** `$2` id, `$3` client. */
export const FIND_UPLOAD: ConstantSql = constantSql(
  `select u.ods, u.id::text as id, u.client_id, u.record_type, u.declared_bytes::double precision as declared_bytes,
     u.received_bytes::double precision as received_bytes, encode(u.sha256, 'hex') as sha256,
     ${isoInstant("u.created_at")} as created_at, ${isoInstant("u.completed_at")} as completed_at,
     ${isoInstant("u.expires_at")} as expires_at
   from public.upload u where u.ods = $1 and u.id = $2::uuid and u.client_id = $3 and ${LIVING}`,
);

const PART_COLUMNS = "p.part, p.first_byte::double precision as first_byte, p.bytes, p.first_frame, p.object::text as object";

/** `$2` id. */
export const PARTS_OF_UPLOAD: ConstantSql = constantSql(
  `select ${PART_COLUMNS} from public.upload_part p where p.ods = $1 and p.upload_id = $2::uuid order by p.part`,
);

/** `$2` id. */
export const LAST_PART_OF_UPLOAD: ConstantSql = constantSql(
  `select ${PART_COLUMNS} from public.upload_part p where p.ods = $1 and p.upload_id = $2::uuid order by p.part desc limit 1`,
);

/** `$2` the upload after which to go on, or null, `$3` how many. */
export const LIVING_UPLOADS: ConstantSql = constantSql(
  `select u.id::text as id from public.upload u
   where u.ods = $1 and u.id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000') and ${LIVING}
   order by u.id limit $3::integer`,
);

/** `$2` id, `$3` bytes. */
export const DECLARE_LENGTH: ConstantSql = constantSql(
  `update public.upload u set declared_bytes = $3::bigint
   where u.ods = $1 and u.id = $2::uuid and u.declared_bytes is null and u.received_bytes <= $3::bigint and ${LIVING}
   returning u.id`,
);

/**
 * `$2` id, `$3` where the upload ends before and `$4` after, `$5` to `$9` the parts' columns. Two writers at the same end: the second
 * waits for the first's row and then finds another end. A row for each part that was added.
 */
export const ADD_PARTS: ConstantSql = constantSql(
  `with moved as (
     update public.upload u set received_bytes = $4::bigint
     where u.ods = $1 and u.id = $2::uuid and u.received_bytes = $3::bigint and u.completed_at is null and ${LIVING}
     returning u.ods, u.id)
   insert into public.upload_part (ods, upload_id, part, first_byte, bytes, first_frame, object)
   select moved.ods, moved.id, x.part, x.first_byte, x.bytes, x.first_frame, x.object
   from moved cross join unnest($5::integer[], $6::bigint[], $7::integer[], $8::integer[], $9::uuid[])
     x(part, first_byte, bytes, first_frame, object)
   returning part`,
);

/** `$2` id, `$3` SHA-256 as hexadecimal text, `$4` completed, `$5` expires. */
export const COMPLETE_UPLOAD: ConstantSql = constantSql(
  `update public.upload u set sha256 = decode($3, 'hex'), completed_at = $4::timestamptz, expires_at = $5::timestamptz,
     declared_bytes = u.received_bytes
   where u.ods = $1 and u.id = $2::uuid and u.completed_at is null and ${LIVING}`,
);

/**
 * `$2` id, `$3` until when it is kept (ISO instant): to be run in the transaction that accepts a submission of it, as `nacr_app`.
 * It must return one row; with none the upload is gone, and the submission has to be refused.
 */
export const MARK_UPLOAD_USED: ConstantSql = constantSql(
  `update public.upload u set used_at = coalesce(u.used_at, now()), expires_at = greatest(u.expires_at, $3::timestamptz)
   where u.ods = $1 and u.id = $2::uuid and u.completed_at is not null and ${LIVING} returning u.id::text as id`,
);

/** `$2` id. */
export const EXPIRE_UPLOAD: ConstantSql = constantSql(
  `update public.upload u set expires_at = least(u.expires_at, date_trunc('milliseconds', now()))
   where u.ods = $1 and u.id = $2::uuid and u.used_at is null returning u.id`,
);

/** `$2` id, `$3` expired at or before; null: now. */
const GONE = "u.ods = $1 and u.id = $2::uuid and u.expires_at <= coalesce($3::timestamptz, now())";

export const REMOVE_PARTS: ConstantSql = constantSql(
  `delete from public.upload_part p using public.upload u where p.ods = u.ods and p.upload_id = u.id and ${GONE}`,
);

export const REMOVE_UPLOAD: ConstantSql = constantSql(`delete from public.upload u where ${GONE}`);

/** `$1` expired at or before, `$2` and `$3` expiry and id of the last one seen, `$4` how many. Of all organisations. */
export const EXPIRED_UPLOADS: ConstantSql = constantSql(
  `select u.ods, u.id::text as id, ${isoInstant("u.expires_at")} as expires_at from public.upload u
   where u.expires_at <= $1::timestamptz
     and ($2::timestamptz is null or (u.expires_at, u.id) > ($2::timestamptz, $3::uuid))
   order by u.expires_at, u.id limit $4::integer`,
);
