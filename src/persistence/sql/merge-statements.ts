/** Patients of an organisation that are one, and the numbers they had (ADR 0025): `$1` is the organisation in every statement. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$2` submission, `$3` instant, `$4` patients, `$5` what each is merged into. */
export const MERGE_PATIENTS: ConstantSql = constantSql(
  `insert into identity.patient_merge (ods, patient_id, merged_into, submission_id, merged_at)
   select $1, m.patient_id, m.merged_into, $2::uuid, $3::timestamptz from unnest($4::uuid[], $5::uuid[]) m(patient_id, merged_into)`,
);

/** `$2` submission, `$3` instant, `$4` patients. */
export const UNMERGE_PATIENTS: ConstantSql = constantSql(
  `with apart as (
     delete from identity.patient_merge m where m.ods = $1 and m.patient_id = any($4::uuid[]) returning m.*)
   insert into identity.former_merge (ods, patient_id, merged_into, merge_submission_id, merged_at, submission_id, unmerged_at)
   select a.ods, a.patient_id, a.merged_into, a.submission_id, a.merged_at, $2::uuid, $3::timestamptz from apart a`,
);

/** `$2` submission, `$3` patients, `$4` HMACs of the numbers they had. */
export const KEEP_FORMER_NUMBERS: ConstantSql = constantSql(
  `insert into identity.former_nhs_number (ods, patient_id, nhs_hmac, submission_id)
   select $1, f.patient_id, decode(f.mac, 'hex'), $2::uuid from unnest($3::uuid[], $4::text[]) f(patient_id, mac)
   on conflict do nothing`,
);

/** Patients that the submission `$2` created. */
const CREATED = `(select r.record_id from public.submission_record r
  where r.ods = $1 and r.submission_id = $2::uuid and r.record_type = 'PATIENT' and r.outcome = 'CREATED')`;

/**
 * Submissions that build on what `$2` said of identities: they merged a patient it created, took one of its merges back, or merged again
 * a patient whose merge it took back.
 */
export const LATER_MERGES: ConstantSql = constantSql(
  `select distinct later.id::text as id from (
     select m.submission_id as id from ${CREATED} own
     join identity.patient_merge m on m.ods = $1 and own.record_id in (m.patient_id, m.merged_into)
     union
     select unnest(array[f.merge_submission_id, f.submission_id]) from ${CREATED} own
     join identity.former_merge f on f.ods = $1 and own.record_id in (f.patient_id, f.merged_into)
     union
     select f.submission_id from identity.former_merge f where f.ods = $1 and f.merge_submission_id = $2::uuid
     union
     select m.submission_id from identity.former_merge f
     join identity.patient_merge m on m.ods = $1 and m.patient_id = f.patient_id
     where f.ods = $1 and f.submission_id = $2::uuid
     union
     select g.submission_id from identity.former_merge f
     join identity.former_merge g on g.ods = $1 and g.patient_id = f.patient_id and g.unmerged_at > f.unmerged_at
     where f.ods = $1 and f.submission_id = $2::uuid) later
   where later.id <> $2::uuid`,
);

/** What the submission `$2` said of identities is unsaid: its merges, the numbers it called superseded, the merges it took back. */
export const UNDO_IDENTITY_LINKS: readonly ConstantSql[] = [
  constantSql("delete from identity.patient_merge m where m.ods = $1 and m.submission_id = $2::uuid"),
  constantSql("delete from identity.former_nhs_number f where f.ods = $1 and f.submission_id = $2::uuid"),
  constantSql(
    `with back as (
       delete from identity.former_merge f where f.ods = $1 and f.submission_id = $2::uuid returning f.*)
     insert into identity.patient_merge (ods, patient_id, merged_into, submission_id, merged_at)
     select b.ods, b.patient_id, b.merged_into, b.merge_submission_id, b.merged_at from back b`,
  ),
];

/** The merge `m` stood at the instant `at`, taken back since or not. */
const mergesAsOf = (at: string): string =>
  `(select m.ods, m.patient_id, m.merged_into from identity.patient_merge m where m.merged_at <= ${at}
    union all
    select f.ods, f.patient_id, f.merged_into from identity.former_merge f where f.merged_at <= ${at} and f.unmerged_at > ${at})`;

const merges = (at: string | null): string => (at === null ? "identity.patient_merge" : mergesAsOf(at));

/** As SQL, the id of the patient that the patient `start` leads to: itself where it was merged into none. `at`: the instant; null: now. */
export const survivorOf = (start: string, at: string | null): string =>
  `(with recursive chain (id, step) as (
      select ${start}, 0
      union all
      select m.merged_into, c.step + 1 from chain c join ${merges(at)} m on m.ods = $1 and m.patient_id = c.id)
    select c.id from chain c order by c.step desc limit 1)`;

/** As SQL, the id of the patient who has the number with the HMAC `$2` now. */
export const idByMac = (column: "nhs_hmac" | "hospital_hmac"): string =>
  `(select i.patient_id from identity.patient_identity i where i.ods = $1 and i.${column} = decode($2, 'hex'))`;

const mergedInto = (at: string | null): ConstantSql =>
  constantSql(
    `with recursive below (root, id) as (
       select r.id, m.patient_id from unnest($2::uuid[]) r(id) join ${merges(at)} m on m.ods = $1 and m.merged_into = r.id
       union
       select b.root, m.patient_id from below b join ${merges(at)} m on m.ods = $1 and m.merged_into = b.id)
     select b.root::text as root, b.id::text as id from below b order by b.root, b.id`,
  );

/** `$2` patients: who was merged into each, by whatever way. The second asks for the instant `$3`. */
export const MERGED_PATIENTS: ConstantSql = mergedInto(null);
export const MERGED_PATIENTS_AS_OF: ConstantSql = mergedInto("$3::timestamptz");
