/**
 * Reading stored answers. `null` filters do not filter; `$1` is the organisation in every statement, `$2` to `$4` are client, vendor and
 * product of a vendor app, to which only what it sent or what its product wrote is visible (all null for everybody else).
 */
import { RECORD_OUTCOMES } from "../../records/submission-record.ts";
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

/** Of one request (`w`): the pages from its position on, as far as they may be needed, in input order. */
const pagesWhere = (condition: string): string => `(
  select r.page, r.first_idx, r.outcomes from public.submission_report r
  where ${condition} and r.ods = $1 and r.submission_id = w.submission_id and r.first_idx >= w.begin
  order by r.first_idx limit w.most)`;

/** One branch for each outcome, since each has an index of its own (`submission_report_held_idx` ...); those not asked for cost nothing. */
const PAGES_OF_OUTCOMES = RECORD_OUTCOMES.map((outcome) =>
  pagesWhere(`'${outcome}' = any (w.outcomes) and r.outcomes ? '${outcome}'`),
);

/**
 * Requests as columns: `$5` number, `$6` submission, `$7` index after which to go on (-1: the start), `$8` most pages, `$9` outcomes
 * (null: all). What stands in which page, unopened, beginning with the page the index stands in; a submission without such a page gives one
 * row with nulls. Costs the same whatever the size of the submission, except `fallen`, the REJECTED_PARENT among them: the header
 * counts them together with REJECTED, so they are added up where only one of the two is asked for.
 */
export const REPORT_INDEX: ConstantSql = constantSql(
  `with w as materialized (
     select q.request, q.submission_id, q.most, q.outcomes::text[] as outcomes, coalesce((
       select r.first_idx from public.submission_report r
       where r.ods = $1 and r.submission_id = q.submission_id and r.first_idx <= q.after
       order by r.first_idx desc limit 1), 0) as begin
     from unnest($5::integer[], $6::uuid[], $7::integer[], $8::integer[], $9::text[]) q (request, submission_id, after, most, outcomes))
   select w.request, w.submission_id::text as submission_id, s.counts::text as counts, p.page, p.first_idx, p.outcomes::text as outcomes,
     case when ('REJECTED' = any (w.outcomes)) <> ('REJECTED_PARENT' = any (w.outcomes)) then (
       select coalesce(sum((r.outcomes ->> 'REJECTED_PARENT')::integer), 0)::integer from public.submission_report r
       where r.ods = $1 and r.submission_id = w.submission_id and r.outcomes ? 'REJECTED_PARENT') end as fallen
   from w join public.submission s on s.ods = $1 and s.id = w.submission_id and ${VISIBLE}
   left join lateral (
     select u.page, u.first_idx, u.outcomes
     from (${[pagesWhere("w.outcomes is null"), ...PAGES_OF_OUTCOMES].join(" union ")}) u
     order by u.first_idx limit w.most) p on true
   order by w.request, p.first_idx`,
);

/** Places as columns: `$5` submission, `$6` index. The page each stands in, where there is one: the last that begins at or before it. */
export const REPORT_PLACES: ConstantSql = constantSql(
  `select w.submission_id::text as submission_id, w.idx, p.page
   from unnest($5::uuid[], $6::integer[]) w (submission_id, idx)
   join public.submission s on s.ods = $1 and s.id = w.submission_id and ${VISIBLE}
   cross join lateral (
     select r.page from public.submission_report r
     where r.ods = $1 and r.submission_id = w.submission_id and r.first_idx <= w.idx
     order by r.first_idx desc limit 1) p`,
);

/** `$5` the submission, `$6` first index of the last page seen (-1: none yet), `$7` how many pages, `$8` outcomes of which a page has any. */
export const NEXT_REPORT_PAGES: ConstantSql = constantSql(
  `select r.page, r.first_idx, r.sealed
   from public.submission_report r join public.submission s on s.ods = r.ods and s.id = r.submission_id
   where r.ods = $1 and r.submission_id = $5::uuid and r.first_idx > $6::integer and ${VISIBLE}
     and ($8::text[] is null or jsonb_exists_any(r.outcomes, $8::text[]))
   order by r.first_idx limit $7::integer`,
);

/** `$5` the submission: what a job was made from. No row where it was none. */
export const SUBMITTED_FILE: ConstantSql = constantSql(
  `select j.upload_id::text as upload_id, j.format
   from public.submission_job j join public.submission s on s.ods = j.ods and s.id = j.submission_id
   where j.ods = $1 and j.submission_id = $5::uuid and ${VISIBLE}`,
);

/** `$2` submissions and `$3` pages, pair by pair: of pages that were found before, so visible. */
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
     select r.ods, r.submission_id, r.idx, r.record_id, s.received_at
     from public.submission_record r join public.submission s on s.ods = r.ods and s.id = r.submission_id
     where r.ods = $1 and r.source_hmac = decode($5, 'hex') and ($6::text is null or r.programme_code = $6::text) and ${VISIBLE}
     order by s.received_at desc, r.submission_id desc, r.idx desc limit $7::integer)
   select l.submission_id::text as submission_id, l.idx, l.record_id::text as record_id, p.page, p.sealed
   from latest l cross join lateral (
     select r.page, r.sealed from public.submission_report r
     where r.ods = l.ods and r.submission_id = l.submission_id and r.first_idx <= l.idx
     order by r.first_idx desc limit 1) p
   order by l.received_at desc, l.submission_id desc, l.idx desc`,
);

/** `$5` the submission. */
export const ENVELOPE: ConstantSql = constantSql(
  `select e.sealed from public.submission_envelope e join public.submission s on s.ods = e.ods and s.id = e.submission_id
   where e.ods = $1 and e.submission_id = $5::uuid and ${VISIBLE} order by e.chunk`,
);
