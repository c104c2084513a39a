/** What a unit of work reads. Hash columns come and go as hexadecimal text, arrays as literals. */
import { constantSql } from "../database/constant-sql.ts";
import { HEADER_COLUMNS } from "../submission-header.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$1` programme codes, as `app.programmes` holds them. */
export const TAKE_ON_PROGRAMMES: ConstantSql = constantSql(`select set_config('app.programmes', $1, true) as programmes`);

/** `$1` organisation: every programme it has. */
export const PROGRAMMES_OF: ConstantSql = constantSql(
  `select coalesce(string_agg(p.code, ','), '') as programmes from public.programme p where p.ods_code = $1`,
);

/** `$1` organisation, `$2` client, `$3` digest of the key, `$4` the key as it was stored before there were digests. */
export const KEY_IS_USED: ConstantSql = constantSql(
  `select exists (
     select from public.submission s where s.ods = $1 and s.client_id = $2 and s.idempotency_key in ($3, $4)) as used`,
);

/**
 * `$1` lock text, `$2` organisation, `$3` client, `$4` digest of the key, `$5` the key as it was stored before there were digests. One
 * row, its header columns null where the key is new.
 * Lock and read share a snapshot: a request that commits between the two is not seen, the insert then violates the unique key,
 * and the unit of work runs again and finds it.
 */
export const CLAIM_KEY: ConstantSql = constantSql(
  `select l.free, s.payload_digest, ${HEADER_COLUMNS}
   from (select pg_try_advisory_xact_lock(hashtextextended($1::text, 0)) as free) l
   left join public.submission s on s.ods = $2 and s.client_id = $3 and s.idempotency_key in ($4, $5)`,
);

/** Whoever writes what it makes of the rows locks them; whoever only reads leaves everybody else their way. */
export type PatientLocks = keyof typeof LOCKING;
/** `offset 0` keeps the look-up a look-up, as a lock does. */
const LOCKING = { FOR_UPDATE: "for update of i, t", NONE: "offset 0" } as const;

/** The patients that have one of the digests, each found by a look-up of its own: see `findPatients`. */
const patientsByMac = (column: string, place: string): string =>
  `select by_mac.patient_id from unnest(${place}::text[]) wanted(mac) cross join lateral (
     select i.patient_id from identity.patient_identity i where i.ods = $1 and i.${column} = decode(wanted.mac, 'hex') limit 1) by_mac`;

/** Asked once: most organisations have none, and their patients are not asked for one by one. */
const HAS_MERGES = "(select exists (select from identity.patient_merge m where m.ods = $1))";

/**
 * `$1` organisation, `$2` NHS number HMACs, `$3` hospital number HMACs, `$4` ids; `list`: the patient's own columns under `t`.
 * With each patient come all that are merged with it, by whatever way (ADR 0025).
 * Both rows are locked: of a row that is only joined, a waiter would go on with the version from before its wait. They are locked one
 * patient after the other in the order of their ids, so that two submissions of the same patients queue instead of deadlock.
 *
 * Laterals make every step a look-up in an index, whatever the planner believes. As one join with three `any` conditions it read all
 * patients of the organisation wherever statistics were missing (the embedded database never has any) and, at the default cost of a
 * random page, with statistics too: of 54,000 patients, 500 new ones took 17 ms instead of 5, 500 known ones 87 instead of 20.
 */
export const findPatients = (list: string, locks: PatientLocks = "FOR_UPDATE"): ConstantSql =>
  constantSql(
    `with recursive named as materialized (
       ${patientsByMac("nhs_hmac", "$2")}
       union ${patientsByMac("hospital_hmac", "$3")}
       union select unnest($4::uuid[])),
     found (patient_id) as (
       select n.patient_id from named n
       union
       select near.id from found f cross join lateral (
         select m.merged_into as id from identity.patient_merge m where m.ods = $1 and m.patient_id = f.patient_id
         union all
         select m.patient_id from identity.patient_merge m where m.ods = $1 and m.merged_into = f.patient_id) near
       where ${HAS_MERGES})
     select locked.* from (select f.patient_id from found f order by 1) found cross join lateral (
       select ${list}, i.sealed,
         case when ${HAS_MERGES} then
           (select m.merged_into::text from identity.patient_merge m where m.ods = $1 and m.patient_id = i.patient_id) end as merged_into
       from identity.patient_identity i join public.patient t on t.ods = i.ods and t.id = i.patient_id
       where i.ods = $1 and i.patient_id = found.patient_id
       ${LOCKING[locks]}) locked`,
  );

/**
 * `$1` organisation, `$2` programme, `$3` products, `$4` record types, `$5` HMACs: three arrays of one length.
 * The limit makes each element a look-up in the primary key; as a plain join, the planner may read the whole table instead.
 */
export const FIND_SOURCE_IDS: ConstantSql = constantSql(
  `select wanted.position::integer - 1 as position, found.record_id
   from unnest($3::text[], $4::text[], $5::text[]) with ordinality wanted(product, record_type, source_hmac, position)
   cross join lateral (
     select s.record_id::text as record_id from identity.source_id s
     where s.ods = $1 and s.programme_code = $2
       and s.product = wanted.product and s.record_type = wanted.record_type and s.source_hmac = decode(wanted.source_hmac, 'hex')
     limit 1) found`,
);

/**
 * A change that counts: neither undone by a withdrawal nor the change of a withdrawal itself. `offset 0` keeps it a look-up for each change:
 * as a join, the planner may compare every change with every withdrawal (30 s for 24,000 of each). @param alias of `record_change`
 */
export const standing = (alias: string): string =>
  `not ${alias}.withdrawal and not exists (
     select from public.record_change w where w.ods = ${alias}.ods and w.record_id = ${alias}.record_id
       and w.withdrawal and w.submission_id = ${alias}.submission_id offset 0)`;

/**
 * `$1` organisation, `$2` record ids, `$3` fields: pairs. The latest change of each field that stands. The submission itself may be another
 * programme's, and then row-level security hides it: history names its programme and time as well.
 */
export const LATEST_CHANGES: ConstantSql = constantSql(
  `select wanted.record_id::text as record_id, wanted.field, c.submission_id::text as submission_id,
     coalesce(s.programme_code, c.programme_code) as programme_code, ${isoInstant("coalesce(s.received_at, c.changed_at)")} as received_at
   from unnest($2::uuid[], $3::text[]) wanted(record_id, field)
   cross join lateral (
     select h.ods, h.submission_id, h.programme_code, h.changed_at from public.record_change h
     where h.ods = $1 and h.record_id = wanted.record_id and jsonb_exists(h.changes, wanted.field) and ${standing("h")}
     order by h.version desc limit 1) c
   left join public.submission s on s.ods = c.ods and s.id = c.submission_id`,
);

/** `$1` organisation, `$2` submission ids. */
export const SUBMISSION_SOURCES: ConstantSql = constantSql(
  `select s.id::text as submission_id, s.programme_code, ${isoInstant("s.received_at")} as received_at
   from public.submission s where s.ods = $1 and s.id = any($2::uuid[])`,
);
