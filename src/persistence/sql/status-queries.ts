/** Reading stored answers. `null` filters do not filter; `$1` is the organisation in every statement. */
import { constantSql } from "../database/constant-sql.ts";
import { HEADER_COLUMNS, NOT_EXPIRED } from "../submission-header.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$2` ids. */
export const HEADERS_BY_ID: ConstantSql = constantSql(
  `select ${HEADER_COLUMNS} from public.submission s where s.ods = $1 and s.id = any($2::uuid[]) and ${NOT_EXPIRED}`,
);

/** `$2` mode, `$3` programme, `$4` states, `$5` outcomes, `$6` received from, `$7` received to (inclusive). */
const FILTERED = `public.submission s where s.ods = $1 and s.mode = $2 and ${NOT_EXPIRED}
  and ($3::text is null or s.programme_code = $3::text)
  and ($4::text[] is null or s.status = any($4::text[]))
  and ($5::text[] is null or s.outcome = any($5::text[]))
  and ($6::timestamptz is null or s.received_at >= $6::timestamptz)
  and ($7::timestamptz is null or s.received_at <= $7::timestamptz)`;

export const COUNT_HEADERS: ConstantSql = constantSql(`select count(*)::integer as total from ${FILTERED}`);

/** Latest first; `$8` and `$9` time and id of the last one seen, `$10` how many. */
export const PAGE_OF_HEADERS: ConstantSql = constantSql(
  `select ${HEADER_COLUMNS} from ${FILTERED}
   and ($8::timestamptz is null or (s.received_at, s.id) < ($8::timestamptz, $9::uuid))
   order by s.received_at desc, s.id desc limit $10::integer`,
);

/** `$2` submission. What stands in which page, unopened. */
export const REPORT_INDEX: ConstantSql = constantSql(
  `select r.page, r.first_idx, r.outcomes::text as outcomes
   from public.submission_report r join public.submission s on s.ods = r.ods and s.id = r.submission_id
   where r.ods = $1 and r.submission_id = $2::uuid and ${NOT_EXPIRED} order by r.page`,
);

/** `$2` submission, `$3` pages. */
export const REPORT_PAGES: ConstantSql = constantSql(
  `select r.page, r.sealed from public.submission_report r
   where r.ods = $1 and r.submission_id = $2::uuid and r.page = any($3::integer[]) order by r.page`,
);

/**
 * `$2` HMAC of the sender's id, `$3` programme, `$4` how many: latest first, each with the page its result stands in.
 * A dry run has no rows in `submission_record`, so it never shows here.
 */
export const STATUS_OF_SOURCE_ID: ConstantSql = constantSql(
  `with latest as (
     select r.ods, r.submission_id, r.idx, s.received_at
     from public.submission_record r join public.submission s on s.ods = r.ods and s.id = r.submission_id
     where r.ods = $1 and r.source_hmac = $2 and ($3::text is null or r.programme_code = $3::text)
     order by s.received_at desc, r.submission_id desc, r.idx desc limit $4::integer)
   select l.submission_id::text as submission_id, l.idx, p.page, p.sealed
   from latest l cross join lateral (
     select r.page, r.sealed from public.submission_report r
     where r.ods = l.ods and r.submission_id = l.submission_id and r.first_idx <= l.idx
     order by r.first_idx desc limit 1) p
   order by l.received_at desc, l.submission_id desc, l.idx desc`,
);
