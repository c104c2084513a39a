/**
 * Reading stored answers. `null` filters do not filter; `$1` is the organisation in every statement, `$2` to `$4` are client, vendor and
 * product of a vendor app, to which only what it sent or what its product wrote is visible (all null for everybody else).
 */
import { constantSql } from "../database/constant-sql.ts";
import { HEADER_COLUMNS, NOT_EXPIRED } from "../submission-header.ts";
import type { ConstantSql } from "./table-shape.ts";

const VISIBLE = `${NOT_EXPIRED} and ($2::text is null or s.client_id = $2::text or (s.vendor = $3::text and s.product = $4::text))`;

/** `$5` ids. */
export const HEADERS_BY_ID: ConstantSql = constantSql(
  `select ${HEADER_COLUMNS} from public.submission s where s.ods = $1 and s.id = any($5::uuid[]) and ${VISIBLE}`,
);

/** `$5` mode, `$6` programme, `$7` states, `$8` outcomes, `$9` received from (inclusive), `$10` received to (exclusive). */
const FILTERED = `public.submission s where s.ods = $1 and s.mode = $5 and ${VISIBLE}
  and ($6::text is null or s.programme_code = $6::text)
  and ($7::text[] is null or s.status = any($7::text[]))
  and ($8::text[] is null or s.outcome = any($8::text[]))
  and ($9::timestamptz is null or s.received_at >= $9::timestamptz)
  and ($10::timestamptz is null or s.received_at < $10::timestamptz)`;

export const COUNT_HEADERS: ConstantSql = constantSql(`select count(*)::integer as total from ${FILTERED}`);

/** Latest first; `$11` and `$12` time and id of the last one seen, `$13` how many. */
export const PAGE_OF_HEADERS: ConstantSql = constantSql(
  `select ${HEADER_COLUMNS} from ${FILTERED}
   and ($11::timestamptz is null or (s.received_at, s.id) < ($11::timestamptz, $12::uuid))
   order by s.received_at desc, s.id desc limit $13::integer`,
);

/** `$5` submissions. What stands in which page of each, unopened. */
export const REPORT_INDEX: ConstantSql = constantSql(
  `select r.submission_id::text as submission_id, r.page, r.first_idx, r.outcomes::text as outcomes
   from public.submission_report r join public.submission s on s.ods = r.ods and s.id = r.submission_id
   where r.ods = $1 and r.submission_id = any($5::uuid[]) and ${VISIBLE} order by r.submission_id, r.page`,
);

/** `$2` submissions and `$3` pages, pair by pair: of an index that was read before, so visible. */
export const REPORT_PAGES: ConstantSql = constantSql(
  `select r.submission_id::text as submission_id, r.page, r.sealed
   from unnest($2::uuid[], $3::integer[]) wanted(submission_id, page)
   join public.submission_report r on r.ods = $1 and r.submission_id = wanted.submission_id and r.page = wanted.page`,
);

/**
 * `$5` HMAC of the sender's id, `$6` programme, `$7` how many: latest first, each with the page its result stands in.
 * A dry run has no rows in `submission_record`, so it never shows here.
 */
export const STATUS_OF_SOURCE_ID: ConstantSql = constantSql(
  `with latest as (
     select r.ods, r.submission_id, r.idx, s.received_at
     from public.submission_record r join public.submission s on s.ods = r.ods and s.id = r.submission_id
     where r.ods = $1 and r.source_hmac = decode($5, 'hex') and ($6::text is null or r.programme_code = $6::text) and ${VISIBLE}
     order by s.received_at desc, r.submission_id desc, r.idx desc limit $7::integer)
   select l.submission_id::text as submission_id, l.idx, p.page, p.sealed
   from latest l cross join lateral (
     select r.page, r.sealed from public.submission_report r
     where r.ods = l.ods and r.submission_id = l.submission_id and r.first_idx <= l.idx
     order by r.first_idx desc limit 1) p
   order by l.received_at desc, l.submission_id desc, l.idx desc`,
);
