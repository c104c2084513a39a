/**
 * Undoing what a submission did to the rows of one record type, made from the dictionary; each statement works on all of them at once.
 * `$1` is the organisation, `$2` the submission in every statement; `$3` the time of the withdrawal where one writes history. What it created and what it changed is known from its answers: `submission_record`, by its primary key.
 */

import type { Dictionary } from "../../dataset/dictionary.ts";
import { constantSql } from "../database/constant-sql.ts";
import type { TableColumn } from "../database/dataset-table.ts";
import type { DatasetSql, DatasetStatements } from "./dataset-statements.ts";
import type { ConstantSql } from "./table-shape.ts";
import { standing } from "./unit-queries.ts";

export interface UndoStatements {
  /** History of the rows it created: every value before, nothing after. Patients: see `historyOfPatients`. */
  readonly historyOfCreated: ConstantSql;
  readonly removeCreated: ConstantSql;
  /** Submissions that gave a row the natural key which another one would get back. Null: no value of the type's key ever changes. */
  readonly takenKeys: ConstantSql | null;
  /** Rows get back the values from before, one statement after their keys were vacated: two rows may have exchanged theirs. */
  readonly vacateKeys: ConstantSql | null;
  /** Patients: only `$4`; of those whose identity changes, `$5` to `$7` as `$4` to `$6` of `historyOfCreated`, and `$8` the year of birth. */
  readonly restoreChanged: ConstantSql;
  /** Submissions that hung a row below one it created. */
  readonly foreignChildren: readonly ConstantSql[];
  /** `$3` programmes of the actor. Null for a type that programmes share. */
  readonly writesElsewhere: ConstantSql | null;
}

export const HISTORY_COLUMNS = `(ods, record_id, version, record_type, programme_code, submission_id, changed_at, changes, sealed, withdrawal,
  programme_before, source_time_before, written_before, parent_before, removal)`;

/** The programme that sent it: whose history it is where rows belong to no programme. */
export const SENDER = "(select s.programme_code from public.submission s where s.ods = $1 and s.id = $2::uuid)";

/** Rows of the type that the submission created, or changed. */
const ownRows = (type: string, created: boolean): string =>
  `(select r.record_id as id from public.submission_record r
    where r.ods = $1 and r.submission_id = $2::uuid and r.record_type = '${type}' and r.outcome in ('CREATED', 'UPDATED')
    group by r.record_id having bool_or(r.outcome = 'CREATED') = ${created})`;

type ItemColumn = TableColumn & { readonly item: NonNullable<TableColumn["item"]> };

/** Columns that an item fills. A rehabilitation's programme never changes: row-level security rests on it. */
const itemColumns = ({ table }: DatasetStatements): readonly ItemColumn[] =>
  table.columns.filter((column): column is ItemColumn => column.item !== null && column.name !== "programme_code");

/** A function takes 100 arguments at most. */
const PAIRS_PER_OBJECT = 50;

/** The clinical items of the row `t` by name, those without a value too. */
export function rowAsJson(statements: DatasetStatements): string {
  const pairs = statements.table.columns.flatMap(({ item, name }) => (item === null ? [] : [`'${item.name}', t.${name}`]));
  const objects: string[] = [];
  for (let start = 0; start < pairs.length; start += PAIRS_PER_OBJECT)
    objects.push(`jsonb_build_object(${pairs.slice(start, start + PAIRS_PER_OBJECT).join(", ")})`);
  return objects.join(" || ");
}

/** What the removal of the row `t` takes away, as changes. */
const removedValues = (statements: DatasetStatements): string =>
  `coalesce((select jsonb_object_agg(f.key, jsonb_build_object('before', f.value, 'after', null, 'decision', 'CLEARED'))
     from jsonb_each(${rowAsJson(statements)}) f where f.value <> 'null'), '{}')`;

/** The value of a column as it was, under `n.before`; the row's own where the submission left it alone. */
function valueBefore({ name, type, item }: ItemColumn): string {
  const text = `n.before ->> '${item.name}'`;
  const list = `case when n.before -> '${item.name}' = 'null' then null
    else array(select jsonb_array_elements_text(n.before -> '${item.name}')) end`;
  return `case when jsonb_exists(n.before, '${item.name}') then ${type === "text[]" ? list : `(${text})::${type}`} else t.${name} end`;
}

/**
 * Of each row of `own`: the items the submission changed, with the value before its first change and after its last. Nobody else
 * changed them since, so the latter is what they are now.
 */
const undone = (own: string): string =>
  `undone as (
     select own.id,
       coalesce(jsonb_object_agg(f.key, f.value -> 'before' order by h.version desc) filter (where f.key is not null), '{}') as before,
       coalesce(jsonb_object_agg(f.key, f.value -> 'after' order by h.version) filter (where f.key is not null), '{}') as after
     from ${own} own
     join public.record_change h on h.ods = $1 and h.record_id = own.id and h.submission_id = $2::uuid and not h.withdrawal
     left join lateral jsonb_each(h.changes) f on true
     group by own.id)`;

/**
 * Who spoke of the row `t` last once the submission's changes do not count: its submission, its programme, its source's time. A change
 * of an older source leaves programme and time as they were. What a version left is what the next one found.
 */
const LAST_WRITER = `
  select coalesce((array_agg(v.submission_id order by v.version desc) filter (where v.stands))[1], t.created_submission_id) as submission_id,
    coalesce((array_agg(v.programme order by v.version desc) filter (where v.stands and v.stamped))[1],
      (array_agg(v.programme_before order by v.version))[1], t.programme_code) as programme_code,
    coalesce((array_agg(v.source_time order by v.version desc) filter (where v.stands and v.stamped))[1],
      (array_agg(v.source_time_before order by v.version))[1], t.source_time) as source_time
  from (
    select l.*, (l.programme, l.source_time) is distinct from (l.programme_before, l.source_time_before) as stamped
    from (
      select h.version, h.submission_id, h.programme_before, h.source_time_before,
        h.submission_id <> $2::uuid and ${standing("h")} as stands,
        lead(h.programme_before, 1, t.programme_code) over (order by h.version) as programme,
        lead(h.source_time_before, 1, t.source_time) over (order by h.version) as source_time
      from public.record_change h where h.ods = $1 and h.record_id = t.id) l) v`;

/** The changes that lead from `b.after` to `b.before`. */
const CHANGES_BACK = `coalesce((
  select jsonb_object_agg(f.key, jsonb_build_object('before', b.after -> f.key, 'after', f.value, 'decision',
    case when f.value = 'null' then 'CLEARED' when b.after -> f.key = 'null' then 'SET' else 'REPLACED' end))
  from jsonb_each(b.before) f where f.value is distinct from b.after -> f.key), '{}')`;

function restoreChanged(statements: DatasetStatements): string {
  const { recordType, table } = statements;
  const isPatient = recordType.name === "PATIENT";
  const own = isPatient ? "(select unnest($4::uuid[]) as id)" : ownRows(recordType.name, false);
  const identity = isPatient
    ? "left join unnest($5::uuid[], $6::jsonb[], $7::bytea[], $8::integer[]) i(id, changes, sealed, year) on i.id = b.id"
    : "";
  const programme = table.programmeScoped ? "t.programme_code" : "n.programme_code";
  const assignments = [
    ...["version = n.version", "submission_id = n.submission_id", "updated_at = $3::timestamptz", "source_time = n.source_time"],
    `programme_code = ${programme}`,
    ...itemColumns(statements).map((column) => `${column.name} = ${valueBefore(column)}`),
    ...(isPatient ? ["year_of_birth = case when n.identified then n.year else t.year_of_birth end"] : []),
  ];
  return `with ${undone(own)},
    back as (
      select n.id, n.before, n.after, t.version + 1 as version, t.programme_code as programme_now, t.source_time as source_time_now, t.updated_at as written_now, w.*
      from undone n join public.${table.name} t on t.ods = $1 and t.id = n.id cross join lateral (${LAST_WRITER}) w),
    n as (
      select b.*, ${isPatient ? `${CHANGES_BACK} || coalesce(i.changes, '{}') as changes, i.sealed, i.id is not null as identified, i.year` : `${CHANGES_BACK} as changes, null::bytea as sealed`}
      from back b ${identity}),
    history as (
      insert into public.record_change ${HISTORY_COLUMNS}
      select $1, n.id, n.version, '${recordType.name}', ${table.programmeScoped ? "n.programme_now" : SENDER}, $2::uuid, $3::timestamptz, n.changes,
        n.sealed, true, n.programme_now, n.source_time_now, n.written_now, null, false
      from n)
    update public.${table.name} t set ${assignments.join(", ")} from n where t.ods = $1 and t.id = n.id`;
}

/** Values that a key column never has, each once. */
const VACANT: Readonly<Partial<Record<TableColumn["type"], string>>> = {
  text: "t.id::text",
  date: "date '9000-01-01' + v.place::integer",
  integer: "-v.place::integer",
};

/** Only where it changes: what stays is not restored either. */
function vacated({ name, type, item }: ItemColumn): string {
  const vacant = VACANT[type];
  if (vacant === undefined) throw new Error(`Nothing vacates the key column ${name}`);
  return `${name} = case when jsonb_exists(v.before, '${item.name}') then ${vacant} else t.${name} end`;
}

interface KeyStatements {
  readonly taken: string;
  readonly vacate: string;
}

/** Null: the key is made of what never changes. */
function keyStatements(statements: DatasetStatements): KeyStatements | null {
  const { recordType, table } = statements;
  const { name, parent } = table;
  const columns = itemColumns(statements).filter((column) => table.keyColumns.includes(column.name));
  if (parent === null || columns.length === 0) return null;
  const items = `array[${columns.map(({ item }) => `'${item.name}'`).join(", ")}]`;
  const changed = `${undone(ownRows(recordType.name, false))},
    moved as (select * from undone n where jsonb_exists_any(n.before, ${items}))`;
  const equal = columns.map((column) => `o.${column.name} is not distinct from ${valueBefore(column)}`);
  return {
    taken: `with ${changed}
      select distinct coalesce(latest.submission_id, o.created_submission_id)::text as id
      from moved n join public.${name} t on t.ods = $1 and t.id = n.id
      join public.${name} o on o.ods = $1 and o.${parent.column} = t.${parent.column} and o.id <> t.id
        and o.created_submission_id <> $2::uuid and ${equal.join(" and ")}
      left join lateral (
        select h.submission_id from public.record_change h
        where h.ods = $1 and h.record_id = o.id and jsonb_exists_any(h.changes, ${items}) and ${standing("h")}
        order by h.version desc limit 1) latest on true
      where not exists (select from moved m where m.id = o.id)`,
    vacate: `with ${changed}
      update public.${name} t set ${columns.map(vacated).join(", ")}
      from (select n.id, n.before, row_number() over () as place from moved n) v
      where t.ods = $1 and t.id = v.id`,
  };
}

/** What `history` says of the rows of `own` that go. No patients: see `historyOfPatients`. */
export const historyOfRemoved = (statements: DatasetStatements, own: string): string => {
  const { recordType, table } = statements;
  return `insert into public.record_change ${HISTORY_COLUMNS}
    select $1, t.id, t.version + 1, '${recordType.name}', ${table.programmeScoped ? "t.programme_code" : SENDER}, $2::uuid, $3::timestamptz,
      ${removedValues(statements)}, null, true, t.programme_code, t.source_time, t.updated_at, t.${table.parent?.column}, true
    from ${own} own join public.${table.name} t on t.ods = $1 and t.id = own.id`;
};

/** `$4` patients, with the changes of their identity items (`$5`, values left out) and those sealed (`$6`): three arrays of one length. */
export const historyOfPatients = (statements: DatasetStatements): string =>
  `insert into public.record_change ${HISTORY_COLUMNS}
   select $1, t.id, t.version + 1, 'PATIENT', ${SENDER}, $2::uuid, $3::timestamptz, ${removedValues(statements)} || x.changes, x.sealed, true,
     t.programme_code, t.source_time, t.updated_at, null, true
   from unnest($4::uuid[], $5::jsonb[], $6::bytea[]) x(id, changes, sealed) join public.patient t on t.ods = $1 and t.id = x.id`;

function compileUndo(statements: DatasetStatements, children: readonly DatasetStatements[]): UndoStatements {
  const { recordType, table } = statements;
  const created = ownRows(recordType.name, true);
  const keys = keyStatements(statements);
  const either = `(select r.record_id as id from public.submission_record r
    where r.ods = $1 and r.submission_id = $2::uuid and r.record_type = '${recordType.name}' and r.outcome in ('CREATED', 'UPDATED'))`;
  return {
    historyOfCreated: constantSql(
      recordType.name === "PATIENT" ? historyOfPatients(statements) : historyOfRemoved(statements, created),
    ),
    removeCreated: constantSql(
      `delete from public.${table.name} t using ${created} own where t.ods = $1 and t.id = own.id and t.created_submission_id = $2::uuid`,
    ),
    takenKeys: keys && constantSql(keys.taken),
    vacateKeys: keys && constantSql(keys.vacate),
    restoreChanged: constantSql(restoreChanged(statements)),
    foreignChildren: children.map((child) =>
      constantSql(
        `select distinct hung.id from ${created} own cross join lateral (
           select c.created_submission_id::text as id from public.${child.table.name} c
           where c.ods = $1 and c.${child.table.parent?.column} = own.id and c.created_submission_id <> $2::uuid offset 0) hung`,
      ),
    ),
    writesElsewhere: table.programmeScoped
      ? constantSql(
          `select exists (select from ${either} own join public.${table.name} t on t.ods = $1 and t.id = own.id
             where t.programme_code <> all ($3::text[])) as found`,
        )
      : null,
  };
}

/** One entry per record type, parents before children. */
export function compileUndoStatements(dictionary: Dictionary, datasetSql: DatasetSql): readonly UndoStatements[] {
  return [...datasetSql.values()].map((statements) =>
    compileUndo(
      statements,
      dictionary.recordType(statements.recordType.name).children.flatMap((name) => datasetSql.get(name) ?? []),
    ),
  );
}
