/** Reading the history of one record: `$1` is the organisation, `$2` the record in every statement. Made from the dictionary. */
import { constantSql } from "../database/constant-sql.ts";
import type { DatasetSql, DatasetStatements } from "./dataset-statements.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";
import { rowAsJson } from "./undo-statements.ts";

/** The same reads with and without what is sealed: what a caller may not see is not read. */
export interface HistoryReads {
  /** One row: what the record is, who created it, its values as they are. None for a record that is not to be seen. */
  readonly record: ConstantSql;
  /** `$3` item (null: all), `$4` and `$5` version and item of the last one seen, `$6` how many. Latest version first, its items by name. */
  readonly page: ConstantSql;
  /** `$3` item (null: all). Of each item that was ever changed, its first change: what it was before, it was from the beginning. */
  readonly firstChanges: ConstantSql;
}

export interface HistoryQueries {
  readonly plain: HistoryReads;
  readonly withIdentity: HistoryReads;
  /** `$3` item (null: all). */
  readonly count: ConstantSql;
}

const LINES = `public.record_change h cross join lateral jsonb_each(h.changes) f
  where h.ods = $1 and h.record_id = $2::uuid and ($3::text is null or f.key = $3::text)`;

const COUNT = `select count(*)::integer as total from ${LINES}`;

/** Whether what a submission did to the record was undone by its withdrawal. */
const isWithdrawn = (submissionId: string): string =>
  `exists (select from public.record_change w
     where w.ods = $1 and w.record_id = $2::uuid and w.withdrawal and w.submission_id = ${submissionId} offset 0)`;

/** Cut to the page before the submissions are joined. A submission may be another programme's, and hidden: history names its programme too. */
const page = (sealed: string): string =>
  `select c.version, c.field, c.before, c.after, c.decision, c.withdrawal, c.submission_id::text as submission_id, c.sealed,
     ${isoInstant("c.changed_at")} as at, not c.withdrawal and ${isWithdrawn("c.submission_id")} as withdrawn,
     coalesce(s.programme_code, c.programme_code) as programme_code, ${isoInstant("coalesce(s.received_at, c.changed_at)")} as received_at
   from (
     select h.version, f.key collate "C" as field, (f.value -> 'before')::text as before, (f.value -> 'after')::text as after,
       f.value ->> 'decision' as decision, h.withdrawal, h.submission_id, h.programme_code, h.changed_at, ${sealed} as sealed
     from ${LINES}
       and ($4::integer is null or h.version < $4::integer or (h.version = $4::integer and f.key collate "C" > $5::text))
     order by h.version desc, 2 limit $6::integer) c
   left join public.submission s on s.ods = $1 and s.id = c.submission_id
   order by c.version desc, c.field`;

const firstChanges = (sealed: string): string =>
  `select distinct on (f.key) f.key as field, h.version, (f.value -> 'before')::text as before, f.value ->> 'decision' as decision,
     ${sealed} as sealed
   from ${LINES} order by f.key, h.version`;

/** Identifying items that are known by their digests, without opening anything. */
const DIGESTED = `array_remove(array[case when i.nhs_hmac is not null then 'nhsNumber' end,
  case when i.hospital_hmac is not null then 'hospitalNumber' end, case when i.dob_hmac is not null then 'dateOfBirth' end], null)`;

function storedRow(statements: DatasetStatements, withIdentity: boolean): string {
  const { recordType, table } = statements;
  const isPatient = recordType.name === "PATIENT";
  const identity = isPatient ? `${DIGESTED}, ${withIdentity ? "i.sealed" : "null::bytea"}` : "'{}'::text[], null::bytea";
  const join = isPatient ? "join identity.patient_identity i on i.ods = t.ods and i.patient_id = t.id" : "";
  return `select '${recordType.name}', t.created_submission_id, t.programme_code, t.updated_at, ${rowAsJson(statements)}, ${identity}
    from public.${table.name} t ${join} where t.ods = $1 and t.id = $2::uuid`;
}

const line = (order: string): string =>
  `(select h.* from public.record_change h where h.ods = $1 and h.record_id = $2::uuid order by h.version ${order} limit 1)`;

/**
 * A record that is gone is known by its last line: its own submission was withdrawn, or it was withdrawn itself, and left a tombstone
 * that says who had created it. Its creation was written when the first line says,
 * or, where that was before lines said so, when its submission was completed.
 */
function record(sql: DatasetSql, withIdentity: boolean): string {
  const rows = [...sql.values()].map((statements) => storedRow(statements, withIdentity));
  return `with stored (record_type, created_submission_id, programme_code, updated_at, "values", digested, sealed) as (
      ${rows.join("\nunion all ")}),
    known as (
      select coalesce(r.record_type, l.record_type) as record_type, coalesce(r.created_submission_id, k.created_submission_id, l.submission_id) as creator,
        coalesce(f.programme_before, r.programme_code, l.programme_code) as programme_code, f.changed_at as first_change,
        case when f.version is null then r.updated_at else f.written_before end as created_at, r."values", r.digested, r.sealed
      from (select) one left join stored r on true left join ${line("asc")} f on true left join ${line("desc")} l on true
      left join public.record_tombstone k on k.ods = $1 and k.record_id = l.record_id and k.version = l.version
      where r.record_type is not null or l.withdrawal)
    select k.record_type, k.creator::text as submission_id, coalesce(s.programme_code, k.programme_code) as programme_code,
      ${isoInstant("coalesce(k.created_at, s.completed_at, k.first_change)")} as at,
      ${isoInstant("coalesce(s.received_at, k.created_at, k.first_change)")} as received_at,
      ${isWithdrawn("k.creator")} as withdrawn, coalesce(k."values", '{}')::text as "values", coalesce(k.digested, '{}') as digested, k.sealed
    from known k left join public.submission s on s.ods = $1 and s.id = k.creator`;
}

const reads = (sql: DatasetSql, withIdentity: boolean): HistoryReads => {
  const sealed = withIdentity ? "h.sealed" : "null::bytea";
  return {
    record: constantSql(record(sql, withIdentity)),
    page: constantSql(page(sealed)),
    firstChanges: constantSql(firstChanges(sealed)),
  };
};

export const compileHistoryQueries = (sql: DatasetSql): HistoryQueries => ({
  plain: reads(sql, false),
  withIdentity: reads(sql, true),
  count: constantSql(COUNT),
});
