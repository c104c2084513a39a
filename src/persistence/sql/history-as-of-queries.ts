/**
 * Records as they were at an instant, made from the dictionary. Versions follow one another without a gap, also where a submission was
 * withdrawn (its undoing is a version of its own), so what a record was is what it is, with every later version taken back. From the
 * version of a removal on there is none, until a later version brings it back. `$1` is the
 * organisation, `$3` the instant in every statement; the instant of a version is its `changed_at`.
 */
import { constantSql } from "../database/constant-sql.ts";
import { type DatasetSql, type DatasetStatements, statementsOf } from "./dataset-statements.ts";
import { isoInstant } from "./iso-instant.ts";
import { idByMac, survivorOf } from "./merge-statements.ts";
import type { ConstantSql } from "./table-shape.ts";
import { rowAsJson } from "./undo-statements.ts";

/** The same reads with and without the sealed identity: what a caller may not see is not read. */
export interface PatientAsOfReads {
  /** `$2` the id, or the HMAC of a number the patient has now. */
  readonly byId: ConstantSql;
  /** By id, wherever the patient was merged into then. */
  readonly itself: ConstantSql;
  readonly byNhsMac: ConstantSql;
  readonly byHospitalMac: ConstantSql;
}

export interface AsOfQueries {
  readonly plain: PatientAsOfReads;
  readonly withIdentity: PatientAsOfReads;
  /** `$2` patients, each itself: nobody's identity. Those who are gone are not among them. */
  readonly patients: ConstantSql;
  /** `$2` parent ids; null for the patient, who has no parent. */
  readonly children: ReadonlyMap<string, ConstantSql | null>;
}

const INSTANT = "$3::timestamptz";
const CANDIDATE = `c (id, parent_id, removed, version, programme_code, updated_at, creator, "values", year_of_birth, sealed, source_time)`;

/** A row as a candidate. */
function storedRow(statements: DatasetStatements, sealed: string): string {
  const { recordType, table } = statements;
  const parent = table.parent === null ? "null::uuid" : `t.${table.parent.column}`;
  const year = recordType.name === "PATIENT" ? "t.year_of_birth" : "null::integer";
  return `t.id, ${parent}, false, t.version, t.programme_code, t.updated_at, t.created_submission_id, ${rowAsJson(statements)}, ${year}, ${sealed}, t.source_time`;
}

/** The removal `r` of a row as a candidate: it took away every value that there was. Who created it is told by its tombstone, if it left one. */
const REMOVED_ROW = `r.record_id, r.parent_before, true, r.version, r.programme_code, r.changed_at,
  coalesce((select k.created_submission_id from public.record_tombstone k
    where k.ods = $1 and k.record_id = r.record_id and k.version = r.version), r.submission_id), '{}'::jsonb, null::integer, null::bytea, null::timestamptz`;

/** The last line of the record of the line `r`: it may have been removed, brought back, and removed again. */
const IS_LAST = `not exists (select from public.record_change n where n.ods = $1 and n.record_id = r.record_id and n.version > r.version)`;

/**
 * Candidates as they were. `p`: how far the record's history had come. The creation is not a line of history: the first line says when
 * the row had been written; where lines did not say so yet, the completion of the submission stands for it.
 */
const asTheyWere = (candidates: string): string =>
  `select c.id::text as id, c.parent_id::text as parent_id, v.version, ${isoInstant("v.written_at")} as updated_at,
     coalesce(b.programme_code, c.programme_code) as programme_code, (c."values" || b."values")::text as "values", c.year_of_birth, c.sealed,
     ${isoInstant("coalesce(b.source_time, c.source_time)")} as source_time
   from (${candidates}) ${CANDIDATE}
   cross join lateral (
     select max(h.version) filter (where h.changed_at <= $3::timestamptz) as reached,
       case when count(*) = 0 then c.updated_at
         else coalesce((array_agg(h.written_before order by h.version))[1],
           (select coalesce(s.completed_at, s.received_at) from public.submission s where s.ods = $1 and s.id = c.creator), min(h.changed_at))
         end as created_at
     from public.record_change h where h.ods = $1 and h.record_id = c.id) p
   left join lateral (
     select h.changed_at, h.removal from public.record_change h where h.ods = $1 and h.record_id = c.id and h.version = p.reached) l on true
   cross join lateral (
     select coalesce(p.reached, 1) as version, coalesce(l.changed_at, p.created_at) as written_at) v
   cross join lateral (
     select coalesce(jsonb_object_agg(f.key, f.value -> 'before' order by h.version desc) filter (where f.key is not null), '{}') as "values",
       (array_agg(h.programme_before order by h.version))[1] as programme_code,
       (array_agg(h.source_time_before order by h.version))[1] as source_time
     from public.record_change h left join lateral jsonb_each(h.changes) f on true
     where h.ods = $1 and h.record_id = c.id and h.version > v.version) b
   where (p.reached is not null or p.created_at <= $3::timestamptz) and l.removal is not true
     and not (c.removed and v.version = c.version)
   order by c.id`;

/** One look-up for each parent: see `compileRecordType`. */
function childrenAsOf(statements: DatasetStatements): ConstantSql | null {
  const { recordType, table } = statements;
  if (table.parent === null) return null;
  return constantSql(
    asTheyWere(
      `select found.* from unnest($2::uuid[]) wanted(id) cross join lateral (
         select ${storedRow(statements, "null::bytea")} from public.${table.name} t
         where t.ods = $1 and t.${table.parent.column} = wanted.id offset 0) found
       union all
       select gone.* from unnest($2::uuid[]) wanted(id) cross join lateral (
         select ${REMOVED_ROW} from public.record_change r
         where r.ods = $1 and r.parent_before = wanted.id and r.record_type = '${recordType.name}' and ${IS_LAST} offset 0) gone`,
    ),
  );
}

/** A patient that is gone is known by its last line; its numbers went with it. */
function patientAsOf(patient: DatasetStatements, withIdentity: boolean): PatientAsOfReads {
  const stored = (condition: string): string =>
    `select ${storedRow(patient, withIdentity ? "i.sealed" : "null::bytea")}
     from public.patient t join identity.patient_identity i on i.ods = t.ods and i.patient_id = t.id where t.ods = $1 and ${condition}`;
  const ofId = (id: string): ConstantSql =>
    constantSql(
      asTheyWere(
        `${stored(`t.id = ${id}`)}
         union all
         select gone.* from (
           select ${REMOVED_ROW} from public.record_change r
           where r.ods = $1 and r.record_id = $2::uuid and r.record_type = 'PATIENT' and r.withdrawal
             and not exists (select from public.patient t where t.ods = $1 and t.id = $2::uuid)
           order by r.version desc limit 1) gone`,
      ),
    );
  const ofNumber = (column: Parameters<typeof idByMac>[0]): ConstantSql =>
    constantSql(asTheyWere(stored(`t.id = ${survivorOf(idByMac(column), INSTANT)}`)));
  return {
    byId: ofId(survivorOf("$2::uuid", INSTANT)),
    itself: ofId("$2::uuid"),
    byNhsMac: ofNumber("nhs_hmac"),
    byHospitalMac: ofNumber("hospital_hmac"),
  };
}

/** `$2` patient, `$3` version, `$4` identifying items. Of each item that changed after the version, its first change since. */
export const IDENTITY_SINCE: ConstantSql = constantSql(
  `select distinct on (f.key) f.key as field, h.version, h.sealed
   from public.record_change h cross join lateral jsonb_object_keys(h.changes) f (key)
   where h.ods = $1 and h.record_id = $2::uuid and h.version > $3::integer and h.sealed is not null and f.key = any($4::text[])
   order by f.key, h.version`,
);

export function compileAsOfQueries(sql: DatasetSql): AsOfQueries {
  const patient = statementsOf(sql, "PATIENT");
  return {
    plain: patientAsOf(patient, false),
    withIdentity: patientAsOf(patient, true),
    patients: constantSql(
      asTheyWere(
        `select found.* from unnest($2::uuid[]) wanted(id) cross join lateral (
           select ${storedRow(patient, "null::bytea")} from public.patient t where t.ods = $1 and t.id = wanted.id offset 0) found`,
      ),
    ),
    children: new Map([...sql].map(([name, statements]) => [name, childrenAsOf(statements)])),
  };
}
