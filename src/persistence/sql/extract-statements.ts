/** The schema `extract`, in role `nacr_extracts`. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

const COLUMNS = `e.id::text as id, e.agreement_id, e.version, e.product, e.cut_id, e.period, e.format, e.fields, e.tables, e.purpose,
  e.location, e.requested_by, ${isoInstant("e.requested_at")} as requested_at, e.state, e.attempts, e.tries, ${isoInstant("e.made_at")} as made_at,
  e.files::text as files, e.manifest, ${isoInstant("e.handed_over_at")} as handed_over_at, e.downloads, e.times_made_again, e.withheld_since,
  ${isoInstant("e.removed_at")} as removed_at`;

/**
 * `$1` id, `$2` agreement, `$3` version, `$4` product, `$5` cut, `$6` period, `$7` format, `$8` fields, `$9` tables, `$10` purpose, `$11`
 * location, `$12` by whom, `$13` when. One that is there already stays as it is, unless nothing came of it.
 */
export const REQUEST_EXTRACT: ConstantSql = constantSql(
  `insert into extract.extract as e (id, agreement_id, version, product, cut_id, period, format, fields, tables, purpose, location,
     requested_by, requested_at, state)
   values ($1::uuid, $2, $3::integer, $4, $5, $6, $7, $8::text[], $9, $10, $11, $12, $13::timestamptz, 'REQUESTED')
   on conflict (agreement_id, version, product, cut_id, period, tables) do update
     set format = excluded.format, fields = excluded.fields, purpose = excluded.purpose, location = excluded.location,
       requested_by = excluded.requested_by, requested_at = excluded.requested_at, state = 'REQUESTED', tries = 0, leased_until = null
     where e.state in ('FAILED', 'REFUSED')`,
);

/** `$1` agreement, `$2` version, `$3` product, `$4` cut, `$5` period, `$6` tables. */
export const REQUESTED_EXTRACT: ConstantSql = constantSql(
  `select ${COLUMNS} from extract.extract e
   where e.agreement_id = $1 and e.version = $2::integer and e.product = $3 and e.cut_id = $4 and e.period = $5 and e.tables = $6`,
);

/** `$1` id. */
export const FIND_EXTRACT: ConstantSql = constantSql(`select ${COLUMNS} from extract.extract e where e.id = $1::uuid`);

/** `$1` agreement, `$2` and `$3` the last one seen (time and id) or null, `$4` at most so many. */
export const PAGE_EXTRACTS: ConstantSql = constantSql(
  `select ${COLUMNS} from extract.extract e
   where e.agreement_id = $1 and ($2::timestamptz is null or (date_trunc('milliseconds', e.requested_at), e.id) < ($2::timestamptz, $3::uuid))
   order by date_trunc('milliseconds', e.requested_at) desc, e.id desc limit $4::integer`,
);
/** `$1` agreement. */
export const EXTRACTS_OF: ConstantSql = constantSql(
  `select ${COLUMNS} from extract.extract e where e.agreement_id = $1 order by e.requested_at desc, e.id desc`,
);
/** `$1` agreement. */
export const COUNT_EXTRACTS: ConstantSql = constantSql(
  "select count(*)::integer as total from extract.extract e where e.agreement_id = $1",
);

export const READY_EXTRACTS: ConstantSql = constantSql(
  `select ${COLUMNS} from extract.extract e where e.state = 'READY' order by e.made_at, e.id`,
);

/** `$1` seconds. */
export const LEASE_EXTRACT: ConstantSql = constantSql(
  `update extract.extract e set attempts = e.attempts + 1, tries = e.tries + 1, leased_until = now() + $1::integer * interval '1 second'
   where e.id = (
     select w.id from extract.extract w where w.state = 'REQUESTED' and (w.leased_until is null or w.leased_until < now())
     order by w.requested_at, w.id limit 1 for update skip locked)
   returning ${COLUMNS}`,
);
/** `$1` extract. */
export const REMOVE_PARTS: ConstantSql = constantSql("delete from extract.part p where p.extract_id = $1::uuid");

const MINE = "e.id = $1::uuid and e.attempts = $2::integer and e.state = 'REQUESTED'";
/** `$1` extract, `$2` attempt, `$3` seconds. */
export const RENEW_EXTRACT: ConstantSql = constantSql(
  `update extract.extract e set leased_until = now() + $3::integer * interval '1 second' where ${MINE}`,
);
/**
 * `$1` extract, `$2` attempt, `$3` file, `$4` part, `$5` the box. Nothing where the extract is another's. Locked, so that whoever takes it away
 * waits for the part and deletes it, too.
 */
export const WRITE_PART: ConstantSql = constantSql(
  `insert into extract.part (extract_id, attempt, file, part, sealed)
   select e.id, e.attempts, $3, $4::integer, $5::bytea from extract.extract e where ${MINE} for share`,
);
/** `$1` extract, `$2` attempt, `$3` when, `$4` files, `$5` manifest. */
export const FINISH_EXTRACT: ConstantSql = constantSql(
  `update extract.extract e set state = 'READY', leased_until = null, made_at = $3::timestamptz, files = $4::jsonb, manifest = $5
   where ${MINE}`,
);
/** `$1` extract, `$2` attempt, `$3` the state, `$4` seconds until it may be taken again. */
export const RELEASE_EXTRACT: ConstantSql = constantSql(
  `update extract.extract e set state = $3, leased_until = now() + $4::integer * interval '1 second' where ${MINE}`,
);

/** `$1` extract, `$2` file or null. */
export const LIST_PARTS: ConstantSql = constantSql(
  `select p.file, p.part, p.attempt from extract.part p join extract.extract e on e.id = p.extract_id and e.attempts = p.attempt
   where e.id = $1::uuid and e.state = 'READY' and ($2::text is null or p.file = $2) order by p.file, p.part`,
);
/** `$1` extract, `$2` attempt, `$3` file, `$4` part. */
export const READ_PART: ConstantSql = constantSql(
  "select p.sealed from extract.part p where p.extract_id = $1::uuid and p.attempt = $2::integer and p.file = $3 and p.part = $4::integer",
);

/** `$1` extract, `$2` when. */
export const HAND_OVER: ConstantSql = constantSql(
  `update extract.extract e set downloads = e.downloads + 1, handed_over_at = coalesce(e.handed_over_at, $2::timestamptz)
   where e.id = $1::uuid and e.state = 'READY' returning ${COLUMNS}`,
);
/** `$1` extract. */
export const MAKE_AGAIN: ConstantSql = constantSql(
  `update extract.extract e set state = 'REQUESTED', tries = 0, leased_until = null, times_made_again = e.times_made_again + 1
   where e.id = $1::uuid and e.state = 'READY' and e.handed_over_at is null`,
);
/** `$1` extract, `$2` persons. */
export const NOTE_WITHHELD: ConstantSql = constantSql(
  "update extract.extract e set withheld_since = $2::integer where e.id = $1::uuid and e.state = 'READY'",
);
/** `$1` agreement or null, `$2` made before or null, `$3` when. */
export const REMOVE_EXTRACTS: ConstantSql = constantSql(
  `update extract.extract e set state = 'REMOVED', removed_at = $3::timestamptz, leased_until = null
   where e.state <> 'REMOVED' and ($1::text is null or e.agreement_id = $1) and ($2::timestamptz is null or (e.state = 'READY' and e.made_at < $2::timestamptz))`,
);
/** Of extracts that are kept no more. */
export const REMOVE_REMOVED_PARTS: ConstantSql = constantSql(
  "delete from extract.part p using extract.extract e where e.id = p.extract_id and e.state = 'REMOVED'",
);
