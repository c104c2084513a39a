/** What was said last of each patient: kept in the row of the sender's id, under the organisation's epoch (ADR 0027). */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/**
 * `$1` organisation, `$2` programme, `$3` products, `$4` HMACs of ids, `$5` digests of statements: arrays of one length. One row at least,
 * for the epoch. The limit makes each element a look-up in the primary key.
 */
export const FIND_KNOWN: ConstantSql = constantSql(
  `select e.epoch, k.position, k.records
   from (select coalesce(max(o.epoch), 0) as epoch from public.organisation_epoch o where o.ods = $1) e
   left join lateral (
     select wanted.position::integer - 1 as position, array_to_string(found.statement_records, ',') as records
     from unnest($3::text[], $4::text[], $5::text[]) with ordinality wanted(product, source_hmac, statement, position)
     cross join lateral (
       select s.statement, s.statement_records, s.statement_epoch from identity.source_id s
       where s.ods = $1 and s.programme_code = $2 and s.product = wanted.product and s.record_type = 'PATIENT'
         and s.source_hmac = decode(wanted.source_hmac, 'hex')
       limit 1) found
     where found.statement = decode(wanted.statement, 'hex') and found.statement_epoch = e.epoch) k on true`,
);

/** `$1` organisation, `$2` patients. Each by a look-up of its own, whatever the planner believes. */
export const FORGET_STATEMENTS: ConstantSql = constantSql(
  `update identity.source_id s set statement = null, statement_records = null, statement_epoch = null
   from unnest($2::uuid[]) touched(id)
   where s.record_id = touched.id and s.ods = $1 and s.statement is not null`,
);

/** `$1` organisation, `$2` programme, `$3` products, `$4` HMACs of ids, `$5` digests, `$6` records, each an array as text, `$7` epoch. */
export const KEEP_STATEMENTS: ConstantSql = constantSql(
  `update identity.source_id s
   set statement = decode(kept.statement, 'hex'), statement_records = kept.records::uuid[], statement_epoch = $7::integer
   from unnest($3::text[], $4::text[], $5::text[], $6::text[]) kept(product, source_hmac, statement, records)
   where s.ods = $1 and s.programme_code = $2 and s.product = kept.product and s.record_type = 'PATIENT'
     and s.source_hmac = decode(kept.source_hmac, 'hex')`,
);

/** `$1` organisation: what was said before counts no more. */
export const NEXT_EPOCH: ConstantSql = constantSql(
  `insert into public.organisation_epoch as o (ods, epoch) values ($1, 1) on conflict (ods) do update set epoch = o.epoch + 1`,
);
