/**
 * Withdrawing records, and bringing them back (ADR 0024), made from the dictionary; each statement works on all rows of a type at once.
 * `$1` is the organisation, `$2` the submission that withdraws, `$3` the time where it is needed.
 */
import type { RecordTypeName } from "../../dataset/define.ts";
import { constantSql } from "../database/constant-sql.ts";
import type { DatasetSql, DatasetStatements } from "./dataset-statements.ts";
import type { ConstantSql } from "./table-shape.ts";
import { HISTORY_COLUMNS, historyOfPatients, historyOfRemoved, rowAsJson, SENDER } from "./undo-statements.ts";

export interface RemovalStatements {
  readonly recordType: RecordTypeName;
  /** `$4` rows; of patients, `$5` and `$6` as of `historyOfPatients`. */
  readonly history: ConstantSql;
  /** `$4` rows, `$5` until when they may be brought back, `$6` rows with a reason, `$7` their reasons, sealed. */
  readonly bury: ConstantSql;
  /** `$2` rows. What stands beside them, to be deleted before them. */
  readonly removeBeside: readonly ConstantSql[];
  readonly remove: ConstantSql;
}

export interface RestoreStatements {
  readonly restore: ConstantSql;
  /** What stands beside the rows, after them. */
  readonly restoreBeside: readonly ConstantSql[];
  /** History of the rows that are back; of patients, `$4` to `$6` as of `historyOfPatients`. */
  readonly history: ConstantSql;
  /** Submissions that gave another row the natural key. Null: a patient has none. */
  readonly takenKeys: ConstantSql | null;
  /** Submissions that took away the row it hung below. Null: a patient hangs below none. */
  readonly goneParents: ConstantSql | null;
}

/** A table whose rows stand beside those of the dataset, and which of them belong to the row `t`. */
interface Beside {
  readonly table: string;
  readonly isOf: (id: string) => string;
}

const SOURCE_IDS: Beside = { table: "identity.source_id", isOf: (id) => `x.record_id = ${id}` };
const OF_PATIENTS: readonly Beside[] = [
  { table: "identity.former_nhs_number", isOf: (id) => `x.patient_id = ${id}` },
  { table: "identity.patient_merge", isOf: (id) => `(x.patient_id = ${id} or x.merged_into = ${id})` },
  { table: "identity.patient_identity", isOf: (id) => `x.patient_id = ${id}` },
];

const besideOf = ({ recordType }: DatasetStatements): readonly Beside[] =>
  recordType.name === "PATIENT" ? [SOURCE_IDS, ...OF_PATIENTS] : [SOURCE_IDS];

/** The tombstones of a type that the submission left, and that nobody brought back. */
const ownTombstones = (type: string): string =>
  `(select k.* from public.record_tombstone k
    where k.ods = $1 and k.submission_id = $2::uuid and k.restored_at is null and k.record_type = '${type}')`;

const bury = (statements: DatasetStatements): string => {
  const { recordType, table } = statements;
  const beside = besideOf(statements).map(
    (other) =>
      `'${other.table}', (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from ${other.table} x where x.ods = $1 and ${other.isOf("t.id")})`,
  );
  return `insert into public.record_tombstone (ods, record_id, version, record_type, programme_code, parent_id, submission_id,
      created_submission_id, withdrawn_at, restorable_until, sealed, stored, beside)
    select $1, t.id, t.version + 1, '${recordType.name}', ${table.programmeScoped ? "t.programme_code" : SENDER},
      ${table.parent === null ? "null" : `t.${table.parent.column}`}, $2::uuid, t.created_submission_id, $3::timestamptz, $5::timestamptz,
      w.sealed, to_jsonb(t), jsonb_build_object(${beside.join(", ")})
    from unnest($4::uuid[]) own(id) join public.${table.name} t on t.ods = $1 and t.id = own.id
    left join unnest($6::uuid[], $7::bytea[]) w(id, sealed) on w.id = t.id`;
};

const removeFrom = (table: string, condition: string): ConstantSql =>
  constantSql(`delete from ${table} x where x.ods = $1 and ${condition}`);

/** One entry per record type, parents before children. */
export const compileRemovals = (datasetSql: DatasetSql): readonly RemovalStatements[] =>
  [...datasetSql.values()].map((statements) => ({
    recordType: statements.recordType.name,
    history: constantSql(
      statements.recordType.name === "PATIENT"
        ? historyOfPatients(statements)
        : historyOfRemoved(statements, "(select unnest($4::uuid[]) as id)"),
    ),
    bury: constantSql(bury(statements)),
    removeBeside: besideOf(statements).map(({ table, isOf }) => removeFrom(table, isOf("any($2::uuid[])"))),
    remove: removeFrom(`public.${statements.table.name}`, "x.id = any($2::uuid[])"),
  }));

/** The rows of a tombstone `k` as rows of their table again, under `r`. */
const asRows = (table: string, from: string, json: string): string =>
  `${from} cross join lateral jsonb_populate_record(null::${table}, ${json}) r`;

function restoreRows({ recordType, table }: DatasetStatements): string {
  const changed = `k.stored || jsonb_build_object('version', k.version + 1, 'updated_at', $3::timestamptz)`;
  return `insert into public.${table.name} select r.* from ${asRows(`public.${table.name}`, `${ownTombstones(recordType.name)} k`, changed)}`;
}

/** Two rows may have had one row beside them: a merge stands with both patients. */
const restoreBeside = ({ recordType }: DatasetStatements, { table }: Beside): string =>
  `insert into ${table} select r.* from ${asRows(
    table,
    `(select distinct e.value from ${ownTombstones(recordType.name)} k cross join lateral jsonb_array_elements(k.beside -> '${table}') e) x`,
    "x.value",
  )}`;

/** What the return of the row `t` brings, as changes. */
const returnedValues = (statements: DatasetStatements): string =>
  `coalesce((select jsonb_object_agg(f.key, jsonb_build_object('before', null, 'after', f.value, 'decision', 'SET'))
     from jsonb_each(${rowAsJson(statements)}) f where f.value <> 'null'), '{}')`;

function historyOfReturned(statements: DatasetStatements): string {
  const { recordType, table } = statements;
  const isPatient = recordType.name === "PATIENT";
  const changes = isPatient ? `${returnedValues(statements)} || x.changes, x.sealed` : `${returnedValues(statements)}, null`;
  const identity = isPatient ? "join unnest($4::uuid[], $5::jsonb[], $6::bytea[]) x(id, changes, sealed) on x.id = t.id" : "";
  return `insert into public.record_change ${HISTORY_COLUMNS}
    select $1, t.id, t.version, '${recordType.name}', ${table.programmeScoped ? "t.programme_code" : SENDER}, $2::uuid, $3::timestamptz,
      ${changes}, true, t.programme_code, t.source_time, k.withdrawn_at, null, false
    from ${ownTombstones(recordType.name)} k join public.${table.name} t on t.ods = $1 and t.id = k.record_id ${identity}`;
}

/** Whoever created the row `o`, or gave it the natural key since. */
function takenKeys(statements: DatasetStatements): string | null {
  const { recordType, table } = statements;
  const { parent } = table;
  if (parent === null) return null;
  const items = table.columns.flatMap(({ name, item }) =>
    item !== null && table.keyColumns.includes(name) ? [`'${item.name}'`] : [],
  );
  const equal = table.keyColumns.map((column) => `o.${column} is not distinct from r.${column}`);
  return `select distinct coalesce(latest.submission_id, o.created_submission_id)::text as id
    from ${asRows(`public.${table.name}`, `${ownTombstones(recordType.name)} k`, "k.stored")}
    join public.${table.name} o on o.ods = $1 and o.${parent.column} = k.parent_id and o.created_submission_id <> $2::uuid and ${equal.join(" and ")}
    left join lateral (
      select h.submission_id from public.record_change h
      where h.ods = $1 and h.record_id = o.id and jsonb_exists_any(h.changes, array[${items.join(", ")}]::text[]) and not h.withdrawal
      order by h.version desc limit 1) latest on true`;
}

function goneParents({ recordType }: DatasetStatements, parent: DatasetStatements): string {
  return `select distinct last.submission_id::text as id
    from ${ownTombstones(recordType.name)} k cross join lateral (
      select h.submission_id from public.record_change h
      where h.ods = $1 and h.record_id = k.parent_id order by h.version desc limit 1) last
    where not exists (select from public.${parent.table.name} p where p.ods = $1 and p.id = k.parent_id)
      and not exists (select from ${ownTombstones(parent.recordType.name)} p where p.record_id = k.parent_id)`;
}

/** One entry per record type, parents before children. */
export function compileRestores(datasetSql: DatasetSql): readonly RestoreStatements[] {
  return [...datasetSql.values()].map((statements) => {
    const parentName = statements.recordType.definition.parent;
    const parent = parentName === null ? undefined : datasetSql.get(parentName);
    const keys = takenKeys(statements);
    return {
      restore: constantSql(restoreRows(statements)),
      restoreBeside: besideOf(statements).map((beside) => constantSql(restoreBeside(statements, beside))),
      history: constantSql(historyOfReturned(statements)),
      takenKeys: keys === null ? null : constantSql(keys),
      goneParents: parent === undefined ? null : constantSql(goneParents(statements, parent)),
    };
  });
}

/** Whether the submission withdrew records; whether one of them is past its time, or of a programme other than `$4`. */
export const WITHDRAWN_RECORDS: ConstantSql = constantSql(
  `select count(*) > 0 as found, coalesce(bool_or(k.restorable_until < $3::timestamptz), false) as too_late,
     coalesce(bool_or(k.record_type in ('REHABILITATION', 'ASSESSMENT', 'DRUG', 'ACUTE_EVENT') and k.programme_code <> all ($4::text[])), false)
       as elsewhere
   from public.record_tombstone k where k.ods = $1 and k.submission_id = $2::uuid and k.restored_at is null`,
);

/** Identities of the patients that it withdrew, with the version they come back with. */
export const WITHDRAWN_IDENTITIES: ConstantSql = constantSql(
  `select k.record_id::text as id, k.version + 1 as version, i.sealed, encode(i.nhs_hmac, 'hex') as nhs_mac, encode(i.hospital_hmac, 'hex') as hospital_mac
   from ${ownTombstones("PATIENT")} k cross join lateral jsonb_array_elements(k.beside -> 'identity.patient_identity') e
   cross join lateral jsonb_populate_record(null::identity.patient_identity, e.value) i order by k.record_id`,
);

/** Submissions that bound an id of its sender to another record since. */
export const TAKEN_SOURCE_IDS: ConstantSql = constantSql(
  `select distinct b.submission_id::text as id
   from public.record_tombstone k cross join lateral jsonb_array_elements(k.beside -> 'identity.source_id') e
   cross join lateral jsonb_populate_record(null::identity.source_id, e.value) r
   join identity.source_id b on b.ods = $1 and b.programme_code = r.programme_code and b.product = r.product
     and b.record_type = r.record_type and b.source_hmac = r.source_hmac
   where k.ods = $1 and k.submission_id = $2::uuid and k.restored_at is null and b.submission_id <> $2::uuid`,
);

export const MARK_RESTORED: ConstantSql = constantSql(
  `update public.record_tombstone k set restored_at = $3::timestamptz
   where k.ods = $1 and k.submission_id = $2::uuid and k.restored_at is null`,
);

/** Later submissions that withdrew what it created or changed, and may still be taken back: what they hold would come back. `$3` the time. */
export const LATER_REMOVALS: ConstantSql = constantSql(
  `select distinct later.id
   from public.submission_record r cross join lateral (
     select k.submission_id::text as id from public.record_tombstone k
     where k.ods = $1 and k.record_id = r.record_id and k.submission_id <> $2::uuid and k.restored_at is null
       and k.restorable_until >= $3::timestamptz offset 0) later
   where r.ods = $1 and r.submission_id = $2::uuid and r.outcome in ('CREATED', 'UPDATED')`,
);

/** `$2` initiating events, `$3` programmes of the actor. Under every programme of the organisation: see `TAKE_ON_PROGRAMMES`. */
export const EVENTS_OF_OTHERS: ConstantSql = constantSql(
  `select distinct r.initiating_event_id::text as id from public.rehabilitation r
   where r.ods = $1 and r.initiating_event_id = any($2::uuid[]) and r.programme_code <> all ($3::text[])`,
);
