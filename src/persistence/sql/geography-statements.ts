/** Releases of the directory of postcodes, under the role `nacr_geographer`, and what the role `nacr_placer` asks of the one in force. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** Two loads at once would take each other's lines away. */
export const LOCK_LOADING: ConstantSql = constantSql(
  "select pg_advisory_xact_lock(hashtextextended('geography/loading', 0))::text as locked",
);

export const FORGET_UNFINISHED: ConstantSql = constantSql(
  `with unfinished as (delete from geography.release r where not r.in_force returning r.version)
   delete from geography.postcode_quintile p using unfinished u where p.version = u.version`,
);
export const BEGIN_RELEASE: ConstantSql = constantSql("insert into geography.release default values returning version");

/** `$1` version, `$2` digests, `$3` quintiles. Nothing where somebody else began to load meanwhile and took the release away. */
export const ADD_POSTCODES: ConstantSql = constantSql(
  `insert into geography.postcode_quintile (version, digest, quintile)
   select r.version, x.digest, x.quintile from unnest($2::uuid[], $3::smallint[]) x(digest, quintile)
   join geography.release r on r.version = $1::integer and not r.in_force
   on conflict do nothing`,
);

/** `$1` version: whether nobody who began to load later took it away. */
export const IS_KEPT: ConstantSql = constantSql(
  "select exists (select from geography.release r where r.version = $1::integer) as kept",
);

/** `$1` version that stays. */
export const FORGET_OTHERS: ConstantSql = constantSql(
  `with others as (delete from geography.release r where r.version <> $1::integer returning r.version)
   delete from geography.postcode_quintile p using others o where p.version = o.version`,
);

/** `$1` version. One line: how many postcodes it has. */
export const PUT_IN_FORCE: ConstantSql = constantSql(
  `update geography.release set in_force = true, postcodes = (
     select count(*) from geography.postcode_quintile p where p.version = release.version)
   where version = $1::integer returning postcodes`,
);

export const FORGET_REGIONS: ConstantSql = constantSql("delete from geography.organisation_region");
/** `$1` organisations, `$2` regions. */
export const INSERT_REGIONS: ConstantSql = constantSql(
  `insert into geography.organisation_region (ods_code, region)
   select x.ods_code, x.region from unnest($1::text[], $2::text[]) x(ods_code, region)`,
);

/** Everybody's national rows are to be made anew. */
export const MARK_EVERYBODY: ConstantSql = constantSql(
  "insert into national_feed.due (ods, patient_id) select p.ods, p.id from public.patient p",
);

export const ANY_RELEASE: ConstantSql = constantSql("select exists (select from geography.release r where r.in_force) as there");

/** Organisations whose boxes may have to be opened: those with patients, one look-up in the index each. */
export const ORGANISATIONS_WITH_PATIENTS: ConstantSql = constantSql(
  `with recursive found (ods) as (
     (select i.ods from identity.patient_identity i order by i.ods limit 1)
     union all
     select (select i.ods from identity.patient_identity i where i.ods > f.ods order by i.ods limit 1) from found f where f.ods is not null)
   select f.ods from found f where f.ods is not null`,
);

/** `$1` organisations, `$2` patients. */
export const READ_BOXES: ConstantSql = constantSql(
  `select s.ods, s.id::text as id, x.sealed from unnest($1::text[], $2::uuid[]) s(ods, id) cross join lateral (
     select i.sealed from identity.patient_identity i where i.ods = s.ods and i.patient_id = s.id offset 0) x`,
);

/** `$1` digests: those that the release in force has, with their quintile. */
export const READ_QUINTILES: ConstantSql = constantSql(
  `select s.digest::text as digest, x.quintile from unnest($1::uuid[]) s(digest) cross join lateral (
     select p.quintile from geography.release r
     join geography.postcode_quintile p on p.version = r.version and p.digest = s.digest where r.in_force offset 0) x`,
);
