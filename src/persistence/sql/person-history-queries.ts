/** What making the national rows of an earlier instant again reads, besides the records as they were (src/persistence/persons-as-of.ts). */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Under `nacr_feed`. `$1` organisations, `$2` patients: everybody with a number of one of them, themselves too. */
export const SAME_NUMBER: ConstantSql = constantSql(
  `select distinct o.ods, o.patient_id::text as id from unnest($1::text[], $2::uuid[]) s(ods, id)
   cross join lateral (
     select i.nhs_hmac from identity.patient_identity i where i.ods = s.ods and i.patient_id = s.id and i.nhs_hmac is not null offset 0) n
   cross join lateral (
     select i.ods, i.patient_id from identity.patient_identity i where i.nhs_hmac = n.nhs_hmac offset 0) o`,
);

/** Under `nacr_feed`. `$1` organisations, `$2` events: those that are linked, with their episode. */
export const EPISODES_OF: ConstantSql = constantSql(
  `select s.ods, s.id::text as id, e.episode_id from unnest($1::text[], $2::uuid[]) s(ods, id) cross join lateral (
     select e.episode_id::text as episode_id from link.episode_member e where e.ods = s.ods and e.event_id = s.id offset 0) e`,
);

/** Under `nacr_feed`: whose each programme is, as the feed reads it. */
export const REGISTERED_PROGRAMMES: ConstantSql = constantSql(
  `select g.code, g.ods_code as trust, o.nation, y.region from public.programme g
   left join public.organisation o on o.ods_code = g.ods_code
   left join geography.organisation_region y on y.ods_code = g.ods_code and o.nation = 'ENGLAND'`,
);
/** Under `nacr_feed`. */
export const REGISTERED_ORGANISATIONS: ConstantSql = constantSql(
  "select o.ods_code as ods from public.organisation o order by 1",
);

/** Under `nacr_app`. `$1` organisation, `$2` records, `$3` instant: the items of each that changed since; all of them where it was removed. */
export const CHANGED_SINCE: ConstantSql = constantSql(
  `select distinct w.id::text as id, x.field from unnest($2::uuid[]) w(id) cross join lateral (
     select f.key as field from public.record_change h cross join lateral jsonb_object_keys(h.changes) f (key)
     where h.ods = $1 and h.record_id = w.id and h.changed_at > $3::timestamptz offset 0) x`,
);

/** Under `nacr_app`. `$1` organisation, `$2` patients, `$3` instant, `$4` item: of those of whom it changed since, the first line of it. */
export const FIRST_SINCE: ConstantSql = constantSql(
  `select w.id::text as id, x.version, x.sealed from unnest($2::uuid[]) w(id) cross join lateral (
     select h.version, h.sealed from public.record_change h
     where h.ods = $1 and h.record_id = w.id and h.changed_at > $3::timestamptz and jsonb_exists(h.changes, $4::text)
     order by h.version limit 1) x`,
);

/**
 * Under `nacr_app`. `$1` organisation, `$2` instant, `$3` the item of the number: of each patient who was there then and is gone, or has
 * another number, the first line since that changed the number. The removal of a patient without one changes none: its line it is.
 */
export const NUMBERS_SINCE: ConstantSql = constantSql(
  `select distinct on (h.record_id) h.record_id::text as id, h.version, h.sealed, p.id is null as is_gone
   from public.record_change h left join public.patient p on p.ods = h.ods and p.id = h.record_id
   where h.ods = $1 and h.record_type = 'PATIENT' and h.changed_at > $2::timestamptz
     and (jsonb_exists(h.changes, $3::text) or (h.removal and p.id is null))
     and not exists (
       select from public.record_change f where f.ods = $1 and f.record_id = h.record_id and f.written_before > $2::timestamptz
         and f.version = (select min(v.version) from public.record_change v where v.ods = $1 and v.record_id = h.record_id))
   order by h.record_id, h.version`,
);

const touches = (table: string, time: string): string =>
  `exists (select from link.${table} x where x.a_ods = s.ods and x.a_id = s.id and ${time})
   or exists (select from link.${table} x where x.b_ods = s.ods and x.b_id = s.id and ${time})`;
/** What was decided about somebody who is gone: the decision is left, the link is not. */
const PARTNER_IS_GONE = `x.kind = 'PERSON' and (
     not exists (select from public.patient p where p.ods = x.a_ods and p.id = x.a_id)
     or not exists (select from public.patient p where p.ods = x.b_ods and p.id = x.b_id))`;

/** Under `nacr_linker`. `$1` organisations, `$2` patients and events, `$3` instant: of whom links may be others since. */
export const RELINKED_SINCE: ConstantSql = constantSql(
  `select s.ods, s.id::text as id from unnest($1::text[], $2::uuid[]) s(ods, id)
   where ${touches("pair", "x.since >= $3::timestamptz")}
     or ${touches("decision", `(x.decided_at >= $3::timestamptz or ${PARTNER_IS_GONE})`)}
     or exists (
       select from identity.patient_merge m where m.ods = s.ods and s.id in (m.patient_id, m.merged_into)
         and m.merged_at >= $3::timestamptz)`,
);

/** Under `nacr_auditor`. `$1` instant. */
export const GEOGRAPHY_SINCE: ConstantSql = constantSql(
  `select exists (select from audit.event e where e.ods is null and e.type = 'LOAD_GEOGRAPHY' and e.at >= $1::timestamptz) as loaded`,
);
/** Under `nacr_access`. `$1` instant. */
export const DESTROYED_SINCE: ConstantSql = constantSql(
  "select count(*)::integer as destroyed from destruction.certificate c where c.erased_at >= $1::timestamptz",
);
