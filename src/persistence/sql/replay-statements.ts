/** Replays of a submission, and what need not be run again: `$1` is the organisation, `$2` the submission. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** The latest first. */
export const REPLAYS_OF: ConstantSql = constantSql(
  `select s.id::text as id, s.status in ('RECEIVED', 'PROCESSING') as unfinished from public.submission s
   where s.ods = $1 and s.replay_of = $2::uuid order by s.received_at desc, s.id desc`,
);

/** `$3` outcomes of records that failed. */
export const CORRECTED_SINCE: ConstantSql = constantSql(
  `select distinct r.idx from public.submission o
   join public.submission_record r on r.ods = $1 and r.submission_id = o.id and r.outcome = any ($3::text[])
   cross join lateral (
     select u.submission_id from public.submission_record u
     where u.ods = $1 and u.source_hmac = r.source_hmac and u.record_type = r.record_type
       and u.programme_code = r.programme_code and u.outcome in ('CREATED', 'UPDATED', 'UNCHANGED') offset 0) later
   join public.submission s on s.ods = $1 and s.id = later.submission_id and s.product = o.product and s.status <> 'WITHDRAWN'
     and (s.received_at, s.id) > (o.received_at, o.id)
   where o.ods = $1 and o.id = $2::uuid`,
);
