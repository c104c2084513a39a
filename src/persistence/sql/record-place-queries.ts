/** Where one stored record stands, and whether it stood somewhere before it was withdrawn. */
import type { RecordTypeName } from "../../dataset/define.ts";
import { constantSql } from "../database/constant-sql.ts";
import { type DatasetSql, type DatasetStatements, statementsOf } from "./dataset-statements.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

export interface PlaceQuery {
  /** From the patient down. */
  readonly recordTypes: readonly RecordTypeName[];
  /** `$1` organisation, `$2` record: its version, and the ids from the patient down. */
  readonly sql: ConstantSql;
}

/** The record type itself, then its ancestors up to the patient. */
function lineage(sql: DatasetSql, statements: DatasetStatements): readonly DatasetStatements[] {
  const { parent } = statements.recordType.definition;
  return parent === null ? [statements] : [statements, ...lineage(sql, statementsOf(sql, parent))];
}

function compilePlace(sql: DatasetSql, statements: DatasetStatements): PlaceQuery {
  const line = lineage(sql, statements);
  const joins = line.slice(1).map(({ table }, level) => {
    const below = line[level]?.table.parent?.column;
    return `join public.${table.name} t${level + 1} on t${level + 1}.ods = $1 and t${level + 1}.id = t${level}.${below}`;
  });
  const ids = line.map((_, level) => `t${level}.id::text`).reverse();
  return {
    recordTypes: line.map(({ recordType }) => recordType.name).reverse(),
    sql: constantSql(
      `select t0.version, array[${ids.join(", ")}] as path from public.${statements.table.name} t0 ${joins.join(" ")}
       where t0.ods = $1 and t0.id = $2::uuid`,
    ),
  };
}

export const compilePlaces = (sql: DatasetSql): ReadonlyMap<RecordTypeName, PlaceQuery> =>
  new Map([...sql].map(([name, statements]) => [name, compilePlace(sql, statements)]));

/** `$1` organisation, `$2` record type, `$3` record. */
export const RECORD_WAS_WITHDRAWN: ConstantSql = constantSql(
  `select exists (select from public.record_tombstone k
     where k.ods = $1 and k.record_type = $2 and k.record_id = $3::uuid and k.restored_at is null) as withdrawn`,
);

/** `$1` organisation, `$2` record type, `$3` HMAC of the sender's id, `$4` what its row said. The answers know every id that was ever sent. */
export const ID_WAS_WITHDRAWN: ConstantSql = constantSql(
  `select exists (
     select from public.submission_record r
     join public.record_tombstone k on k.ods = $1 and k.record_id = r.record_id and k.restored_at is null
     where r.ods = $1 and r.record_type = $2 and r.source_hmac = decode($3, 'hex') and k.beside -> 'identity.source_id' @> $4::jsonb
   ) as withdrawn`,
);

/** `$1` organisation, `$2` submissions, `$3` records: pairs. */
export const RECORD_WITHDRAWALS: ConstantSql = constantSql(
  `select k.submission_id::text as submission_id, k.record_id::text as record_id, k.version, k.sealed,
     ${isoInstant("k.withdrawn_at")} as withdrawn_at, ${isoInstant("k.restorable_until")} as restorable_until,
     ${isoInstant("k.restored_at")} as restored_at
   from unnest($2::uuid[], $3::uuid[]) wanted(submission_id, record_id)
   join public.record_tombstone k on k.ods = $1 and k.record_id = wanted.record_id and k.submission_id = wanted.submission_id`,
);
