/** FHIR servers that are read. Row-level security shows those of the organisation and the programmes alone. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** With the latest pull. */
export const SOURCE_COLUMNS = `f.id::text as id, f.ods, f.programme_code, f.name, f.base_url, f.state, f.origin, f.vendor, f.product,
  f.product_version, f.profile, f.settings::text as settings, f.interval_minutes, f.public_key::text as public_key,
  ${isoInstant("f.created_at")} as created_at, f.created_by, ${isoInstant("f.confirmed_at")} as confirmed_at,
  f.capability::text as capability, ${isoInstant("f.read_until")} as read_until, ${isoInstant("f.open_until")} as open_until,
  l.submission_id::text as last_submission_id, l.resources::double precision as last_resources, l.patients as last_patients,
  l.unchanged as last_unchanged, l.deleted as last_deleted, ${isoInstant("l.created_at")} as last_started_at,
  ${isoInstant("l.finished_at")} as last_finished_at, l.failure as last_failure`;

export const SOURCES = `public.fhir_source f left join lateral (
    select * from public.fhir_pull p where p.ods = f.ods and p.source_id = f.id order by p.created_at desc limit 1) l on true`;

/** `$1` organisation. Registrations of one organisation follow one another, so that none passes the limit beside another one. */
export const LOCK_SOURCES: ConstantSql = constantSql(
  `select pg_advisory_xact_lock(hashtextextended('fhir-sources/' || $1::text, 0))`,
);

/** `$1` organisation. */
export const COUNT_SOURCES: ConstantSql = constantSql(
  `select count(*)::integer as total from public.fhir_source f where f.ods = $1 and f.state <> 'REMOVED'`,
);

/** `$1` organisation. */
export const LIST_SOURCES: ConstantSql = constantSql(
  `select ${SOURCE_COLUMNS} from ${SOURCES} where f.ods = $1 and f.state <> 'REMOVED' order by f.created_at, f.id`,
);

/** `$1` organisation, `$2` source. */
export const FIND_SOURCE: ConstantSql = constantSql(
  `select ${SOURCE_COLUMNS} from ${SOURCES} where f.ods = $1 and f.id = $2::uuid`,
);

/**
 * `$1` organisation, `$2` id, `$3` programme, `$4` name, `$5` address, `$6` state, `$7` origin, `$8` vendor, `$9` product, `$10` version,
 * `$11` profile, `$12` settings, `$13` interval, `$14` secret, `$15` public key, `$16` created, `$17` by whom, `$18` confirmed. One that is
 * there is replaced, but for how far it was read.
 */
export const PUT_SOURCE: ConstantSql = constantSql(
  `insert into public.fhir_source as f (ods, id, programme_code, name, base_url, state, origin, vendor, product, product_version, profile,
     settings, interval_minutes, secret, public_key, created_at, created_by, confirmed_at, confirmed_by, failures, next_pull_at)
   values ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11::text, $12::jsonb, $13::integer, $14::bytea, $15::jsonb, $16::timestamptz,
     $17::text, $18::timestamptz, case when $18::timestamptz is null then null else $17::text end, 0, $18::timestamptz)
   on conflict (ods, id) do update set name = excluded.name, state = excluded.state, vendor = excluded.vendor, product = excluded.product,
     product_version = excluded.product_version, profile = excluded.profile, settings = excluded.settings,
     interval_minutes = excluded.interval_minutes, secret = excluded.secret, public_key = excluded.public_key,
     next_pull_at = coalesce(f.next_pull_at, excluded.next_pull_at)`,
);

/** `$1` organisation, `$2` source, `$3` when, `$4` by whom. The first scheduled pull is due at once. */
export const CONFIRM_SOURCE: ConstantSql = constantSql(
  `update public.fhir_source f set state = 'CONFIRMED', confirmed_at = $3::timestamptz, confirmed_by = $4, next_pull_at = $3::timestamptz
   where f.ods = $1 and f.id = $2::uuid and f.state = 'PROPOSED'`,
);

/** `$1` organisation, `$2` source. Its key is forgotten. */
export const REMOVE_SOURCE: ConstantSql = constantSql(
  "update public.fhir_source f set state = 'REMOVED', secret = null where f.ods = $1 and f.id = $2::uuid",
);

/** Of every organisation. */
export const CONFIGURED_SOURCES: ConstantSql = constantSql(
  `select f.ods, f.id::text as id, f.programme_code from public.fhir_source f where f.origin = 'CONFIGURED' and f.state <> 'REMOVED'`,
);
